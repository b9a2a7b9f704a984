"""A timeline: each month's decision, what changed and why, what was paid and what is due. Made by `Policy.timeline`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from .._version import __version__
from ..backends.engine import Engine
from ..backends.formatting import day_text, json_amount, json_value, python_value
from ..backends.values import known
from ..decision import Decision
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from ..facts.days import day
from ..ir.in_force import learned_days
from ..ir.nodes import Program
from ..model.types import Type
from ..origin import Kept, kept, opened
from ..outputs import finding_json
from .arrears import Account, Benefit, Difference, Steps, account, handed
from .assumed import Assumptions
from .history import History, HistoryReader
from .month import Month, differing
from .months import Step, months_between, payday
from .pickled import history_of, plain
from .reasons import Compared, because, learned

MOST_MONTHS = 1200


class Arrear(NamedTuple):
    """What a month still owes for a benefit, in its declared unit; negative where too much was paid.

    `settled` is the month that settles it ("2023-02"), None where it lies after the timeline.
    """

    month: str
    benefit: str
    paid: Decimal | Fraction
    due: Decimal | Fraction
    difference: Decimal | Fraction
    unit: str
    settled: str | None
    because: tuple[str, ...]
    because_en: tuple[str, ...]


class Settlement(NamedTuple):
    """What one month pays for the months before it of a benefit, in its declared unit; negative where too much was paid."""

    month: str
    benefit: str
    amount: Decimal | Fraction
    unit: str


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
        self.months: list[Month] = []
        before: Step | None = None
        for month, due in self._books.due.items():
            absent = history.absent(month, as_known) if due is None else ()
            self.months.append(Month(month, due, self._books.paid[month], before, month == start, absent))
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
        return self.months[key]

    @property
    def arrears(self) -> list[Arrear]:
        """What is still owed, by month and benefit, with reasons."""
        return [self._arrear(d) for d in self._books.differences]

    def settled(self, month: str, benefit: str) -> Decimal | Fraction:
        """What a month pays for earlier months of a benefit (its path), in the declared unit: 补发."""
        return self._sum(self._books.settled, month, benefit)

    def paid(self, month: str, benefit: str) -> Decimal | Fraction:
        """What a month paid for itself on its pay day: 已发."""
        number, key = _key(month, benefit)
        amounts = handed(self._history, self._books.paid[number], number)
        return self._money(amounts.get(key, Fraction(0)), key)

    def _sum(self, amounts: Mapping[tuple[int, Benefit], Fraction], month: str, benefit: str) -> Decimal | Fraction:
        number, key = _key(month, benefit)
        return self._money(amounts.get((number, key), Fraction(0)), key)

    def _money(self, amount: Fraction, benefit: Benefit) -> Decimal | Fraction:
        made = python_value(amount, self._type(benefit))
        assert isinstance(made, (Decimal, Fraction))
        return made

    def _type(self, benefit: Benefit) -> Type:
        path, name = benefit
        entity = next(t.entity.name for t in self._history.track.all() if t.path == path)
        return self._engine.rules[entity, name].type

    def _arrear(self, d: Difference) -> Arrear:
        type_ = self._type(d.benefit)
        path = ".".join(d.benefit)
        old, new = self._course(self._books.paid, d.month), self._course(self._books.due, d.month)
        reasons = [tuple(self._because(d.month, old, new, path, lang)) for lang in ("zh", "en")]
        if not reasons[0] and self._history.ledgers:
            reasons = [("按已发的账",), ("by the ledger of what was paid",)]
        return Arrear(
            day_text(d.month)[:7],
            path,
            self._money(d.paid, d.benefit),
            self._money(d.due, d.benefit),
            self._money(d.due - d.paid, d.benefit),
            type_.own.show(),
            None if d.settled is None else day_text(d.settled)[:7],
            *reasons,
        )

    def _course(self, steps: Steps, month: int) -> Compared:
        """A month of one of the two courses, with the months from which it went on."""
        n = list(steps).index(month)
        step = steps[month]
        before = list(steps)[n - 1] if n else None
        earlier = None if before is None else lambda: self._course(steps, before)
        return Compared(None if step is None else step.decision(), earlier)

    def _because(self, month: int, old: Compared, new: Compared, path: str, lang: str) -> Iterator[str]:
        """Why a month is owed another amount, and what of it the pay day did not know."""
        yield from because(old, new, path, lang)
        then = payday(self.program, month)
        yield from learned(self._history, new.causes(old, path), then, self.as_known, month, lang)

    @property
    def settlements(self) -> list[Settlement]:
        """What each month pays for the months before it, by benefit, in order: 补发 (negative where too much was paid)."""
        return [
            Settlement(day_text(month)[:7], ".".join(b), self._money(amount, b), self._type(b).own.show())
            for (month, b), amount in sorted(self._books.settled.items())
            if amount
        ]

    @property
    def assumptions(self) -> list[str]:
        """The 假设 on which the months rest, each once: those of what is due and of what was paid otherwise, then those behind 补发."""
        made = Assumptions()
        for month in self.months:
            made.of(month.decision)
        return self._with_arrears(made)

    def _with_arrears(self, made: Assumptions) -> list[str]:
        """The assumptions of what is due with those of what was paid otherwise, and those behind 补发."""
        owed = list(dict.fromkeys((a.month, a.benefit) for a in self.arrears))
        for month in dict.fromkeys(month for month, _ in owed):
            made.of(self[month].paid)
        entities = {t.path: t.entity.name for t in self._history.track.all()}
        asked = {(entities[path], name) for path, _, name in (b.rpartition(".") for _, b in owed)}
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
            "as_known": None if self.as_known is None else day_text(self.as_known),
            "months": months,
            "arrears": [self._arrear_json(d, lang) for d in self._books.differences],
            "assumptions": self._with_arrears(Assumptions(months)),
            "findings": [{"code": f.code, "path": f.path, "message": f.message(lang)} for f in self.findings],
        }

    def _months_json(self, lang: str, explanations: bool) -> Iterator[dict[str, object]]:
        old: Compared | None = None
        for month in self.months:
            new = Compared(month.decision)
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
        whole = new.decision.to_json(explanation=explanations, told=new.whole())
        kept: dict[str, object] = {
            k: whole[k] for k in ("outputs", "undetermined", "errors", "assumptions", "explanation") if k in whole
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

    def _arrear_json(self, d: Difference, lang: str) -> dict[str, object]:
        arrear = self._arrear(d)
        type_ = self._type(d.benefit)
        reasons = arrear.because if lang == "zh" else arrear.because_en
        return {
            "month": arrear.month,
            "benefit": arrear.benefit,
            "paid": json_value(d.paid, type_),
            "due": json_value(d.due, type_),
            "difference": json_value(d.due - d.paid, type_),
            "unit": arrear.unit,
            "settled": arrear.settled,
            "because": ("；" if lang == "zh" else "; ").join(reasons),
        }

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
        """The months as a strip: states, amounts, and what is compared with what."""
        from .picture import svg

        return svg(self.months, self.program, self.root, lang)

    def _repr_html_(self) -> str:
        return self.svg()

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        found = self.__dict__.get("_kept")
        name, shown = (self.policy, self._shown) if found is None else found[1:3]
        return f"<Timeline {name} {shown}>"


_LEFT_OUT = {"_engine", "_history", "_span", "_books", "as_known", "months", "findings"}


def _unread(*found: Any) -> Timeline:
    """A timeline out of a pickle."""
    made = Timeline.__new__(Timeline)
    made._kept = found
    return made


def _key(month: str, benefit: str) -> tuple[int, Benefit]:
    entry, _, name = benefit.rpartition(".")
    return day(month), (entry, name)


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
    read = HistoryReader(engine.program, lenient=lenient).read(history)
    if read.data(first, known_on) is None and all(read.data(m, known_on) is None for m in months_between(first, last)):
        raise PolicyError([_nobody(read, first, last, known_on)])
    return Timeline(engine, read, first, last, known_on)


__all__ = ["Arrear", "Settlement", "Timeline", "timeline"]
