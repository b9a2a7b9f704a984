"""The facts that a policy takes: as JSON Schema, or as a blank to fill in."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from typing import Any

from ..ir import nodes as ir
from ..ir.traverse import usual_root, usual_roots
from ..model.reserved_keys import PRESENT
from ..model.types import decimal_text


def schema(program: ir.Program, lang: str = "zh") -> dict[str, object]:
    """JSON Schema 2020-12. Amounts may be numbers in the declared unit or text with a unit; null means unknown. Raises PolicyError for a
    policy without entities: it takes no facts."""
    usual_root(program)
    definitions = {e.name: _entity(e, lang) for e in program.entities}
    tops = usual_roots(program)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": program.name,
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {
            e.name: {"$ref": f"#/$defs/{_pointer(e.name)}"}
            for e in sorted(program.entities, key=lambda e: e.name not in {t.name for t in tops})
        },
        "$defs": definitions,
    }


def _pointer(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _entity(entity: ir.Entity, lang: str) -> dict[str, object]:
    properties: dict[str, object] = {f.name: _fact(f, lang, n == entity.identity) for n, f in enumerate(entity.facts)}
    for m in entity.lists:
        properties[m.name] = {
            "type": "array",
            "minItems": m.low,
            "maxItems": m.high,
            "items": {"$ref": f"#/$defs/{_pointer(m.entity)}"},
            **({"default": []} if m.empty else {}),
        }
    if entity.holder:
        words = PRESENT if lang == "zh" else PRESENT[1:]
        properties |= {word: {"type": ["boolean", "null"]} for word in words}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": [m.name for m in entity.lists if m.low],
    }


def _number(value: Fraction) -> int | float | str:
    return int(value) if value.denominator == 1 else decimal_text(value) or str(value)


def _fact(fact: ir.Fact, lang: str, identifies: bool) -> dict[str, object]:
    out: dict[str, Any] = {}
    match fact.type.kind:
        case "truth":
            out["type"] = ["boolean", "null"]
        case "enumeration":
            out["enum"] = [*fact.type.members, None]
        case "date" if fact.died:
            out.update({"type": ["string", "null"], "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2}|未知|unknown)?$"})
        case "date":
            out.update({"type": ["string", "null"], "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
        case "text":
            out["type"] = ["string", "null"]
        case _:
            number: dict[str, Any] = {"type": "number"}
            scale = fact.type.own.scale
            for key, bound in (("minimum", fact.low), ("maximum", fact.high)):
                if bound is not None:
                    number[key] = _json_number(bound / scale)
            unit = fact.type.own.show(lang)
            text = {"type": "string", "pattern": r"^\s*[+-]?[0-9]+(\.[0-9]+)?(\s*\S.*)?$"}
            out["anyOf"] = [number, text, {"type": "null"}]
            if unit:
                out["x-unit"] = unit
    title = [fact.ask] if fact.ask else []
    if fact.by:
        title.append(_decided(fact, lang))
        out["x-decided-by"] = fact.by
    if identifies:
        title.append(_identifies(lang))
        out["x-identifies"] = True
    if title:
        out["description"] = ("；" if lang == "zh" else "; ").join(title)
    if fact.has_default:
        out["default"] = _default(fact)
    return out


def _json_number(value: Fraction) -> int | dict[str, str] | Any:
    """A bound as a JSON number; bounds with decimals go through decimal text, exact."""
    from decimal import Decimal

    text = decimal_text(value)
    return (
        int(value)
        if value.denominator == 1
        else json.loads(text)
        if text
        else int(Decimal(value.numerator) / Decimal(value.denominator))
    )


def _default(fact: ir.Fact) -> object:
    from ..backends.formatting import json_value

    if fact.type.is_amount:
        own = Fraction(fact.default) / fact.type.own.scale  # type: ignore[call-overload]
        return int(own) if own.denominator == 1 else decimal_text(own)
    return json_value(fact.default, fact.type)


def _roots(program: ir.Program) -> list[ir.Entity]:
    """Every entity with which facts may begin as a rule, the usual ones first: a roll stands behind the households that it holds."""
    usual = usual_roots(program)
    return [*usual, *(e for e in program.entities if not e.holder and e not in usual)]


def _blank(entity: ir.Entity, entities: dict[str, ir.Entity], lang: str, listed: bool = False) -> dict[str, object]:
    out: dict[str, object] = {_present(lang): None} if listed else {}
    out.update(dict.fromkeys(f.name for f in entity.facts))
    for m in entity.lists:
        out[m.name] = [_blank(entities[m.entity], entities, lang, True) for _ in range(_shown(m))]
    return out


def _present(lang: str) -> str:
    return PRESENT[0] if lang == "zh" else PRESENT[1]


def _shown(members: ir.Members) -> int:
    """How many entries of a list a blank shows: one, or as many as there must be."""
    return max(members.low, 1)


def template(program: ir.Program, form: str, lang: str = "zh") -> str:
    """A blank with every root, fact and list, and without an answer: null is unknown, and no 默认 is filled in.

    A list has blank entries, which say nothing as long as their 在列 is null and nothing else is filled in (read.py). Raises PolicyError for a
    policy without entities.
    """
    usual_root(program)  # or P0617
    entities = {e.name: e for e in program.entities}
    roots = _roots(program)
    if form == "csv":
        return _csv(program, lang)
    if form == "json":
        return json.dumps({e.name: _blank(e, entities, lang) for e in roots}, ensure_ascii=False, indent=2)
    head = []
    if len(roots) > 1:
        head = [
            "# 最外层只留一个对象，其余的删去"
            if lang == "zh"
            else "# keep one of the outermost entities, delete the others"
        ]
    return "\n".join([*head, *(line for e in roots for line in _yaml(e, entities, lang))])


def _decided(fact: ir.Fact, lang: str) -> str:
    return f"由{fact.by}定" if lang == "zh" else f"decided by {fact.by}"


def _identifies(lang: str) -> str:
    return "认出是谁，一个名单里各不相同" if lang == "zh" else "says who it is, different for each entry of a list"


def _note(entity: ir.Entity, fact: ir.Fact, lang: str) -> str:
    parts = []
    if fact.type.kind == "enumeration":
        parts.append(" | ".join(fact.type.members))
    elif fact.type.kind == "truth":
        parts.append("true | false")
    elif fact.type.kind == "date":
        parts.append("YYYY-MM-DD")
        if fact.died:
            parts.append(
                "在世的空着；不知道的写 未知"
                if lang == "zh"
                else "empty for who is alive; unknown where that is not known"
            )
    elif fact.type.is_amount:
        unit = fact.type.own.show(lang) or ("数" if lang == "zh" else "number")
        low = "" if fact.low is None else str(_number(fact.low / fact.type.own.scale))
        high = "" if fact.high is None else str(_number(fact.high / fact.type.own.scale))
        parts.append(f"{unit} {low}..{high}" if low or high else unit)
    if fact.has_default:
        written = _scalar(_default(fact)).strip('"')
        parts.append(f"不写这一项时用默认 {written}" if lang == "zh" else f"left out, its default {written} is used")
    if entity.identity >= 0 and entity.facts[entity.identity] is fact:
        parts.append(_identifies(lang))
    if fact.by:
        parts.append(_decided(fact, lang))
    if fact.ask:
        parts.append(fact.ask)
    return ("；" if lang == "zh" else "; ").join(parts)


def _scalar(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _yaml(top: ir.Entity, entities: dict[str, ir.Entity], lang: str) -> list[str]:
    lines = [f"{_scalar(top.name)}:"]

    def fill(entity: ir.Entity, pad: str, listed: bool) -> None:
        lead = pad[:-2] + "- " if listed else pad
        if listed:
            note = "不在名单里的写 false" if lang == "zh" else "false for who is not in the list"
            lines.append(f"{lead}{_scalar(_present(lang))}: null  # {note}")
        elif not (entity.facts or entity.lists):
            lines.append(f"{lead}{{}}")
        for fact in entity.facts:
            note = _note(entity, fact, lang)
            lines.append(f"{pad}{_scalar(fact.name)}: null" + (f"  # {note}" if note else ""))
        for m in entity.lists:
            lines.append(f"{pad}{_scalar(m.name)}:" + (f"  # {_none(m, lang)}" if not m.low else ""))
            for _ in range(_shown(m)):
                fill(entities[m.entity], pad + "    ", True)

    fill(top, "  ", False)
    return lines


def _none(members: ir.Members, lang: str) -> str:
    """What to write into a list that may be empty, where it is."""
    if members.empty:
        return "一个也没有的删去这一项" if lang == "zh" else "take it away where there is none"
    return "一个也没有的写空的方括号" if lang == "zh" else "empty brackets where there is none"


def _csv(program: ir.Program, lang: str) -> str:
    """A row a fact or list: where it belongs, its name, what may stand there, its default, and an empty place for the answer."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    zh, en = ["对象", "事实", "填写", "默认", "值"], ["entity", "fact", "to fill in", "default", "value"]
    writer.writerow(zh if lang == "zh" else en)
    for entity in program.entities:
        for fact in entity.facts:
            default = _scalar(_default(fact)).strip('"') if fact.has_default else ""
            writer.writerow([entity.name, fact.name, _note(entity, fact, lang), default, ""])
        for m in entity.lists:
            many = f"若干 {m.entity} {m.low}..{m.high}" if lang == "zh" else f"many {m.entity} {m.low}..{m.high}"
            writer.writerow([entity.name, m.name, many, ("无" if lang == "zh" else "none") if m.empty else "", ""])
    return out.getvalue().rstrip("\n")
