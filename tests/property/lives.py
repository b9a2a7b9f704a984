"""Lives of households under a policy as bureaus write them: births, deaths and moves inside the span, facts and law corrected late and twice,
statuses that end, benefits in every period, ledgers.

The generators of histories.py try what the language allows; these try what happens. Both give a `Story`. `ALLOWED` says what the language
has of it: the one place where a new word of it is switched on.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import reject
from hypothesis import strategies as st

from .dice import Dice, Drawn
from .histories import Story
from .policies import Text, compiled

START, END = "2022-01", "2022-10"
MONTHS = tuple(f"2022-{m:02d}" for m in range(1, 11))
PERIODS = ("月", "年", "季", "周", "日")
HEARD = ("2022-03-05", "2022-05-20", "2022-06-08", "2022-08-25", "2022-12-01")


class Words(NamedTuple):
    """What the policies and histories may be written with."""

    died: bool  # 日期, 死亡
    identifies: bool  # 文本, 认人
    parts: bool  # 元/年 按月发, 按季发
    paid_on: bool  # 发于
    settled: bool  # 结清 in a ledger
    clock_stops: bool  # a household that comes back goes on with the state that it had


ALLOWED = Words(died=True, identifies=True, parts=True, paid_on=True, settled=True, clock_stops=True)


class Life:
    """Writes one policy and one household's history."""

    def __init__(self, dice: Dice, words: Words = ALLOWED) -> None:
        self.dice = dice
        self.words = words

    # --- the policy

    def policy(self) -> Text:
        d, w = self.dice, self.words
        term = d.between(1, 4)
        goes, stays = "申请 且 人均 低于 标准", "非 (申请 且 人均 低于 标准)"
        marks = [*(["  死亡日期 : 日期, 死亡"] if w.died else []), *(["  身份证 : 文本, 认人"] if w.identifies else [])]
        person = ["对象 个人 : 人", "  姓名 : 文本", "  出生日期 : 日期, 出生", *marks, "  月收入 : 元/月, 0..5000, 默认 0", "  残疾 : 是否, 默认 否"]  # fmt: skip
        items = [
            f"政策 生平\n  发放日 {d.pick((10, 1, 28))}",
            "\n".join(person),
            "对象 家庭 : 户\n  申请 : 是否\n  成员 : 若干 个人, 1..4",
            "\n".join(["参数 标准 : 元/人/月", *self.dated(lambda: f"为 {d.pick((400, 450, 500, 430, 600))}")]),
            "规则 家庭 人均 : 元/人/月\n  为 合计(成员.月收入) / 人数(成员)",
            "规则 家庭 近收入 : 元/人\n  为 合计(近(3 个月, 人均, 默认 0))",
            "\n".join([
                "阶段 家庭 状态", "  起始 未享受", "  终止 满期",
                f"  未享受、停发 → 在保 当 {goes}",
                f"  在保 → 停发 当 {stays}",
                f"  在保 → 满期 当 {goes} 且 {d.pick(('累计', '持续'))}(在保) ≥ {term}",
            ]),
            "\n".join([
                "给付 家庭 保障金 : 元/月",
                "  当 状态 = 在保 为 四舍五入((标准 - 人均) * 人数(成员), 1 元)",
                f"  当 状态 = 满期 为 {d.pick((0, 30))}",
                "  否则 为 0",
                *self.arrears(),
            ]),
            *self.for_people(),
        ]  # fmt: skip
        return Text((("生平", tuple(items)),))

    def dated(self, value: Any) -> list[str]:
        """A value since before the span, then others: in time, late, or late and then another for the same day."""
        d = self.dice
        lines = [f"  自 2021-01-01 {value()}"]
        since = d.pick(("2022-01-01", "2022-03-01", "2022-05-15"))
        if d.chance(75):
            lines.append(f"  自 {since} {value()}{self.published()}")
            if d.chance(40):
                lines.append(f"  自 {since} {value()} 公布 2022-07-06")
        return lines

    def published(self) -> str:
        return f" 公布 {self.dice.pick(('2022-05-20', '2022-06-12', '2022-03-20'))}" if self.dice.chance(70) else ""

    def arrears(self) -> list[str]:
        d = self.dice
        asked = d.pick(("已发 > 0", "应发 > 已发", "状态 = 在保 或 状态 = 满期", "已发 > 0 或 应发 > 已发"))
        return [f"  补发 当 {asked}"] if d.chance(40) else []

    def for_people(self) -> list[str]:
        """Benefits of people and of the household, each in a period of its own."""
        d, w = self.dice, self.words
        made = []
        for name, condition in (
            ("高龄津贴", f"周岁(出生日期) ≥ {d.pick((80, 60))}"),
            ("育儿补贴", "周岁(出生日期) 低于 3"),
            ("残疾补贴", "残疾 且 家庭.状态 ≠ 满期"),
        ):
            period, amount = d.pick(PERIODS), d.pick((10, "12.34", 100))
            head = f"给付 个人 {name} : 元/{period}"
            if w.parts and period in ("年", "季") and d.chance(60):
                head += d.pick((" 按月发", " 按月发 向下取整 1 元", " 按季发" if period == "年" else " 按月发"))
            made.append("\n".join([head, f"  当 {condition} 为 {amount}", "  否则 为 0"]))
        ends = d.pick((" 至 2022-05-31", ""))
        lines = [f"  自 2021-01-01{ends} 为 20"]
        if ends or d.chance(50):
            lines.append(f"  自 2022-06-01{d.pick(('', ' 公布 2022-08-03'))} 为 25")
        made.append("\n".join(["给付 家庭 物价补贴 : 元/月", *lines]))
        winter = f"  当 月份(决定日) = {d.pick((3, 1, 9))} 且 任一(成员.残疾) 为 40"
        made.append("\n".join(["给付 家庭 取暖补贴 : 元/月", winter, "  否则 为 0"]))
        if w.paid_on and d.chance(40):
            made.append(
                f"给付 家庭 一次性补助 : 元\n  当 任一(成员.残疾) 为 500\n  否则 为 0\n  发于 2022-0{d.between(1, 9)}-15"
            )
        return made

    # --- the history

    def history(self) -> dict[str, Any]:
        d = self.dice
        people = [self.person(n) for n in range(d.between(1, 4))]
        household: dict[str, Any] = {"申请": self.corrected((True, False)), "成员": people}
        if d.chance(25):
            household["已发"] = self.ledger()
        return {"家庭": household}

    def person(self, number: int) -> dict[str, Any]:
        """Somebody who may be born, die, or go away and come back in the span; the first one stays where nobody may be left."""
        d, w = self.dice, self.words
        name = "甲乙丙丁"[number]
        old = ("1990-06-15", "1942-05-10", "1962-02-28", "2019-04-30")
        birth = (
            d.pick(old) if number == 0 or d.chance(60) else f"2022-{d.between(1, 9):02d}-{d.pick(('01', '15', '28'))}"
        )
        made: dict[str, Any] = {"姓名": name, "出生日期": birth, "残疾": d.chance(40)}
        if w.identifies and d.chance(70):
            made["身份证"] = f"证{name}"
        born_later = birth > "2022"
        if not born_later:
            made["月收入"] = self.corrected((0, 300, 380, 700, 1200))
        if number and not born_later:
            kind = d.pick(("stays", "away", "gone", "died") if w.died else ("stays", "away", "gone"))
            first, second = d.some(MONTHS[1:], 2, 2)
            late = {"获知": d.pick(HEARD)} if d.chance(50) else {}
            if kind == "away":
                made["在列"] = [{"自": "2022-01", "为": True}, {"自": first, "为": False, **late}, {"自": second, "为": True, **late}]  # fmt: skip
            elif kind == "gone":
                made["在列"] = [{"自": "2022-01", "为": True}, {"自": f"{first}-{d.pick(('01', '12'))}", "为": False, **late}]  # fmt: skip
                made["月收入"] = made["残疾"] * 100
            elif kind == "died":
                day = f"{first}-{d.pick(('01', '12'))}"
                made["死亡日期"] = (
                    [{"自": "2022-01", "为": None}, {"自": "2022-01", "为": day, **late}] if late else day
                )
        return made

    def corrected(self, values: tuple[Any, ...]) -> Any:
        """A fact that changes, and is corrected afterwards, perhaps twice."""
        d = self.dice
        if d.chance(30):
            return d.pick(values)
        rows = [{"自": "2022-01", "为": d.pick(values)}]
        for since in d.some(MONTHS[1:], 0, 2):
            rows.append({"自": since, "为": d.pick(values)})
        if d.chance(50):
            since = d.pick([r["自"] for r in rows])
            for heard in d.some([h for h in HEARD if h > since], 1, 2):
                rows.append({"自": since, "为": d.pick(values), "获知": heard})
        return rows

    def ledger(self) -> dict[str, Any]:
        d = self.dice
        since, until = d.some(MONTHS[:6], 2, 2)
        rows = [{"自": since, "至": until, "为": d.pick((0, 100, 400))}]
        if self.words.settled and d.chance(50):
            rows.append({"自": since, "至": since, "为": 50, "结清": d.pick(MONTHS[6:])})
        return {"保障金": rows}


def life(dice: Dice, words: Words = ALLOWED) -> Story | None:
    """A policy with a household's life; None when the text does not compile (none should)."""
    writer = Life(dice, words)
    text = writer.policy()
    program, _ = compiled(text)
    return None if program is None else Story(text, program, writer.history(), START, END)


@st.composite
def lives(draw: st.DrawFn, words: Words = ALLOWED) -> Story:
    made = life(Drawn(draw), words)
    if made is None:
        reject()
    return made
