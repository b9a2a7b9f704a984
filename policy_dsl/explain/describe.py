"""One step in words: a title and labelled rows. Text, Markdown and HTML are three ways to set the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..backends.entries import Instance
from ..backends.formatting import day_text, value_text
from ..backends.interpret.interpretation import Interpretation
from ..backends.possible import Bounds
from ..backends.runtime import NOTHING
from ..backends.values import Failure, Undetermined, diagnose, known
from ..ir import nodes as ir
from ..ir.traverse import paid_on
from ..model.clause import Clause
from ..model.types import Type
from ..syntax.keywords import A_MONTH, spelling
from .explanation import Considered, Explanation, Part, Step
from .formula import Words, carried_words, rule_words
from .phrases import Phrase, phrases
from .workings import calendars, conversions, left_out, nobody_given, roundings, to_declared


class Row(NamedTuple):
    """`key` names the kind of row for programs and styles, `label` for people."""

    key: str
    label: str
    text: str


class Block(NamedTuple):
    """A step ready to be set: `head` is `name = value`, `tag` what it is, and whose, in words."""

    id: str
    kind: str
    tag: str
    head: str
    state: str
    rows: tuple[Row, ...]
    children: tuple[str, ...]


_LABELS = {
    "source": ("依据", "source"),
    "gist": ("摘要", "gist"),
    "applied": ("适用", "applies"),
    "because": ("因为", "because"),
    "open": ("未定", "still open"),
    "not_taken": ("未取", "not taken"),
    "not_applied": ("未适用", "does not apply"),
    "formula": ("算式", "formula"),
    "numbers": ("代入", "numbers"),
    "left_out": ("不计", "left out"),
    "conversion": ("换算", "conversion"),
    "rounding": ("取整", "rounding"),
    "calendar": ("日历", "calendar"),
    "law": ("规定", "law"),
    "since": ("生效", "in force"),
    "given_up": ("放弃", "given up"),
    "displaced": ("取代", "displaces"),
    "like_this": ("以前各月", "earlier months"),
    "assumption": ("假设", "assumption"),
    "decided_by": ("由人决定", "decided by people"),
    "default": ("默认", "default"),
    "waits": ("等待", "waits for"),
    "error": ("错误", "error"),
    "place": ("出处", "written in"),
    "missing": ("注意", "note"),
    "mode": ("合并", "joined"),
}
_KINDS = {
    "rule": ("规则", "rule"),
    "benefit": ("给付", "benefit"),
    "part": ("本月发", "paid this month"),
    "displaced": ("原值", "displaced value"),
    "fact": ("事实", "fact"),
    "parameter": ("参数", "parameter"),
    "past": ("上月", "month before"),
}
_MODES = {
    "first": ("依次：从上往下，先适用的为准", "in order: the first line that applies wins"),
    "highest": ("就高：几行适用时取最高的", "the highest of the lines that apply"),
    "lowest": ("就低：几行适用时取最低的", "the lowest of the lines that apply"),
    "sum": ("合计：适用的各行相加", "the sum of the lines that apply"),
}
_MISSING = {
    "pending": ("待定：来源没有给出数额", "pending: the source gives no amount"),
    "floor": ("来源只给出下限，不是应发的数额", "the source gives a floor alone, which is no entitlement"),
    "none": ("这一天没有规定", "nothing is in force on this day"),
}


_LIKE_THIS = (
    "没有上月：从上一年最后一次发放以后，各月都按本月计",
    "there is no month before: all months since the last part of the year before count as this one",
)


def describe(made: Explanation, step: Step, lang: str) -> Block:
    """The step's block in the language `zh` or `en`."""
    zh = lang == "zh"
    kind = _KINDS[step.kind][0 if zh else 1]
    tag = f"{kind} · {step.who}" if step.who else kind
    title = step.name if step.kind == "parameter" else f"{step.path}.{rule_words(step.name, lang)}"
    if step.kind == "past":
        title = f"{step.path}.{carried_words(step.name, lang)}"
    if step.kind == "displaced":
        title += f"（没有「{step.without}」时）" if zh else f" (without “{step.without}”)"
    if step.law:
        title += f" {spelling('ON', lang)} {day_text(step.law)}"
    rows = tuple(Row(k, _LABELS[k][0 if zh else 1], t) for k, t in _once(_rows(made, step, lang)))
    return Block(step.id, step.kind, tag, equation(title, step_value(step, lang)), step.state, rows, step.children)


def _once(rows: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The rows that say something; a conversion or an entry left out is told once, where it is first met."""
    told: set[tuple[str, str]] = set()
    for row in rows:
        if row[1] and not (row[0] in ("conversion", "left_out") and row in told):
            told.add(row)
            yield row


def equation(left: str, right: str) -> str:
    """`a = 2`; where the right side is rounded for the eye, `a ≈ 33.33`."""
    return f"{left} ≈ {right[1:]}" if right.startswith("≈") else f"{left} = {right}"


def step_value(step: Step, lang: str) -> str:
    """The step's value in a title: exact, and a fact that nobody gave says so."""
    if step.kind == "fact" and not known(step.value):
        return spelling("UNKNOWN", lang)
    return value_text(step.value, step.type, lang, exact=True)


def _rows(made: Explanation, step: Step, lang: str) -> Iterator[tuple[str, str]]:
    zh = lang == "zh"
    by = made.seen_from(step)
    if step.kind not in ("fact", "past"):
        yield "source", _source(step.clause, lang)
        yield "gist", step.clause.gist
    if step.law:
        day = day_text(step.law)
        yield "law", f"按 {day} 当天的规定" if zh else f"as it stood on {day}"
    if step.decided_by:
        yield (
            "decided_by",
            f"由「{step.decided_by}」定，不是规则算出的" if zh else f"by {step.decided_by}, not computed by the rules",
        )
    if step.default_used:
        yield (
            "default",
            "事实没有给出，用了写明的默认值" if zh else "the fact was not given: the written default was used",
        )
    for text in default_lists(by, step, lang):
        yield "default", text
    if step.missing:
        yield "missing", _missing(step, lang)
    if step.mode:
        yield "mode", _MODES[step.mode][0 if zh else 1]
    for considered in step.applied:
        yield from _applied(by, step, considered, lang)
    if step.mode == "sum" and len(step.applied) > 1 and known(step.value):
        each = [value_text(by.evaluate(c.line.result, step.at), step.type, lang) for c in step.applied]
        yield "numbers", equation(" + ".join(each), value_text(step.value, step.type, lang, exact=True))
    if step.formula is not None:
        yield from _worked_out(by, step, phrases(by).of(step.formula), by.root, lang)
    yield "since", _since(step, lang)
    for considered in step.considered:
        yield from _not_applied(by, step, considered, lang)
    if step.given_up is not None:
        yield from _given_up(by, step, lang)
    yield "displaced", displaced_text(by, step, lang)
    for text in step.assumptions:
        yield "assumption", text
    if isinstance(step.value, Failure):
        found = diagnose(step.value)
        yield "error", f"[{found.code}] {found.message(lang)}"
    elif isinstance(step.value, Undetermined) and step.kind != "fact":
        yield "waits", waits_text(made, step, step.value, lang)
    if step.place is not None and step.kind not in ("fact", "past"):
        yield "place", f"{step.place.bare_file}:{step.place.line}"


def _source(clause: Clause, lang: str) -> str:
    """`青民发〔2022〕5号 第五条 金额（青禾县）`: document, headings, and the layer that says so."""
    where = clause.show() or ("没有写明" if lang == "zh" else "none is written")
    return f"{where}（{clause.policy}）" if lang == "zh" else f"{where} ({clause.policy})"


def default_lists(by: Interpretation, step: Step, lang: str) -> list[str]:
    """The lists whose default a rule's lines used, each once."""
    if not any(c.said.gathers for c in (*step.applied, *step.considered)):
        return []
    looked = [c for c in (*step.applied, *step.considered) if c.holds is not False or not step.applied]
    used = [f for c in looked for f in c.said.used]
    used += [p.phrase for c in step.considered if c.holds is False and step.applied for p in c.reasons]
    return list(dict.fromkeys(x for f in used if f.gathered for x in nobody_given(by, step.at, f, lang)))


def _missing(step: Step, lang: str) -> str:
    """Why a parameter has no value; of one that is open between bounds also these."""
    said = _MISSING[step.missing][0 if lang == "zh" else 1]
    left = step.value.possible if isinstance(step.value, Undetermined) else None
    if not isinstance(left, Bounds):
        return said
    low, high = (value_text(x, step.type, lang) for x in left)
    return f"{said}，在 {low} 与 {high} 之间" if lang == "zh" else f"{said}, between {low} and {high}"


def _since(step: Step, lang: str) -> str:
    if not step.since:
        return ""
    zh = lang == "zh"
    text = f"自 {day_text(step.since)} 起" if zh else f"since {day_text(step.since)}"
    if step.until < ir.OPEN:
        text += f"，至 {day_text(step.until)} 止" if zh else f", until {day_text(step.until)}"
    if step.review:
        text += f"，{day_text(step.review)} 前复核" if zh else f", to be reviewed by {day_text(step.review)}"
    if step.published:
        text += f"，{day_text(step.published)} 公布" if zh else f", published {day_text(step.published)}"
    return text


def displaced_text(by: Interpretation, step: Step, lang: str) -> str:
    """What an upper layer says that a lower one put its own in the place of."""
    if step.displaced is None:
        return ""
    quoted = "「{}」" if lang == "zh" else "“{}”"
    said = ("、" if lang == "zh" else ", ").join(
        quoted.format(phrases(by).line(x).text(lang)) for x in step.displaced.lines
    )
    what = said or value_text(step.displaced.value, step.type, lang)
    source = _source(step.displaced.clause, lang)
    return (
        f"上级原为{what if said else f' {what}'}，见 {source}"
        if lang == "zh"
        else f"the layer above has {what}, see {source}"
    )


def waits_text(made: Explanation, step: Step, value: Undetermined, lang: str) -> str:
    """The facts that would decide it, with who decides them, and the parameters that have no amount."""
    zh = lang == "zh"
    parts = []
    for path in value.needs:
        found = made.steps.get(path)
        by = found.decided_by if found is not None else ""
        parts.append(f"{path}（由「{by}」定）" if by and zh else f"{path} (decided by {by})" if by else path)
    if step.kind != "parameter" or value.needs:
        parts += [f"参数 {p}" if zh else f"parameter {p}" for p in value.parameters]
    return ("、" if zh else ", ").join(parts)


def arrears_text(kind: str, node: ir.Expression, lang: str) -> str:
    """补发 当 …, or 追回 每月不超过 … (`kind` recover), as it would be written."""
    said = Words(lang).text(node)
    if kind == "arrears":
        return f"{spelling('ARREARS', lang)} {spelling('WHEN', lang)} {said}"
    a_month = "" if lang == "zh" else f" {A_MONTH}"
    return f"{spelling('RECOVER', lang)} {spelling('INSTALMENT', lang)} {said}{a_month}"


def claim_text(claim: ir.Claim, lang: str) -> str:
    """A line of a guarantee as it would be written."""
    words = Words(lang)
    said = words.text(claim.says)
    if claim.along is not None:
        fact = claim.along.fact
        above = (fact.entity,) if claim.along.up and not claim.along.lists else ()
        path = ".".join((*above, *claim.along.lists, fact.name))
        said += f" {spelling('ALONG', lang)} {path} {spelling('NEVER_RISES', lang)}"
    return said if claim.when is None else f"{said} {spelling('WHEN', lang)} {words.text(claim.when)}"


def _applied(by: Interpretation, step: Step, considered: Considered, lang: str) -> Iterator[tuple[str, str]]:
    """The line that gave the value, why it applies, and its formula worked out."""
    line = considered.line
    at = step.at
    if line.key == ir.PAID_ON:
        yield "applied", considered.said.text(lang)
        yield "because", _payment_day(by, step, line, lang)
        return
    if line.kind != "value":
        yield "applied", considered.said.text(lang)
    yield from _because(by, at, considered.parts, lang)
    if not isinstance(line.result, ir.Constant):
        phrase = considered.said.result
        if line.kind == "value":
            yield "formula", phrase.names(lang)
        yield from _numbers(by, phrase, at, _shown_type(step, line.result), lang)
        yield from (("conversion", t) for t in to_declared(by, step, phrase, at, lang))
        if like_this(by, step, phrase):
            yield "like_this", _LIKE_THIS[lang != "zh"]


def _because(by: Interpretation, at: Instance | None, parts: tuple[Part, ...], lang: str) -> Iterator[tuple[str, str]]:
    """The conditions that settle a line."""
    for phrase, holds in parts:
        yield "because", phrase.part(lang)(by, at, holds)
        yield from (("conversion", t) for t in conversions(by, at, phrase, lang))
        yield from (("left_out", t) for t in left_out(by, at, phrase, lang))
        yield from (("calendar", t) for t in calendars(by, at, phrase, lang))


def like_this(by: Interpretation, step: Step, phrase: Phrase) -> bool:
    """Whether a formula about a benefit in parts counts earlier months as this one, since there is no month before."""
    return any(by.evaluate(node, step.at) is NOTHING for node in phrase.parts)


def _shown_type(step: Step, formula: ir.Expression) -> Type:
    """A result is shown in the declared unit, unless a conversion says the rest."""
    same = formula.type.own.scale == step.type.own.scale or step.type.unit.in_percent
    return step.type if same else formula.type


def _numbers(
    by: Interpretation, phrase: Phrase, at: Instance | None, type_: Type, lang: str
) -> Iterator[tuple[str, str]]:
    """The formula with its numbers = its value; entries that a filter left out; what rounding took or gave."""
    numbers = phrase.fill(lang)(by, at)
    shown = value_text(by.evaluate(phrase.node, at), type_, lang, exact=True)
    if numbers != shown:
        yield "numbers", equation(numbers, shown)
    yield from (("left_out", t) for t in left_out(by, at, phrase, lang))
    yield from (("conversion", t) for t in conversions(by, at, phrase, lang))
    yield from (("rounding", t) for t in roundings(by, at, phrase, lang))
    yield from (("calendar", t) for t in calendars(by, at, phrase, lang))


def _worked_out(by: Interpretation, step: Step, phrase: Phrase, at: Instance, lang: str) -> Iterator[tuple[str, str]]:
    """A parameter's own formula; for a written amount only its conversion, if it was written in another unit."""
    if not isinstance(phrase.node, ir.Constant):
        yield "formula", phrase.names(lang)
        yield from _numbers(by, phrase, at, _shown_type(step, phrase.node), lang)
    yield from (("conversion", t) for t in to_declared(by, step, phrase, at, lang))


def _given_up(by: Interpretation, step: Step, lang: str) -> Iterator[tuple[str, str]]:
    """What the rule would give without the exception: its lines and its amount, worked out."""
    value = value_text(step.given_up, step.type, lang, exact=True)
    if not step.given_up_lines:
        yield (
            "given_up",
            f"{value}：原值，没有这一行时的结果" if lang == "zh" else f"{value}: what the rule gives without this line",
        )
        return
    quoted = "「{}」" if lang == "zh" else "“{}”"
    texts = ("、" if lang == "zh" else ", ").join(
        quoted.format(phrases(by).line(x).text(lang)) for x in step.given_up_lines
    )
    layer = next((x.clause.policy for x in step.given_up_lines if x.clause.policy != step.clause.policy), "")
    if lang == "zh":
        yield "given_up", f"{value}：没有这条例外时适用{f'{layer}的' if layer else ''}{texts}"
    else:
        yield "given_up", f"{value}: without this exception {texts}{f' of {layer}' if layer else ''} would apply"
    for line in step.given_up_lines:
        if not isinstance(line.result, ir.Constant):
            phrase = phrases(by).of(line.result)
            yield from _numbers(by, phrase, step.at, _shown_type(step, line.result), lang)


def _payment_day(by: Interpretation, step: Step, line: ir.Line, lang: str) -> str:
    """Whether the day that 发于 names lies in the month that is decided."""
    day = paid_on(line)
    shown = phrases(by).of(day).fill(lang)(by, step.at)
    here = by.evaluate(line.condition, step.at) is False
    if lang == "zh":
        return f"{shown} 在本月" if here else f"{shown} 不在本月，本月为 0"
    return f"{shown} lies in this month" if here else f"{shown} does not lie in this month, which has 0"


def _not_applied(by: Interpretation, step: Step, considered: Considered, lang: str) -> Iterator[tuple[str, str]]:
    """A line that was looked at and did not give the value, and why."""
    zh = lang == "zh"
    text = considered.said.text(lang)
    if considered.line.key == ir.PAID_ON and considered.holds is False:
        yield "because", f"{text}{'：' if zh else ': '}{_payment_day(by, step, considered.line, lang)}"
        return
    if considered.holds is True:
        yield "not_taken", text
        other = by.evaluate(considered.line.result, step.at)
        if step.mode in ("highest", "lowest"):
            amount = value_text(other, step.type, lang)
            less = ("低于", "less than") if step.mode == "highest" else ("高于", "more than")
            taken = value_text(step.value, step.type, lang)
            yield (
                "because",
                f"也适用，得 {amount}，{less[0]}所取的 {taken}"
                if zh
                else f"applies too, gives {amount}, {less[1]} the {taken} that is taken",
            )
        else:
            yield "because", "也适用，另有一行优先" if zh else "applies too, another line takes precedence"
        return
    yield "not_applied" if considered.holds is False else "open", text
    yield from _because(by, step.at, considered.reasons, lang)
    if considered.holds is not False and known(step.value):
        yield "because", "是否适用，结果都一样" if zh else "the value is the same whether it applies or not"
