"""A timeline: each month's decision, what changed and why, what was paid and what is due. Made by `Policy.timeline`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .._version import LANGUAGE, __version__
from ..backends.engine import Engine
from ..backends.formatting import day_text, json_amount, json_value
from ..backends.values import known
from ..decision import Decision
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from ..facts.arguments import named, shown
from ..facts.days import day
from ..ir.in_force import learned_days
from ..ir.nodes import Program, Rule
from ..origin import Kept, kept, opened
from ..outputs import finding_json
from .arrears import Account, account
from .assumed import Assumptions
from .coming import Stirring
from .history import History, HistoryReader
from .ledger import Benefit
from .month import Month, compared, differing
from .months import Step, months_between
from .owed import Arrear, Owed, Settlement
from .pickled import history_of, plain
from .reasons import Compared, because

MOST_MONTHS = 1200


class Timeline(Sequence[Month]):
    """The months in order, and `arrears`. `timeline["2022-03"]` is a month, `timeline[0]` the first one.

    `findings` are remarks on the history that are no errors: facts with a gap, a history that begins before the timeline. Guarantees that
    a month does not keep are that month's `findings`.
    """

    _kept: Kept

    def __init__(self, engine: Engine, history: History, start: int, end: int, as_known: int | None) -> None:
        self._engine = engine
        self._history = history
        self._span = (start, end)
        self.as_known = as_known
        self._books: Account = account(engine, history, start, end, as_known)
        self._owed = Owed(engine, history, self._books)
        self.months: list[Month] = []
        before: Step | None = None
        stirring = Stirring(history)
        for month, due in self._books.due.items():
            absent = history.nobody(month, as_known) if due is None else ()
            stirred = stirring.of(month, as_known, due is None)
            self.months.append(Month(month, due, self._books.paid[month], before, month == start, absent, stirred))
            before = due
        self.findings: list[Diagnostic] = [*history.findings, *_remarks(engine.program, history, start)]

    def __reduce__(self) -> tuple[Any, ...]:
        found = self.__dict__.get("_kept")
        if found is None:
            found = kept(self._engine, self._shown, (plain(self._history), *self._span, self.as_known))
        return _unread, found

    def __getattr__(self, name: str) -> Any:
        """A timeline out of a pickle is decided again when something of it is first read."""
        if name not in _LEFT_OUT:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        engine, (history, *dates) = opened(self._kept)
        self.__init__(engine, history_of(history, engine.program), *dates)  # type: ignore[misc]
        return self.__dict__[name]

    @property
    def _shown(self) -> str:
        return f"{self.months[0].month} to {self.months[-1].month}"

    @property
    def policy(self) -> str:
        return self.program.name

    @property
    def digest(self) -> str:
        return self._engine.digest

    @property
    def language(self) -> int:
        """The number of the language's meaning by which it was decided."""
        return LANGUAGE

    @property
    def program(self) -> Program:
        return self._engine.program

    @property
    def root(self) -> str:
        """The entity with which the history begins."""
        return self._history.root

    @property
    def errors(self) -> list[Diagnostic]:
        """What went wrong while deciding, each once with the months in which it did."""
        from .failures import failures

        return failures(self.months, self._books.errors)

    def __len__(self) -> int:
        return len(self.months)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            found = next((m for m in self.months if m.month == key), None)
            if found is None:
                raise KeyError(key)
            return found
        if not isinstance(key, (int, slice)):
            raise KeyError(shown(key))
        return self.months[key]

    @property
    def arrears(self) -> list[Arrear]:
        """The rows of the ledger, by owed month and benefit, with their reasons: paid, due, what differs, and which month settles it."""
        return list(self._owed.arrears)

    @property
    def settlements(self) -> list[Settlement]:
        """What each month pays for the months before it, by benefit, in order: 补发 (negative where too much was paid)."""
        return self._owed.settlements

    def settled(self, month: str, benefit: str) -> Decimal | Fraction:
        """What a month pays for earlier months of a benefit (its path), in money: 补发."""
        return self._owed.settled(*self._key(month, benefit))

    def paid(self, month: str, benefit: str) -> Decimal | Fraction:
        """What a month paid for itself, in money: 已发."""
        return self._owed.paid(*self._key(month, benefit))

    def _key(self, month: str, benefit: str) -> tuple[int, Benefit]:
        """A month of the timeline and a benefit of somebody in it. Raises KeyError for another."""
        entry, _, name = named("benefit", benefit).rpartition(".")
        key = day(month) // 100 * 100 + 1, (entry, name)
        if key[0] not in self._books.due:
            raise KeyError(shown(month))
        self._owed.rule(key[1])
        return key

    def benefit(self, path: str) -> Rule:
        """The 给付 of a path."""
        entry, _, name = named("path", path).rpartition(".")
        return self._owed.rule((entry, name))

    @property
    def assumptions(self) -> list[str]:
        """The 假设 on which the months rest, each once: those of what is due and of what was paid otherwise, then those behind 补发."""
        made = Assumptions()
        for month in self.months:
            made.of(month.decision)
        return self._with_arrears(made)

    def _with_arrears(self, made: Assumptions) -> list[str]:
        """The assumptions of what is due with those of what was paid otherwise, and those behind 补发."""
        owed = self._owed.owing
        for month in dict.fromkeys(month for month, _ in owed):
            made.of(self[month].paid)
        entities = {t.path: t.entity.name for t in self._history.track.all()}
        asked = {(entities[path], name) for _, (path, name) in owed}
        # of all layers the last one of a benefit counts
        counting = {(a.entity, a.benefit): a for a in self.program.arrears}
        behind = [x for key, a in counting.items() if key in asked for x in a.assumptions]
        return list(dict.fromkeys((*made.told, *behind)))

    def to_json(self, lang: str = "zh", explanations: bool = False) -> dict[str, object]:
        """The contract's form (design, section 9); with `explanations`, each month's too. Amounts are strings."""
        months = list(self._months_json(lang, explanations))
        return {
            "policy": self.policy,
            "digest": self.digest,
            "engine": __version__,
            "language": self.language,
            "as_known": None if self.as_known is None else day_text(self.as_known),
            "months": months,
            "arrears": self._owed.json(lang),
            "assumptions": self._with_arrears(Assumptions(months)),
            "findings": [{"code": f.code, "path": f.path, "message": f.message(lang)} for f in self.findings],
        }

    def _months_json(self, lang: str, explanations: bool) -> Iterator[dict[str, object]]:
        old: Compared | None = None
        for month in self.months:
            new = compared(month)
            yield self._month_json(month, old, new, lang, explanations)
            old = new

    def _month_json(
        self, month: Month, old: Compared | None, new: Compared, lang: str, explanations: bool
    ) -> dict[str, object]:
        made: dict[str, object] = {"month": month.month}
        changes = [] if old is None else self._changes_json(old, new, lang)
        if new.decision is None:
            absent = {"findings": [finding_json(f, lang) for f in month.findings]} if month.findings else {}
            return {**made, "outputs": {}, "undetermined": [], **absent, "changes": changes}
        whole = new.decision.to_json(explanation=explanations, told=new.whole(), lacking=False)
        kept: dict[str, object] = {
            k: whole[k]
            for k in ("outputs", "undetermined", "not_in_force", "errors", "assumptions", "explanation")
            if k in whole
        }
        if "findings" in whole:
            kept["findings"] = [finding_json(f, lang) for f in month.findings]
        return {**made, **kept, "changes": changes}

    def _changes_json(self, old: Compared, new: Compared, lang: str) -> list[dict[str, object]]:
        out = []
        for path in differing(old.decision, new.decision):
            reasons = because(old, new, path, lang)
            out.append(
                {
                    "output": path,
                    "before": _json_of(old.decision, path),
                    "after": _json_of(new.decision, path),
                    "because": ("；" if lang == "zh" else "; ").join(reasons),
                }
            )
        return out

    def text(self, lang: str = "zh") -> str:
        from .forms import text

        return text(self, lang)

    def markdown(self, lang: str = "zh") -> str:
        from .forms import markdown

        return markdown(self, lang)

    def html(self, lang: str = "zh") -> str:
        """One self-contained page."""
        from .forms import html

        return html(self, lang)

    def svg(self, lang: str = "zh") -> str:
        """The months as a strip: states, amounts, what each month settles of earlier ones, and what is compared with what."""
        from .picture import svg

        return svg(self.months, self.settlements, self.program, self.root, lang)

    def _repr_html_(self) -> str:
        return self.svg()

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        found = self.__dict__.get("_kept")
        name, shown = (self.policy, self._shown) if found is None else found[1:3]
        return f"<Timeline {name} {shown}>"


_LEFT_OUT = {"_engine", "_history", "_span", "_books", "_owed", "as_known", "months", "findings"}


def _unread(*found: Any) -> Timeline:
    """A timeline out of a pickle."""
    made = Timeline.__new__(Timeline)
    made._kept = found
    return made


def _json_of(decision: Decision | None, path: str) -> object:
    """A value as the contract writes it; null where there is none."""
    if decision is None:
        return None
    found = decision.paths.get(path)
    if found is None:
        return None
    entry, name, type_ = found
    value = entry.values[name]
    if not known(value):
        return None
    return json_amount(value, type_)["value"] if type_.is_amount else json_value(value, type_)


def _remarks(program: Program, history: History, start: int) -> Iterator[Diagnostic]:
    carries = any(e.carried for e in program.entities)
    if carries and history.first and history.first < start and not history.given_state:
        yield diagnostic("F0212", at=history.root, first=day_text(history.first)[:7], start=day_text(start)[:7])


def _month(text: str | datetime.date) -> int:
    return day(text) // 100 * 100 + 1


def _count(month: int) -> int:
    return month // 10000 * 12 + month // 100 % 100


def _nobody(history: History, first: int, last: int, known_on: int | None) -> Diagnostic:
    """No month has anybody in it: what is missing, and the likely cause."""
    hint = None
    if known_on is not None and any(history.data(m, None) is not None for m in months_between(first, last)):
        written = day_text(known_on)
        hint = (f"{written} 还不知道这些事实：检查「获知」", f"the facts were not known on {written}: check “known”")
    elif history.first > last:
        begin = day_text(history.first)[:7]
        hint = (
            f"事实最早从 {begin} 开始：改起止月份，或检查「自」",
            f"the facts begin in {begin}: change the months, or check “from”",
        )
    absent = history.absent(last, known_on)
    if hint is None and absent:
        hint = ("；".join(f.zh for f in absent), "; ".join(f.en for f in absent))
    at = history.track.short(last, known_on) or history.root
    start, end = day_text(first)[:7], day_text(last)[:7]
    zh, en = (start, f"in {start}") if first == last else (f"{start} 到 {end} 之间", f"from {start} to {end}")
    return diagnostic("F0216", at=at, hint=hint, months=zh, months_en=en)


def timeline(
    engine: Engine,
    history: Mapping[str, Any] | Any,
    start: str | datetime.date,
    end: str | datetime.date,
    as_known: str | datetime.date | None = None,
    *,
    lenient: bool = False,
    floats: str = "",
) -> Timeline:
    """Decides a history month by month. Raises PolicyError for a history or dates at fault."""
    wrong: list[Diagnostic] = []

    def dated(read: Callable[[Any], int], text: str | datetime.date) -> int:
        try:
            return read(text)
        except PolicyError as error:
            wrong.extend(error.diagnostics)
            return 0

    first, last = dated(_month, start), dated(_month, end)
    known_on = None if as_known is None else dated(day, as_known)
    if wrong:
        raise PolicyError(wrong)
    if last < first:
        wrong.append(diagnostic("F0213", at=day_text(first)[:7], start=day_text(first)[:7], end=day_text(last)[:7]))
    elif _count(last) - _count(first) >= MOST_MONTHS:
        wrong.append(diagnostic("F0214", at=day_text(last)[:7], most=MOST_MONTHS))
    if known_on is not None:
        rules = engine.program._replace(guarantees=())  # without them nothing can be given, guarantees or no
        learned = [d for d in learned_days(rules) if d]
        if learned and known_on < learned[0]:
            wrong.append(diagnostic("F0215", at=day_text(known_on), first=day_text(learned[0])))
    if wrong:
        raise PolicyError(wrong)
    read = HistoryReader(engine.program, lenient=lenient, floats=floats).read(history)
    if read.data(first, known_on) is None and all(read.data(m, known_on) is None for m in months_between(first, last)):
        raise PolicyError([_nobody(read, first, last, known_on)])
    return Timeline(engine, read, first, last, known_on)


__all__ = ["Arrear", "Settlement", "Timeline", "timeline"]
