"""Given facts → tuples of grid integers, or diagnostics that name the path. The careful way; generated readers take the plain road first.

An entry becomes `(fact values…, lists…, defaulted)`: amounts as whole numbers of their grid (0.01 元 is 1), enumerations as positions,
dates as yyyymmdd, truths as bool, what is unknown as UNKNOWN; a list as a tuple of entries; `defaulted` a bit for each fact whose 默认 was used.
Single values are read in values.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ..backends.encoding import carried_width, encoded, start_of
from ..backends.formatting import day_text
from ..backends.presence import absent, called, gone, lifetime, listed, refused, too_few
from ..backends.runtime import NEVER, NOTHING, UNKNOWN, UNLISTED, Held, month_start
from ..backends.values import Undetermined
from ..diagnostics.report import PolicyError, suggestion
from ..ir import nodes as ir
from ..ir.traverse import usual_root, usual_roots
from ..model.clause import Clause
from ..model.reserved_keys import (
    AWAY,
    CARRIED_PARTS,
    IS,
    LEARNED,
    LOOK_BACKS,
    PAID,
    PARTS,
    PRESENT,
    PREVIOUS,
    SINCE,
    UNTIL,
    Word,
    given,
)
from ..model.types import decimal_text
from ..syntax.characters import MAX_LEVELS, MAX_TEXT
from .plain import plain
from .values import ValueReader, date_of, excerpt, units_of
from .wanted import DATED, LIST, MONTHS, OBJECT, TRUTH, Wanted, shaped

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


def _unsaid(value: object, levels: int = 2 * MAX_LEVELS) -> bool:
    """Whether a root or an entry is as a blank prints it: everything null, but for lists of entries that are."""
    if isinstance(value, (dict, list, tuple)):
        inner = value.values() if isinstance(value, dict) else value
        return bool(value) and levels > 0 and all(_unsaid(v, levels - 1) for v in inner)
    return value is None


def unfilled(value: list[Any] | tuple[Any, ...]) -> bool:
    """Whether a list is as a blank prints it: its entries say nothing, and 在列 stands there as null. So nobody has said who is in it.

    An entry without 在列 is somebody of whom nothing is known.
    """
    return bool(value) and all(map(_as_printed, value))


def spare(value: list[Any] | tuple[Any, ...]) -> list[int]:
    """Which entries are as a blank prints them, beside others that say something: one copied too often, or one that was forgotten."""
    return [n for n, v in enumerate(value) if _as_printed(v)]


def _as_printed(entry: object) -> bool:
    return isinstance(entry, dict) and (PRESENT[0] in entry or PRESENT[1] in entry) and _unsaid(entry)


class Reader(ValueReader):
    """Reads facts for one program. A list that may be empty may be left out: what needs it is then undetermined.
    `lenient` lets every list be left out (examples); `floats` says what a float is (plain.py);
    left empty, nobody can be told to say so."""

    def __init__(self, program: ir.Program, *, lenient: bool = False, floats: str = "") -> None:
        self.program = program
        self.entities = {e.name: e for e in program.entities}
        super().__init__(units_of(program))
        self.floats = floats
        self.lenient = lenient
        self._names: dict[str, dict[str, None]] = {}  # of each entity's facts and lists
        self._month = 0  # the first day of the month in which somebody must be there; 0: of none

    def read(self, facts: object, on: int = ir.OPEN) -> tuple[str, tuple[Any, ...]]:
        """(name of the root entity, its data) of those who are there on a day (yyyymmdd); without one, of all.

        Raises PolicyError with everything that is wrong.
        """
        self.errors = []
        facts = plain(facts, self.floats)
        self._month = month_start(on) if on < ir.OPEN else 0
        root = self.root(facts)
        data: tuple[Any, ...] = ()
        if root:
            entity = self.entities[root]
            data = self._entry(facts[root], entity, root)  # type: ignore[index]
            if data and self._month and not self._full:
                self._first(facts[root], entity, data)  # type: ignore[index]
        if self.errors:
            raise PolicyError(self.errors)
        return root, data

    def _first(self, value: dict[object, object], entity: ir.Entity, data: tuple[Any, ...]) -> None:
        """Reports that the entry with which the facts begin is not there."""
        birth, death = lifetime(entity, data)
        why = gone(birth, death, self._month) if birth <= death else None
        if why is not None:
            self.errors.append(refused(absent(entity, entity.name, called(entity, data), why), self._month))
        elif entity.holder and not self.present(value, entity.name):
            self.error("F0224", f"{entity.name}.{PRESENT[0]}")

    def root(self, facts: object) -> str:
        if isinstance(facts, dict) and len(facts) == 1 and next(iter(facts)) in self.entities:
            return str(next(iter(facts)))
        tops = [e.name for e in usual_roots(self.program)] or [usual_root(self.program).name]
        shown, shown_en = "、".join(self.entities), ", ".join(self.entities)
        first = tops[-1]
        if not isinstance(facts, dict):
            self.wrong_type("", shaped("对象", f'{{"{first}": {{…}}}}'), facts)
            return ""
        known = [k for k in facts if isinstance(k, str) and k in self.entities]
        for key in facts:
            if key not in known and not self._full:
                zh, en = suggestion(excerpt(key), self.entities)
                self.error(
                    "F0113",
                    excerpt(key),
                    entities=shown,
                    entities_en=shown_en,
                    first=first,
                    hint=(zh or f'例如 {{"{first}": {{…}}}}', en or f'as in {{"{first}": {{…}}}}'),
                )
        if len(known) > 1:  # a blank has every root: those that are left as printed are nobody
            known = [k for k in known if not self._left_as_printed(k, facts[k])] or known[:1]
        if len(known) > 1:
            given_, given_en = "、".join(known), ", ".join(known)
            hint = (f"给了 {given_}：只留一个，其余的删去", f"{given_en} are given: keep one, delete the others")
            self.error("F0113", "", entities=shown, entities_en=shown_en, first=first, hint=hint)
            return ""
        if not facts:
            self.error("F0113", "", entities=shown, entities_en=shown_en, first=first)
        return known[0] if known else ""

    def _left_as_printed(self, root: str, value: object) -> bool:
        """Whether nothing was filled in; an entity of which nothing is asked is empty in a blank, too."""
        asked = self.entities[root].facts or self.entities[root].lists
        return _unsaid(value) or (not asked and value == {})

    def _entry(self, value: object, entity: ir.Entity, path: str) -> tuple[Any, ...]:
        if self._full:
            return ()
        if not isinstance(value, dict):
            self.wrong_type(path, OBJECT, value)
            return ()
        self.names(value, entity, path)
        out: list[Any] = []
        defaulted = 0
        for i, fact in enumerate(entity.facts):
            if fact.name not in value and fact.has_default:
                out.append(self.default(fact))
                defaulted |= 1 << i
            else:
                out.append(self.fact(self.said(value, entity, i), fact, f"{path}.{fact.name}"))
        self.life(entity, out, path)
        for i, members in enumerate(entity.lists, len(entity.facts)):
            first = path == entity.name  # with which the facts begin: nobody else may have too few
            given_ = value.get(members.name)
            if given_ is None and members.empty:
                given_ = []
                defaulted |= 1 << i
            out.append(self._list(given_, members, f"{path}.{members.name}", first))
        out.append(defaulted)
        if entity.carried:
            out += self.before(given(value, PREVIOUS), entity, f"{path}.{PREVIOUS[0]}")
        return tuple(out)

    @staticmethod
    def said(value: dict[Any, Any], entity: ir.Entity, i: int) -> Any:
        """What an entry says of a fact. An empty text identifies nobody: it is left out."""
        here = value.get(entity.facts[i].name)
        return None if i == entity.identity and here == "" else here

    def life(self, entity: ir.Entity, data: Sequence[Any], path: str) -> None:
        """Reports a death before the birth."""
        birth, death = lifetime(entity, data)
        if death < birth:
            at = f"{path}.{entity.facts[entity.died].name}"
            self.error("F0221", at, birth=day_text(birth), death=day_text(death))

    def names(self, value: dict[Any, Any], entity: ir.Entity, path: str, also: tuple[Word, ...] = ()) -> None:
        """Reports keys that are neither facts nor lists of the entity nor words of the format."""
        names = self._names.get(entity.name)
        if names is None:
            names = dict.fromkeys([*(f.name for f in entity.facts), *(m.name for m in entity.lists)])
            self._names[entity.name] = names
        known = {w for word in also for w in word}
        known |= {*(PREVIOUS if entity.carried else ()), *(PRESENT if entity.holder else ())}
        self.twins(value, (PREVIOUS, PRESENT, PAID), path)
        for key in value:
            if key not in names and key not in known and not self._full:
                zh, en = suggestion(excerpt(key), names)
                own = (f"{entity.name}的事实：{'、'.join(names)}", f"facts of {entity.name}: {', '.join(names)}")
                own = next((hint for words, hint in _misplaced(entity) if key in words), own)
                self.error("F0104", f"{path}.{excerpt(key)}", name=excerpt(key), hint=(zh or own[0], en or own[1]))

    def twins(self, value: dict[Any, Any], words: tuple[Word, ...], path: str) -> None:
        """Reports a word of the format that is given in both spellings: one of the two would be lost."""
        for zh, en in words:
            if zh in value and en in value:
                self.error("F0112", path, name=f"{zh}/{en}")

    def twins_in(self, value: list[Any] | tuple[Any, ...], entity: ir.Entity, path: str) -> None:
        """Reports who stands twice in one list, be it once as who is not there (在列)."""
        if entity.identity < 0:
            return
        fact, seen = entity.facts[entity.identity].name, dict[str, int]()
        for n, v in enumerate(value):
            known = self.said(v, entity, entity.identity) if isinstance(v, dict) else None
            first = seen.setdefault(known[:MAX_TEXT], n) if isinstance(known, str) else n
            if first != n:
                self.error("F0230", f"{path}[{n}].{fact}", fact=fact, other=f"{path}[{first}]")

    # --- the month before

    def before(self, value: object, entity: ir.Entity, path: str) -> list[Any]:
        """What the entry carries over: as given under 上月, else as it is before the first month."""
        if value is None:
            return start_of(entity)
        if not isinstance(value, dict):
            self.wrong_type(path, OBJECT, value)
            return start_of(entity)
        known: dict[str, dict[str, None]] = {}
        for c in entity.carried:
            known.setdefault(c.given[0], {}).update(dict.fromkeys(c.given[1:]))
        spelled = LOOK_BACKS | {zh: PARTS[zh] for zh in CARRIED_PARTS}
        words = {w: zh for zh, en in spelled.items() for w in (zh, en)}
        self.twins(value, (*spelled.items(), PRESENT), path)
        away = not self.present(value, path)  # last month: 上月 has no value then
        plain = {words.get(excerpt(k), excerpt(k)): v for k, v in value.items() if k not in PRESENT}
        self._strangers(plain, known, path)
        for key, inner in known.items():
            here = plain.get(key)
            if inner and isinstance(here, dict):
                self._strangers(here, inner, f"{path}.{key}")
            elif inner and here is not None:
                first = next(iter(inner))
                self.wrong_type(f"{path}.{key}", shaped("名称", f'{{"{first}": …}}'), here)
        out: list[Any] = []
        for c in entity.carried:
            where = f"{path}.{'.'.join(c.given)}"
            here = plain.get(c.given[0])
            if len(c.given) > 1:
                here = here.get(c.given[1]) if isinstance(here, dict) else None
            if away and c.kind == "value" and not c.keeps:
                out += [NOTHING] * carried_width(c)
            elif c.source == "fact" and entity.died >= 0 and entity.facts[entity.died].name == c.of:
                death = self.fact(here, entity.facts[entity.died], where)
                out.append(Held(Undetermined((where,))) if death is UNKNOWN else death)
            else:
                out += self._handed(here, c, where, self._bounds(c, entity))
        return out

    def _strangers(self, value: dict[Any, Any], known: dict[str, Any], path: str) -> None:
        """Reports names under 上月 that no look-back asks for."""
        for key in value:
            if key not in known:
                zh, en = suggestion(excerpt(key), known)
                hint = (zh or f"上月可以给：{'、'.join(known)}", en or f"of the month before: {', '.join(known)}")
                self.error("F0104", f"{path}.{excerpt(key)}", name=excerpt(key), hint=hint)

    def _bounds(self, c: ir.Carried, entity: ir.Entity) -> tuple[Fraction | None, Fraction | None]:
        """What a value of the month before may be, in base units: a fact as declared, a benefit not negative, a count the calendar's months."""
        if c.source == "fact":
            return next((f.low, f.high) for f in entity.facts if f.name == c.of)
        if c.given[0] in ("持续", "累计"):
            return Fraction(0), Fraction(CALENDAR_MONTHS) * c.type.own.scale
        if c.given[0] == CARRIED_PARTS[0]:
            return Fraction(0), None
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
                self.wrong_type(path, MONTHS, value)
                return [()]
            one = c._replace(kind="value")
            first = max(len(value) - c.months, 0)
            months = [
                [NOTHING] if v in AWAY else self._handed(v, one, f"{path}[{n}]", bounds)
                for n, v in enumerate(value[first:], first)
            ]
            return [tuple(x[0] if len(x) == 1 or isinstance(x[0], Held) else tuple(x) for x in months)]
        wide = carried_width(c)
        if value is None:
            return [Held(Undetermined((path,)))] * wide
        if not c.type.is_amount:
            fact = ir.Fact(c.of, c.type, None, None, None, False, False, "", "", None, _NO_CLAUSE, c.place)
            return [self.fact(value, fact, path)]
        quotient = re.fullmatch(r"(-?[0-9]{1,60})/([0-9]{1,60})", value) if isinstance(value, str) else None
        if quotient is not None and int(quotient[2]) == 0:
            self.error("F0116", path, value=excerpt(value))
            return [UNKNOWN] * wide
        number = Fraction(int(quotient[1]), int(quotient[2])) if quotient else self.number(value, c.type, path)
        if number is None or not self._within(number, value, c.type, bounds, path):
            return [UNKNOWN] * wide
        made = encoded(c, number * c.type.own.scale)
        if made is None:
            finest = 1 / (c.grid * c.type.own.scale)
            step = decimal_text(finest) or str(finest)
            zh, en = c.type.own.show("zh"), c.type.own.show("en")
            self.error("F0107", path, value=excerpt(value), grid=f"{step} {zh}".strip(), grid_en=f"{step} {en}".strip())
            return [UNKNOWN] * wide
        return list(made)

    def _list(self, value: object, members: ir.Members, path: str, first: bool) -> Any:
        if value is None:
            if not members.low:
                return UNLISTED
            if self.lenient:
                return UNKNOWN
            self.error("F0110", path, name=members.name)
            return ()
        if not isinstance(value, (list, tuple)):
            self.wrong_type(path, LIST, value)
            return ()
        entity = self.entities[members.entity]
        if unfilled(value):
            for n, v in enumerate(value):
                self.names(v, entity, f"{path}[{n}]")
            return UNKNOWN if members.low else UNLISTED
        for n in spare(value):
            self.error("F0118", f"{path}[{n}]", name=members.name)
        self.twins_in(value, entity, path)
        there = [n for n, v in enumerate(value) if not isinstance(v, dict) or self.present(v, f"{path}[{n}]")]
        dated = entity.born >= 0 or entity.died >= 0
        missing = sum(self._missing(value[n], entity) for n in there) if dated else 0
        low = members.low if first or len(value) < members.low else 0
        if not low <= len(there) - missing <= members.high:
            if not self._full:
                self.errors.append(too_few(path, members, len(there) - missing, missing))
            return ()
        rows = [(n, self._entry(value[n], entity, f"{path}[{n}]")) for n in there]
        if self.errors:
            return ()
        made = listed(entity, rows, len(value), self._month)
        if len(made) < low and not self._full:
            self.errors.append(too_few(path, members, len(made), len(there) - len(made)))
        return made

    def _missing(self, value: object, entity: ir.Entity) -> bool:
        """Whether an entry as given is not yet born, or dead, in the month; a day that is no date is told when the entry is read."""
        if not isinstance(value, dict):
            return False
        birth, death = (self._day_of(value, entity, n) for n in (entity.born, entity.died))
        birth, death = birth or 0, death or NEVER
        return birth <= death and self._month > 0 and gone(birth, death, self._month) is not None

    def _day_of(self, value: dict[object, object], entity: ir.Entity, n: int) -> int | None:
        """The date that an entry gives for one of its facts; -1 is none of them."""
        if n < 0:
            return None
        fact = entity.facts[n]
        left_out = fact.name not in value and fact.has_default
        return self.default(fact) if left_out else date_of(value.get(fact.name))

    def present(self, value: dict[object, object], path: str) -> bool:
        """Whether the entry is there (在列); who is not does not count as an entry."""
        there = given(value, PRESENT)
        if there is None or isinstance(there, bool):
            return there is not False
        dated = isinstance(there, (list, dict))
        self.wrong_type(f"{path}.{PRESENT[0]}", Wanted(TRUTH.zh, TRUTH.en, *DATED) if dated else TRUTH, there)
        return True
