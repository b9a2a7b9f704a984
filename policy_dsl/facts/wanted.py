"""What may stand at a place in facts, and how it is written: the words of F0103."""

from __future__ import annotations

from typing import NamedTuple


class Wanted(NamedTuple):
    """What is wanted, and the way out, in both languages."""

    zh: str
    en: str
    way: str
    way_en: str

    @property
    def hint(self) -> tuple[str, str]:
        return self.way, self.way_en


TRUTH = Wanted(
    " true 或 false",
    "true or false",
    "「是」写 true，「否」写 false，不带引号",
    "yes is true, no is false, without quotes",
)
DATED = (
    "这里写那一天的值；有「自」「为」的历史用 policy timeline 逐月运行",
    "give the day's value; a history with “from” and “is” is run by policy timeline",
)
DAY = Wanted("日期 YYYY-MM-DD", "a date YYYY-MM-DD", '写成带引号的 "2022-03-15"', 'write "2022-03-15", in quotes')
TEXT = Wanted("文字", "a text", '写成带引号的 "…"', 'write "…", in quotes')
OBJECT = Wanted("一个对象 {…}", "an object {…}", '写成 {"名称": 值, …}', 'write {"name": value, …}')
LIST = Wanted(
    "名单 […]",
    "a list […]",
    "写成 [{…}, {…}]；只有一个的也要方括号",
    "write [{…}, {…}], in brackets even if there is but one",
)
MONTHS = Wanted(
    "各月的值 […]", "the months' values […]", "写成 [100, 200]，早的在前", "write [100, 200], the earliest month first"
)
BENEFITS = Wanted("以给付为名的对象 {…}", "an object of benefits {…}", '写成 {"给付": 300}', 'write {"benefit": 300}')
BARE = (
    '写在方括号里：[{"自": "2022-03", "为": 520}]',
    'put it into brackets: [{"from": "2022-03", "is": 520}]',
)

EMPTY = ("方括号里是空的：写出一段，或不写这一项", "the brackets are empty: give a value, or leave it out")


def amount(unit: str = "", unit_en: str = "") -> Wanted:
    """A number, in a unit where it has one."""
    way, way_en = "写一个数，不知道的不写这一项", "write a number; leave it out where it is not known"
    if not unit:
        return Wanted("数", "a number", way, way_en)
    return Wanted(f"数（{unit}）", f"a number ({unit_en})", way, way_en)


def shaped(shape: str, example: str) -> Wanted:
    """An object that begins so."""
    return Wanted(f"以{shape}开头的 {example}", f"an object {example}", f"写成 {example}", f"write {example}")
