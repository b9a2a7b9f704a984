"""Cases for the ledger: a small policy with every kind of 补发 and 追回, and histories in which facts and law become known late, and twice."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import strategies as st

from policy_dsl import Policy
from policy_dsl.backends.formatting import day_text
from policy_dsl.decision import Decision
from policy_dsl.timeline.history import History, HistoryReader
from policy_dsl.timeline.months import months_between, payday

from .bookkeeping import Case, Key
from .dice import Dice, Drawn
from .policies import Text, compiled

START, END = 20220101, 20220701
MONTHS = [day_text(m)[:7] for m in months_between(START, END)]
LATE = ("2022-02-08", "2022-02-28", "2022-03-11", "2022-04-30", "2022-05-20", "2022-08-02")
CONDITIONS = ("", "已发 > 0", "应发 > 已发", "已发 > 0 或 应发 > 已发", "已发 > 0 且 在册", "在册")
LIMITS = ("", "60 元", "33.335 元", "10% * 额")
PERIODS = {"月": "标准 - 收入", "年": "四舍五入((标准 - 收入) / 7, 0.01 元/年)", "日": "日额"}


class Account(NamedTuple):
    text: str
    policy: Policy
    history: dict[str, Any]
    condition: str
    limit: str
    period: str

    def __repr__(self) -> str:
        return f"Account(\n{self.text}\n{self.history!r})"


def _text(d: Dice, condition: str, limit: str, period: str) -> str:
    day = d.pick(("", "  发放日 10\n", "  发放日 28\n"))
    late = [d.pick(("2022-03-05", "2022-05-25", "2022-04-10")), d.pick(("2022-06-20", "2022-04-18", "2022-09-01"))]
    since = d.pick(("2022-01-01", "2022-02-01"))
    lines = f"  补发 当 {condition}\n" * bool(condition) + f"  追回 每月不超过 {limit}\n" * bool(limit)
    return (
        f"政策 账\n{day}对象 个人\n  收入 : 元/月, 0..100000\n  在册 : 是否\n"
        "对象 家庭\n  成员 : 若干 个人, 0..5\n"
        f"参数 标准 : 元/月\n  自 2020-01-01 为 400\n  自 2022-01-01 为 {d.pick((450, 390, 433))} 公布 {late[0]}\n"
        f"  自 {since} 为 {d.pick((430, 470))} 公布 {late[1]}\n"
        f"参数 日额 : 元/日\n  自 2020-01-01 为 3\n  自 2022-01-01 为 {d.pick((2, 4))} 公布 {late[0]}\n"
        "规则 个人 额 : 元/月\n  为 标准\n"
        f"给付 个人 补 : 元/{period}\n  当 收入 < 标准 为 {PERIODS[period]}\n  否则 为 0\n{lines}"
    )


def _person(d: Dice) -> dict[str, Any]:
    made: dict[str, Any] = {"收入": _spells(d, (100, 300, 420, 0), 3), "在册": _spells(d, (True, False), 2)}
    if d.chance(40):
        gone = d.pick(("2022-05", "2022-04-02"))
        made["在列"] = [{"自": gone, "为": False}]
        if d.chance(60):
            made["在列"][0]["获知"] = d.pick([x for x in LATE if x > gone])
    if d.chance(40):
        made["已发"] = {"补": _ledger(d)}
    return made


def _spells(d: Dice, values: tuple[Any, ...], most: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"自": "2022-01", "为": d.pick(values)}]
    known = set()
    for _ in range(d.below(most + 1)):
        row: dict[str, Any] = {"自": d.pick(("2022-01", "2022-02", "2022-04")), "为": d.pick((*values, None))}
        row["获知"] = d.pick(LATE)
        if row["获知"] > f"{row['自']}-01" and (row["自"], row["获知"]) not in known:
            known.add((row["自"], row["获知"]))
            rows.append(row)
    return rows


def _ledger(d: Dice) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    months = d.some(MONTHS[:4], 1, 3)
    for month in months:
        row: dict[str, Any] = {"自": month, "至": month, "为": d.pick((0, 50, 300, 12))}
        if d.chance(30):
            row["获知"] = d.pick([x for x in LATE if x[:7] > month])
        rows.append(row)
    for month in months[:2]:
        if d.chance(40):
            settled = d.pick([m for m in MONTHS if m > month])
            rows.append({"自": month, "至": month, "为": d.pick((20, -30, 100)), "结清": settled})
    return rows


def account(d: Dice) -> Account:
    condition, limit, period = d.pick(CONDITIONS), d.pick(LIMITS) if d.chance(50) else "", d.pick(tuple(PERIODS))
    text = _text(d, condition, limit, period)
    program, report = compiled(Text((("账", (text,)),)))
    assert program is not None, [x.zh for x in report.items]
    history = {"家庭": {"成员": [_person(d) for _ in range(d.between(1, 2))]}}
    return Account(text, Policy(program), history, condition, limit, period)


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    return account(Drawn(draw))


# --- what the books are kept of


def case_of(made: Account, as_known: int | None) -> Case:
    policy, history = made.policy, HistoryReader(made.policy.program).read(made.history)
    months = list(months_between(START, END))
    paydays = {m: payday(policy.program, m) for m in months}
    decided: dict[int, dict[int, dict[str, Fraction | str]]] = {}

    def amounts(decision: Decision | None) -> dict[str, Fraction | str]:
        out: dict[str, Fraction | str] = {}
        for benefit in () if decision is None else decision.benefits:
            value = benefit.value
            out[benefit.path] = "open" if value is None else Fraction(value) * _share(made.period, decision.day)  # type: ignore[union-attr]
        return out

    def all_months(known: int) -> dict[int, dict[str, Fraction | str]]:
        if known not in decided:
            decided[known] = {m: amounts(_decide(policy, history, m, known)) for m in months}
        return decided[known]

    paid = {m: _decide(policy, history, m, paydays[m]) for m in months}

    def holds(month: int, path: str, given: Fraction, due: Fraction) -> bool | None:
        if not made.condition:
            return True
        person = _member(made, paid[month], path)
        if person is None:
            return False
        listed = person["在册"]
        answers: dict[str, bool | None] = {
            "已发 > 0": given > 0,
            "应发 > 已发": due > given,
            "已发 > 0 或 应发 > 已发": given > 0 or due > given,
            "已发 > 0 且 在册": listed if given > 0 else False,
            "在册": listed,
        }
        return answers[made.condition]

    def limit(month: int, path: str) -> Fraction:
        if _member(made, paid[month], path) is None:
            return Fraction(0)
        decision = paid[month]
        assert decision is not None
        if made.limit == "10% * 额":
            return Fraction(str(decision[f"{path.removesuffix('.补')}.额"])) / 10
        return Fraction(made.limit.removesuffix(" 元"))

    own: dict[Key, list[tuple[int, Fraction]]] = {}
    settled: dict[Key, list[tuple[int, int, Fraction]]] = {}
    until = 99991231 if as_known is None else as_known
    for n, person in enumerate(made.history["家庭"]["成员"]):
        for row in person.get("已发", {}).get("补", ()):
            month = number(row["自"])
            key = (month, f"家庭.成员[{n}].补")
            if "结清" in row:
                in_month = number(row["结清"])
                settled.setdefault(key, []).append((paydays[in_month], in_month, Fraction(row["为"])))
                continue
            known = max(number(row["获知"], 0) if "获知" in row else 0, paydays[month])
            if "获知" not in row or known <= until:
                own.setdefault(key, []).append((known, Fraction(row["为"])))
    days = sorted({d for d, _ in policy.engine.news} | set(history.known))
    return Case(
        months,
        paydays.__getitem__,
        [d for d in days if d <= until],
        all_months,
        {m: amounts(d) for m, d in paid.items()},
        holds,
        limit if made.limit else None,
        own,
        settled,
        until,
    )


def number(text: str, first: int = 1) -> int:
    return int(text.replace("-", "")) * (100 if len(text) == 7 else 1) + (first if len(text) == 7 else 0)


def _share(period: str, day: int) -> Fraction:
    days = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31}[day // 100 % 100]
    return {"月": Fraction(1), "年": Fraction(1, 12), "日": Fraction(days)}[period]


def _decide(policy: Policy, history: History, month: int, known: int) -> Decision | None:
    """No month hands anything over in this policy."""
    data = history.data(month, known)
    return None if data is None else policy.decide_data("家庭", data, on=month, known=known)


def _member(made: Account, decision: Decision | None, path: str) -> dict[str, bool | None] | None:
    """在册 of whom the benefit is paid to; None where they are not there."""
    entries = () if decision is None else decision.instance.all()
    entry = next((e for e in entries if f"{e.path}.补" == path), None)
    return None if entry is None else {"在册": entry.facts["在册"] if isinstance(entry.facts["在册"], bool) else None}
