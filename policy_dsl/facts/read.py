"""Given facts → tuples of grid integers, or diagnostics that name the path. The careful way; generated readers take the plain road first.

An entry becomes `(fact values…, lists…, defaulted)`: amounts as whole numbers of their grid (0.01 元 is 1), enumerations as positions,
dates as yyyymmdd, truths as bool, what is unknown as UNKNOWN; a list as a tuple of entries; `defaulted` a bit for each fact whose 默认 was used.
"""

from __future__ import annotations

import datetime
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..backends.entries import Entries
from ..backends.grids import carried_width, encoded, fact_step, start_of
from ..backends.runtime import UNKNOWN, UNLISTED, Held
from ..backends.values import Undetermined
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic, suggestion
from ..ir import nodes as ir
from ..ir.traverse import usual_roots
from ..model.clause import Clause
from ..model.types import Type, decimal_text, grid
from ..model.units import Unit, complete, unit_of
from ..model.words import IS, LEARNED, LOOK_BACKS, PAID, PRESENT, PREVIOUS, SINCE, UNTIL, Word, given
from ..syntax.characters import MAX_TEXT

MOST_DIGITS = 30
MOST_ERRORS = 50
_NUMBER = re.compile(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*((?![eE][+-]?[0-9])[^\s0-9.,，'_+-].*?)?\s*\Z", re.ASCII)
_KINDS = {
    dict: ("一个对象 {…}", "an object {…}"),
    list: ("名单 […]", "a list […]"),
    str: ("文字", "a text"),
    bool: ("是或否", "a boolean"),
    type(None): ("空值 null", "null"),
}


def _found(value: object) -> tuple[str, str]:
    for kind, words in _KINDS.items():
        if isinstance(value, kind):
            return words
    if isinstance(value, (int, Decimal, Fraction)):
        return f"数 {_shown(value)}", f"the number {_shown(value)}"
    return f"{type(value).__name__}", f"a {type(value).__name__}"


def _shown(value: object) -> str:
    """What was given, cut to what a message can hold."""
    try:
        return str(value)[:60]
    except ValueError:  # more digits than Python writes
        return "…"


_NO_CLAUSE = Clause("")
CALENDAR_MONTHS = 9999 * 12  # that a stay can last: the calendar has no more


def _misplaced(entity: ir.Entity) -> tuple[tuple[tuple[str, ...], tuple[str, str]], ...]:
    """Words of the format where they have no meaning, with what to say of them."""
    dated = ('有日期的只能是单项事实，例如 {"月收入": [{"自": "2022-03", "为": 520}]}', "single facts alone have dates")
    return (
        (PREVIOUS, (f"{entity.name}没有要往回看的内容，不写「上月」", f"nothing of {entity.name} is looked back at")),
        (PRESENT, ("「在列」写在名单里的那一个上", "“present” is said of an entry of a list")),
        (PAID, ("「已发」写在历史里，用 policy timeline 运行", "“paid” belongs to a history, run by policy timeline")),
        ((*SINCE, *UNTIL, *IS, *LEARNED), dated),
    )


class Reader:
    """Reads facts for one program. A list that may be empty may be left out: what needs it is then undetermined.
    `lenient` lets every list be left out (examples)."""

    def __init__(self, program: ir.Program, *, lenient: bool = False) -> None:
        self.program = program
        self.entities = {e.name: e for e in program.entities}
        self.units = frozenset(w for e in program.entities for f in e.facts for w, _ in f.type.unit.words)
        self.lenient = lenient
        self.errors: list[Diagnostic] = []
        self._whole: dict[
            int, tuple[int, int, int]
        ] = {}  # id of a fact → its usual form; facts live as long as the program

    def read(self, facts: object) -> tuple[str, tuple[Any, ...]]:
        """(name of the root entity, its data). Raises PolicyError with everything that is wrong."""
        self.errors = []
        root = self.root(facts)
        data: tuple[Any, ...] = ()
        if root:
            data = self._entry(facts[root], self.entities[root], root)  # type: ignore[index]
        if self.errors:
            raise PolicyError(self.errors)
        return root, data

    @property
    def _full(self) -> bool:
        return len(self.errors) >= MOST_ERRORS

    def error(self, code: str, path: str, **words: Any) -> None:
        if not self._full:
            hint = words.pop("hint", None)
            self.errors.append(diagnostic(code, at=path, hint=hint, **words))

    def wrong_type(self, path: str, want: tuple[str, str], value: object, hint: tuple[str, str] = ("", "")) -> None:
        zh, en = _found(value)
        self.error("F0103", path, wanted=want[0], wanted_en=want[1], found=zh, found_en=en, hint=hint)

    def root(self, facts: object) -> str:
        if isinstance(facts, dict) and len(facts) == 1 and next(iter(facts)) in self.entities:
            return str(next(iter(facts)))
        tops = [e.name for e in usual_roots(self.program)] or [e.name for e in self.program.entities]
        shown, shown_en = "、".join(self.entities), ", ".join(self.entities)
        first = tops[-1] if tops else "对象"
        if not isinstance(facts, dict):
            self.wrong_type("", (f'以对象开头的 {{"{first}": {{…}}}}', f'an object {{"{first}": {{…}}}}'), facts)
            return ""
        known = [k for k in facts if isinstance(k, str) and k in self.entities]
        for key in facts:
            if key not in known and not self._full:
                zh, en = suggestion(_shown(key), self.entities)
                self.error(
                    "F0113",
                    _shown(key),
                    entities=shown,
                    entities_en=shown_en,
                    first=first,
                    hint=(zh or f'例如 {{"{first}": {{…}}}}', en or f'as in {{"{first}": {{…}}}}'),
                )
        if len(known) != 1:
            if not facts or len(known) > 1:
                self.error("F0113", "", entities=shown, entities_en=shown_en, first=first)
            return ""
        return known[0]

    def _entry(self, value: object, entity: ir.Entity, path: str) -> tuple[Any, ...]:
        if self._full:
            return ()
        if not isinstance(value, dict):
            self.wrong_type(path, ("一个对象 {…}", "an object {…}"), value)
            return ()
        self.names(value, entity, path)
        out: list[Any] = []
        defaulted = 0
        for i, fact in enumerate(entity.facts):
            if fact.name not in value and fact.has_default:
                out.append(self.default(fact))
                defaulted |= 1 << i
            else:
                out.append(self.fact(value.get(fact.name), fact, f"{path}.{fact.name}"))
        for members in entity.lists:
            out.append(self._list(value.get(members.name), members.name in value, members, f"{path}.{members.name}"))
        out.append(defaulted)
        if entity.carried:
            out += self.before(given(value, PREVIOUS), entity, f"{path}.{PREVIOUS[0]}")
        return tuple(out)

    def names(self, value: dict[Any, Any], entity: ir.Entity, path: str, also: tuple[Word, ...] = ()) -> None:
        """Reports keys that are neither facts nor lists of the entity nor words of the format."""
        names = dict.fromkeys([*(f.name for f in entity.facts), *(m.name for m in entity.lists)])
        known = {w for word in also for w in word}
        known |= {*(PREVIOUS if entity.carried else ()), *(PRESENT if entity.holder else ())}
        self.twins(value, (PREVIOUS, PRESENT, PAID), path)
        for key in value:
            if key not in names and key not in known and not self._full:
                zh, en = suggestion(_shown(key), names)
                own = (f"{entity.name}的事实：{'、'.join(names)}", f"facts of {entity.name}: {', '.join(names)}")
                own = next((hint for words, hint in _misplaced(entity) if key in words), own)
                self.error("F0104", f"{path}.{_shown(key)}", name=_shown(key), hint=(zh or own[0], en or own[1]))

    def twins(self, value: dict[Any, Any], words: tuple[Word, ...], path: str) -> None:
        """Reports a word of the format that is given in both spellings: one of the two would be lost."""
        for zh, en in words:
            if zh in value and en in value:
                self.error("F0112", path, name=f"{zh}/{en}")

    # --- the month before

    def before(self, value: object, entity: ir.Entity, path: str) -> list[Any]:
        """What the entry carries over: as given under 上月, else as it is before the first month."""
        if value is None:
            return start_of(entity)
        if not isinstance(value, dict):
            self.wrong_type(path, ("一个对象 {…}", "an object {…}"), value)
            return start_of(entity)
        known: dict[str, dict[str, None]] = {}
        for c in entity.carried:
            known.setdefault(c.given[0], {}).update(dict.fromkeys(c.given[1:]))
        words = {w: zh for zh, en in LOOK_BACKS.items() for w in (zh, en)}
        self.twins(value, tuple(LOOK_BACKS.items()), path)
        plain = {words.get(_shown(k), _shown(k)): v for k, v in value.items()}
        self._strangers(plain, known, path)
        for key, inner in known.items():
            here = plain.get(key)
            if inner and isinstance(here, dict):
                self._strangers(here, inner, f"{path}.{key}")
            elif inner and here is not None:
                first = next(iter(inner))
                shown = (f'以名称开头的 {{"{first}": …}}', f'an object {{"{first}": …}}')
                self.wrong_type(f"{path}.{key}", shown, here)
        out: list[Any] = []
        for c in entity.carried:
            where = f"{path}.{'.'.join(c.given)}"
            here = plain.get(c.given[0])
            if len(c.given) > 1:
                here = here.get(c.given[1]) if isinstance(here, dict) else None
            out += self._handed(here, c, where, self._bounds(c, entity))
        return out

    def _strangers(self, value: dict[Any, Any], known: dict[str, Any], path: str) -> None:
        """Reports names under 上月 that no look-back asks for."""
        for key in value:
            if key not in known:
                zh, en = suggestion(_shown(key), known)
                hint = (zh or f"上月可以给：{'、'.join(known)}", en or f"of the month before: {', '.join(known)}")
                self.error("F0104", f"{path}.{_shown(key)}", name=_shown(key), hint=hint)

    def _bounds(self, c: ir.Carried, entity: ir.Entity) -> tuple[Fraction | None, Fraction | None]:
        """What a value of the month before may be, in base units: a fact as declared, a benefit not negative, a count the calendar's months."""
        if c.source == "fact":
            return next((f.low, f.high) for f in entity.facts if f.name == c.of)
        if c.given[0] in ("持续", "累计"):
            return Fraction(0), Fraction(CALENDAR_MONTHS) * c.type.own.scale
        benefit = any(r.benefit and (r.entity, r.name) == (entity.name, c.of) for r in self.program.rules)
        return (Fraction(0) if benefit else None), None

    def _handed(
        self, value: object, c: ir.Carried, path: str, bounds: tuple[Fraction | None, Fraction | None]
    ) -> list[Any]:
        """One value of the month before; a window as the list of its months, oldest first."""
        if c.kind == "window":
            if value is None:
                return [Held(Undetermined((path,)))]
            if not isinstance(value, (list, tuple)):
                self.wrong_type(path, ("各月的值 […]", "the months' values […]"), value)
                return [()]
            one = c._replace(kind="value")
            first = max(len(value) - c.months, 0)
            months = [self._handed(v, one, f"{path}[{n}]", bounds) for n, v in enumerate(value[first:], first)]
            return [tuple(x[0] if len(x) == 1 or isinstance(x[0], Held) else tuple(x) for x in months)]
        wide = carried_width(c)
        if value is None:
            return [Held(Undetermined((path,)))] * wide
        if not c.type.is_amount:
            fact = ir.Fact(c.of, c.type, None, None, None, False, False, "", "", None, _NO_CLAUSE, c.place)
            return [self.fact(value, fact, path)]
        quotient = re.fullmatch(r"(-?[0-9]{1,60})/([0-9]{1,60})", value) if isinstance(value, str) else None
        if quotient is not None and int(quotient[2]) == 0:
            self.error("F0116", path, value=_shown(value))
            return [UNKNOWN] * wide
        number = Fraction(int(quotient[1]), int(quotient[2])) if quotient else self.number(value, c.type, path)
        if number is None or not self._within(number, value, c.type, bounds, path):
            return [UNKNOWN] * wide
        made = encoded(c, number * c.type.own.scale)
        if made is None:
            step = decimal_text(1 / (c.grid * c.type.own.scale)) or ""
            zh, en = c.type.own.show("zh"), c.type.own.show("en")
            self.error("F0107", path, value=_shown(value), grid=f"{step} {zh}".strip(), grid_en=f"{step} {en}".strip())
            return [UNKNOWN] * wide
        return list(made)

    @staticmethod
    def default(fact: ir.Fact) -> Any:
        """The written default as it stands in data."""
        return int(fact.default / fact_step(fact.type)) if fact.type.is_amount else fact.default  # type: ignore[operator]

    def _list(self, value: object, given: bool, members: ir.Members, path: str) -> Any:
        if value is None:
            if not members.low:
                return UNLISTED
            if self.lenient:
                return UNKNOWN
            self.error("F0110", path, name=members.name)
            return ()
        if not isinstance(value, (list, tuple)):
            self.wrong_type(path, ("名单 […]", "a list […]"), value)
            return ()
        entity = self.entities[members.entity]
        there = [n for n, v in enumerate(value) if not isinstance(v, dict) or self.present(v, f"{path}[{n}]")]
        if not members.low <= len(there) <= members.high:
            self.error("F0111", path, name=members.name, given=len(there), low=members.low, high=members.high)
            return ()
        entries = [self._entry(value[n], entity, f"{path}[{n}]") for n in there]
        return tuple(entries) if len(there) == len(value) else Entries(entries, tuple(there))

    def present(self, value: dict[object, object], path: str) -> bool:
        """Whether the entry is there (在列); who is not does not count as an entry."""
        there = given(value, PRESENT)
        if there is None or isinstance(there, bool):
            return there is not False
        hint = ("「是」写 true，「否」写 false，不带引号", "yes is true, no is false, without quotes")
        self.wrong_type(f"{path}.{PRESENT[0]}", (" true 或 false", "true or false"), there, hint)
        return True

    # --- single facts

    def fact(self, value: object, fact: ir.Fact, path: str) -> Any:
        if value is None:
            return UNKNOWN
        if isinstance(value, list) and value and isinstance(value[0], dict) and (set(SINCE) | set(IS)) & set(value[0]):
            zh, en = fact.type.show("zh"), fact.type.show("en")
            hint = (
                "这里写那一天的值；有「自」「为」的历史用 policy timeline 逐月运行",
                "give the day's value; a history with “from” and “is” is run by policy timeline",
            )
            self.wrong_type(path, (f"一个值（{zh}）", f"one value ({en})"), value, hint)
            return UNKNOWN
        match fact.type.kind:
            case "truth":
                if isinstance(value, bool):
                    return value
                self.wrong_type(
                    path,
                    (" true 或 false", "true or false"),
                    value,
                    ("「是」写 true，「否」写 false，不带引号", "yes is true, no is false, without quotes"),
                )
            case "enumeration":
                if isinstance(value, str):
                    return self._member(value, fact.type, path)
                self.wrong_type(
                    path,
                    (fact.type.show("zh"), fact.type.show("en")),
                    value,
                    (f"可用的值：{'、'.join(fact.type.members)}", f"its values: {', '.join(fact.type.members)}"),
                )
            case "date":
                return self._date(value, path)
            case "text":
                if isinstance(value, str):
                    return value[:MAX_TEXT]
                self.wrong_type(path, ("文字", "a text"), value)
            case _:
                return self._amount(value, fact, path)
        return UNKNOWN

    def _member(self, value: str, type_: Type, path: str) -> Any:
        if value in type_.members:
            return type_.members.index(value)
        zh, en = suggestion(value[:80], type_.members)
        self.error(
            "F0105",
            path,
            value=value[:80],
            type=type_.show("zh"),
            type_en=type_.show("en"),
            members="、".join(type_.members),
            hint=(
                (f"{zh} " if zh else "") + f"可用的值：{'、'.join(type_.members)}",
                (f"{en} " if en else "") + f"its values: {', '.join(type_.members)}",
            ),
        )
        return UNKNOWN

    def _date(self, value: object, path: str) -> Any:
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value.year * 10000 + value.month * 100 + value.day
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                datetime.date.fromisoformat(value)
                return int(value.replace("-", ""))
            except ValueError:
                pass
        if isinstance(value, str):
            self.error("F0115", path, value=value[:40])
        else:
            self.wrong_type(path, ("日期 YYYY-MM-DD", "a date YYYY-MM-DD"), value)
        return UNKNOWN

    def _usual(self, fact: ir.Fact) -> tuple[int, int, int]:
        """(grid steps in one of its unit, least and greatest whole number of its unit) that the fact takes."""
        found = self._whole.get(id(fact))
        if found is None:
            scale, most = fact.type.own.scale, Fraction(10**15 - 1)
            low = -most if fact.low is None else max(fact.low / scale, -most)
            high = most if fact.high is None else min(fact.high / scale, most)
            found = self._whole[id(fact)] = (int(1 / grid(fact.type)), math.ceil(low), math.floor(high))
        return found

    def _amount(self, value: object, fact: ir.Fact, path: str) -> Any:
        if type(value) is int:  # the usual form, for which nothing has to be worked out
            per_unit, low_, high_ = self._usual(fact)
            if low_ <= value <= high_:
                return value * per_unit
        number = self.number(value, fact.type, path)
        if number is None:
            return UNKNOWN
        if not self._within(number, value, fact.type, (fact.low, fact.high), path):
            return UNKNOWN
        steps = number / grid(fact.type)
        if steps.denominator != 1:
            step = decimal_text(grid(fact.type)) or ""
            zh, en = fact.type.own.show("zh"), fact.type.own.show("en")
            self.error("F0107", path, value=_shown(value), grid=f"{step} {zh}".strip(), grid_en=f"{step} {en}".strip())
            return UNKNOWN
        return int(steps)

    def _within(
        self, number: Fraction, value: object, type_: Type, bounds: tuple[Fraction | None, Fraction | None], path: str
    ) -> bool:
        """Whether a number (in its declared unit) is within its range (in base units) and no larger than any fact may be."""
        least, most = (None if b is None else b / type_.own.scale for b in bounds)
        if (least is None or number >= least) and (most is None or number <= most) and abs(number) < 10**15:
            return True
        low = least if least is not None else Fraction(-(10**15))
        high = most if most is not None else Fraction(10**15)
        zh, en = type_.own.show("zh"), type_.own.show("en")
        top = decimal_text(high) or str(high)
        self.error(
            "F0106",
            path,
            value=_shown(value),
            low=decimal_text(low) or str(low),
            high=f"{top} {zh}".strip(),
            high_en=f"{top} {en}".strip(),
        )
        return False

    def number(self, value: object, type_: Type, path: str) -> Fraction | None:
        """The number in the fact's declared unit; None when it cannot be read, which is then reported."""
        if isinstance(value, (bool, dict, list, tuple)):
            words = type_.own.show("zh")
            self.wrong_type(
                path,
                (f"数（{words}）" if words else "数", f"a number ({type_.own.show('en')})" if words else "a number"),
                value,
            )
            return None
        if isinstance(value, float):
            self.error("F0109", path, value=repr(value))
            return None
        if isinstance(value, (int, Fraction)):
            if abs(value) >= 10**MOST_DIGITS:
                self.error(
                    "F0114", path, what=f"数超过 {MOST_DIGITS} 位", what_en=f"a number of over {MOST_DIGITS} digits"
                )
                return None
            return Fraction(value)
        if isinstance(value, Decimal):
            if (
                not value.is_finite()
                or abs(value.adjusted()) > MOST_DIGITS
                or len(value.as_tuple().digits) > MOST_DIGITS
            ):
                self.error("F0116", path, value=str(value)[:40])
                return None
            return Fraction(value)
        if not isinstance(value, str):
            self.wrong_type(path, ("数", "a number"), value)
            return None
        match = _NUMBER.fullmatch(value) if len(value) <= 100 else None
        if match is None or sum(c.isdigit() for c in match[1]) > MOST_DIGITS:
            self.error("F0116", path, value=value[:40])
            return None
        number = Fraction(match[1])
        if match[2] is None:
            return number
        unit = unit_of(tuple(p.strip() for p in match[2].split("/")), self.units)
        return self._converted(number, unit, match[2], type_, path)

    def _converted(self, number: Fraction, unit: Unit | None, written: str, type_: Type, path: str) -> Fraction | None:
        """A number with a written unit, in the declared unit; the conversion is exact."""
        own = type_.own
        if unit is not None and unit.dims not in (own.dims, type_.unit.dims):
            completed = complete(unit, own) if unit.dims and not unit.is_percent else None
            unit = completed if completed is not None and len(dict(unit.dims)) == len(dict(own.dims)) else None
        if unit is None or unit.is_percent != own.is_percent:
            self.error(
                "F0108",
                path,
                unit=written[:40],
                wanted=own.show("zh") or "不带单位的数",
                wanted_en=own.show("en") or "a plain number",
            )
            return None
        return number * unit.scale / own.scale
