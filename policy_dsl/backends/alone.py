"""What decides in a file that `policy compile` makes. Its text from the line of dashes on is written below that of runtime.py, and the file's own
tables stand for those that are declared here. Standard library only, and no import of this package.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from .runtime import NEVER, UNKNOWN, Defer, Unknown, Workdays, read_day

ROOT = ""
EPOCHS: list[tuple[int, Any, Any, tuple[Any, ...], int]] = []
GUARDS: list[tuple[int, Any, tuple[Any, ...]]] = []
RESULTS: list[dict[str, tuple[Any, Any]]] = []
CALENDAR = Workdays(None)

# --------


class Failed(Exception):
    """Raised where an output is looked up that is in error; `code` says which error it is."""

    def __init__(self, path: str, code: str) -> None:
        super().__init__(f"{path} 算不出来（{code}） / {path} is in error ({code})")
        self.path = path
        self.code = code


class Result(Mapping[str, Any]):
    """What is decided: the outputs' paths with their values, None for what is undetermined.

    `undetermined` are the paths of these; `errors` has the code of each output in error, which is no key, and raises Failed when it is looked up;
    `not_in_force` are the outputs for which nothing is in force on the day, which are no keys either.
    """

    def __init__(self) -> None:
        self.values_by_path: dict[str, Any] = {}
        self.undetermined: list[str] = []
        self.errors: dict[str, str] = {}
        self.not_in_force: list[str] = []

    def __getitem__(self, path: str) -> Any:
        if path in self.errors:
            raise Failed(path, self.errors[path])
        return self.values_by_path[path]

    def __contains__(self, path: object) -> bool:
        return path in self.values_by_path

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_path)

    def __len__(self) -> int:
        return len(self.values_by_path)

    def __repr__(self) -> str:
        return f"Result({self.values_by_path!r}{f', errors={self.errors!r}' if self.errors else ''})"


WORDS = {
    "entry": "名单里的每一个都要写成 {…} / each entry is written as {…}",
    "names": "有政策里没有的事实 / there is a fact that the policy does not have",
    "list": "名单要写成 […]，个数在规定的范围里 / a list is written as […], with as many entries as it may have",
    "birth": "有人在这个月之后才出生 / somebody is born after the month",
    "death": "有人在这个月之前已经去世 / somebody died before the month",
    "twice": "名单里有两个同名的 / two entries of a list have one identity",
    "gap": "没有一行适用 / no line of a rule applies",
    "conflict": "同时适用的行结果不同 / lines with different results apply",
    "negative": "给付算出负数 / a benefit would be negative",
    "division": "除数是 0 / a division by zero",
    "empty": "名单是空的 / a list is empty",
    "": "有不知道的事实，或者没有规定 / a fact is unknown, or nothing is in force",
}


def decide(facts: Mapping[str, Any], on: str | datetime.date, calendar: Mapping[str, Any] | None = None) -> Result:
    """Decides one case for a day "YYYY-MM-DD", or for the first one of a month "YYYY-MM".

    Amounts are exact fractions.Fraction in the declared unit (see UNITS). Raises Defer where a fact is unknown, the facts are not as
    wanted, or the policy has a gap or a conflict: the interpreter of policy_dsl then says what is missing. `calendar`: working days other
    than those of CALENDAR, as {"years": [2022], "off": ["2022-01-03"], "on": ["2022-01-29"]}; a deadline that needs a year which it does not
    cover raises Beyond, a Defer.
    """
    day = _day(on)
    if type(facts) is not dict or [*facts] != [ROOT]:
        raise Defer(
            f"事实要写成 {{{ROOT!r}: {{…}}}}，只有这一项 / the facts are written as {{{ROOT!r}: {{…}}}} and nothing else"
        )
    at = max(n for n in range(len(EPOCHS)) if EPOCHS[n][0] <= day)
    _, read, run, parameters, results = EPOCHS[at]
    guards = [g for g in GUARDS if g[0] <= day][-1:]
    if calendar is not None:
        off, made_up = ([read_day(d) for d in calendar.get(key, ())] for key in ("off", "on"))
        years = calendar["years"]
        given = Workdays(lambda: (years, off, made_up))
        parameters = tuple(given if p is CALENDAR else p for p in parameters)
        guards = [
            (first, guard, tuple(given if p is CALENDAR else p for p in values)) for first, guard, values in guards
        ]
    try:
        data = read(facts, day)
    except KeyError as error:
        at = error.args[0]
        raise Defer(
            f"事实的名称或取值不是政策里的，在「{at}」处 / a name or a value among the facts is none of the policy's, at {at!r}"
        ) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise Defer(f"事实不合要求：{error} / the facts are not as wanted: {error}") from None
    except Defer as end:
        raise _worded(end) from None
    try:
        for _, guard, values in guards:
            guard(values, day, data)  # a case that may break a condition of the policy defers
        raw = run(parameters, day, data)
    except Defer as end:
        raise _worded(end) from None
    out = Result()
    _collect(RESULTS[results], ROOT, ROOT, raw, out)
    return out


def _worded(end: Defer) -> Defer:
    """The same with words for its reason."""
    said = str(end)
    other = f"「{said}」不知道，或者不合要求 / {said!r} is unknown, or not as wanted"
    end.args = (WORDS.get(said, other),)
    return end


def _day(on: object) -> int:
    """A day as yyyymmdd."""
    text = on.isoformat()[:10] if isinstance(on, datetime.date) else on
    if type(text) is str and text.isascii() and len(text) in (7, 10) and {*text[4::3]} == {"-"}:
        try:
            made = datetime.date.fromisoformat(f"{text}-01"[:10])
        except ValueError:
            pass
        else:
            return made.year * 10000 + made.month * 100 + made.day
    raise Defer(f"{on!r} 不是日期，写成 2022-06-01 或 2022-06 / {on!r} is no day: write 2022-06-01 or 2022-06")


def _collect(results: dict[str, tuple[Any, Any]], entity: str, path: str, raw: Any, out: Result) -> None:
    rules, lists = results[entity]
    position = 0
    for name, kind, (num, den, dynamic) in rules:
        value, at, position = raw[position], position, position + 1 + dynamic
        if not name:  # not an output
            continue
        output = f"{path}.{name}"
        if isinstance(value, Unknown):
            if value is UNKNOWN:
                out.not_in_force.append(output)
            elif code := getattr(value, "code", ""):
                out.errors[output] = code
            else:
                out.undetermined.append(output)
                out.values_by_path[output] = None
            continue
        if kind == "amount":
            value = Fraction(value * num, raw[at + 1] * den if dynamic else den)
        elif kind == "date":
            value = None if value == NEVER else f"{value // 10000:04d}-{value // 100 % 100:02d}-{value % 100:02d}"
        elif kind != "truth":
            value = kind[value]
        out.values_by_path[output] = value
    for n, (list_, inner) in enumerate(lists):
        for i, result in enumerate(raw[len(raw) - len(lists) + n]):
            _collect(results, inner, f"{path}.{list_}[{i}]", result, out)
