"""Bad input where the features of months meet: presence, identity, parts, one-off payments, ledger, instalments, in one policy.

Each slip is answered by its code, a place, a reason and a way out, in both languages; what the way out says then runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

import policy_dsl
from policy_dsl import Policy, PolicyError
from policy_dsl.cli import main
from policy_dsl.diagnostics.report import Diagnostic, Report
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

JOINED = """政策 示例县
  发放日 10
对象 个人 : 人
  身份证 : 文本, 认人
  姓名 : 文本
  出生日期 : 日期, 出生
  死亡日期 : 日期, 死亡
  月收入 : 元/月, 0..1000000
  办结日 : 日期
对象 家庭 : 户
  成员 : 若干 个人, 1..9
  户籍 : 农村 | 城市
参数 标准 : 元/人/月
  自 2021-01-01 为 400
  自 2022-01-01 为 450 公布 2022-06-20
规则 家庭 人均 : 元/人/月
  为 合计(成员.月收入) / 人数(成员)
阶段 家庭 状态
  起始 未享受
  未享受 → 在保 当 人均 < 标准
  在保 → 未享受 当 人均 ≥ 标准
给付 家庭 保障金 : 元/月
  当 状态 = 在保 为 四舍五入((标准 - 人均) * 人数(成员), 1 元)
  否则 为 0
  补发 当 已发 > 0
  追回 每月不超过 60 元
给付 个人 补贴 : 元/年 按季发 于 3 月、6 月、9 月、12 月
  当 周岁(出生日期) ≥ 60 为 600
  否则 为 0
给付 个人 丧葬费 : 元
  发于 办结日
  为 1000 元/人
"""
MONTHS = {"start": "2022-01", "end": "2022-08"}


def person(**facts: Any) -> dict[str, Any]:
    return {"身份证": "A1", "姓名": "甲", "出生日期": "1950-05-06", "月收入": 300, **facts}


def second(**facts: Any) -> dict[str, Any]:
    return {"身份证": "B2", "姓名": "乙", "出生日期": "1990-05-06", "月收入": 0, **facts}


def family(*members: Any, **facts: Any) -> dict[str, Any]:
    return {"家庭": {"户籍": "农村", "成员": list(members) or [person(), second()], **facts}}


def row(since: Any, value: Any, until: Any = None, known: Any = None, settled: Any = None) -> dict[str, Any]:
    made = {"自": since, "为": value, "至": until, "获知": known, "结清": settled}
    return {k: v for k, v in made.items() if v is not None or k in ("自", "为")}


class Slip(NamedTuple):
    """One place: a history with a value there, the code that the bad values get, these, and one that follows the way out."""

    history: Callable[[Any], Any]
    code: str
    bad: list[Any]
    good: Any


def with_first(name: str) -> Callable[[Any], Any]:
    return lambda value: family(person(**{name: value}), second())


def with_second(name: str) -> Callable[[Any], Any]:
    return lambda value: family(person(), second(**{name: value}))


def household(name: str) -> Callable[[Any], Any]:
    return lambda value: family(**{name: value})


def ledger(value: Any) -> Any:
    return family(已发={"保障金": value})


def settled_in(value: Any) -> Any:
    return ledger([row("2022-03", 100, "2022-03", settled=value)])


def dated(key: str) -> Callable[[Any], Any]:
    return lambda value: with_first("月收入")([{"自": "2022-01", "为": 300, key: value}])


MARCH = row("2022-03", 100, "2022-03")
SLIPS: dict[str, Slip] = {
    "a birth that is no day": Slip(with_first("出生日期"), "F0115", ["1950-05", "1950-02-30", "1950/05/06", "1950年5月6日", "", "未知", "１９５０-05-06"], "1950-05-06"),
    "a birth of another kind": Slip(with_first("出生日期"), "F0103", [19500506, True, 1], "1950-05-06"),
    "a birth without brackets": Slip(with_first("出生日期"), "F0201", [{"自": "2022-01", "为": "1950-05-06"}, [], ["1950-05-06"]], [{"自": "2022-01", "为": "1950-05-06"}]),
    "a birth in the future": Slip(lambda v: family(person(出生日期=v)), "F0216", ["2030-01-01", "9999-12-31", [row("2022-01", "2030-01-01")]], "1950-05-06"),
    "facts before the birth": Slip(lambda v: family(person(), second(出生日期=v, 月收入=[row("2022-01", 0)])), "F0209", ["2022-02-01", "2023-05-01"], "2021-12-31"),
    "a death that is no day": Slip(with_first("死亡日期"), "F0115", ["2022-03", "2022-02-30", "否", "在世", "alive", "无"], None),
    "a death of another kind": Slip(with_first("死亡日期"), "F0103", [False, 20220305, [row("2022-01", False)]], "2022-03-05"),
    "a death before the birth": Slip(with_first("死亡日期"), "F0221", ["1949-01-01", [row("2022-01", "1949-01-01")]], "2022-04-01"),
    "a death without a value": Slip(with_first("死亡日期"), "F0201", [[{"自": "2022-01"}], [{"为": "2022-04-01"}], {"自": "2022-01", "为": "2022-04-01"}], [row("2022-01", "2022-04-01")]),
    "everybody dead": Slip(lambda v: family(person(死亡日期=v)), "F0216", ["2021-03-01", "2021-12-31"], "2022-01-01"),
    "a return before the leaving": Slip(with_second("在列"), "F0205", [[row("2022-05", True), row("2022-03", False)]], [row("2022-03", False), row("2022-05", True)]),
    "the end of an absence before it": Slip(with_second("在列"), "F0202", [[row("2022-05", False, "2022-03")], [row("2022-05-10", False, "2022-05-09")]], [row("2022-03", False, "2022-05")]),
    "gone and there on one day": Slip(with_second("在列"), "F0204", [[row("2022-03", False), row("2022-03", True)]], [row("2022-03", False), row("2022-03", True, known="2022-04-10")]),
    "在列 is no truth": Slip(with_second("在列"), "F0103", ["否", "未知", 0, 1, "no", [row("2022-03", None)], [row("2022-03", "是")], [{"from": "2022-03", "is": "no"}]], [row("2022-03", False)]),
    "在列 without brackets": Slip(with_second("在列"), "F0201", [row("2022-03", False), {"from": "2022-03", "is": False}, [True, False], [{"自": "2022-03"}], [{"至": "2022-03", "为": True}], []], [row("2022-03", False)]),
    "在列 on a day that is none": Slip(with_second("在列"), "F0203", [[row("2022-03-32", False)], [row("2022-13", False)], [row("三月", False)], [row(3, False)], [row(["2022-03"], False)]], [row("2022-03", False)]),
    "a fact after the leaving": Slip(lambda v: family(person(), second(在列=v, 月收入=[row("2022-01", 0), row("2022-06", 9)])), "F0210", [[row("2022-03", False)]], [row("2022-03", False), row("2022-05", True)]),
    "two words for one key": Slip(lambda v: family(person(), second(**v)), "F0112", [{"在列": True, "present": True}, {"在列": [{"自": "2022-03", "from": "2022-03", "为": False}]}, {"已发": {}, "paid": {}}], {"present": True}),
    "a month of the ledger twice": Slip(ledger, "F0204", [[MARCH, MARCH], [row("2022-03", 50, "2022-03", settled="2022-05")] * 2], [MARCH, row("2022-03", 120, "2022-03", known="2022-06-01")]),
    "months of the ledger overlap": Slip(ledger, "F0207", [[row("2022-01", 100, "2022-04"), row("2022-03", 120, "2022-03")]], [row("2022-01", 100, "2022-02"), row("2022-03", 120, "2022-03")]),
    "the ledger out of order": Slip(ledger, "F0205", [[row("2022-05", 100, "2022-05"), MARCH]], [MARCH, row("2022-05", 100, "2022-05")]),
    "结清 not after its months": Slip(ledger, "F0240", [[row("2022-05", 100, "2022-05", settled=x)] for x in ("2022-03", "2022-05", "2021-05-10")] + [[row("2022-05", 100, settled="2022-08")]], [row("2022-05", 100, "2022-05", settled="2022-06")]),
    "结清 in no month": Slip(settled_in, "F0203", ["五月", 5, True, ["2022-05"], "2022-13", "2022-02-30", {}], "2022-05"),
    "an amount of the ledger": Slip(lambda v: ledger([row("2022-03", v, "2022-03")]), "F0116", ["一百", "未知", "", "1e3"], 100),
    "an amount of the ledger of another kind": Slip(lambda v: ledger([row("2022-03", v, "2022-03")]), "F0103", [None, True, [100], {}], "100 元"),
    "an amount of the ledger in another unit": Slip(lambda v: ledger([row("2022-03", v, "2022-03")]), "F0108", ["100 元/日", "100 人"], "100 元"),
    "an amount of the ledger below nothing": Slip(lambda v: ledger([row("2022-03", v, "2022-03")]), "F0106", [-5, "-0.01"], 0),
    "an amount of the ledger as a float": Slip(lambda v: ledger([row("2022-03", v, "2022-03")]), "F0109", [0.1, 100.0], "0.1"),
    "the ledger without brackets": Slip(ledger, "F0201", [MARCH, [100, 100], [{"自": "2022-03", "结清": "2022-05"}], [], [[MARCH]]], [MARCH]),
    "the ledger as a list": Slip(household("已发"), "F0103", [[MARCH], 100, "100", True], {"保障金": [MARCH]}),
    "the ledger of another's benefit": Slip(household("已发"), "F0211", [{"补贴": [MARCH]}, {"人均": 5}, {"保障今": [MARCH]}, {"1": 5}], {"保障金": [MARCH]}),
    "keys of the ledger": Slip(ledger, "F0104", [[{**MARCH, "結清": "2022-05"}], [{**MARCH, "setled": "2022-05"}], [{**MARCH, "备注": 1}]], [{**MARCH, "settled": "2022-05"}]),
    "parts in the ledger by the year": Slip(lambda v: family(person(已发={"补贴": [row("2022-03", v, "2022-03")]}), second()), "F0108", ["600 元/年", "150 元/月"], "150 元"),
    "one identity twice": Slip(with_second("身份证"), "F0230", ["A1"], "B2"),
    "one identity, in turn": Slip(lambda v: family(person(在列=[row("2022-03", False)]), second(身份证=v, 在列=[row("2022-03", True)])), "F0230", ["A1"], "B2"),
    "an identity with dates": Slip(with_first("身份证"), "F0232", [[row("2022-01", "A1")], {"自": "2022-01", "为": "A1"}, ["A1"], []], "A1"),
    "an identity of another kind": Slip(with_first("身份证"), "F0103", [123, True], "123"),
    "a day of payment that is none": Slip(with_first("办结日"), "F0115", ["2022-02-31", "2022-02", "明天", "下月"], None),
    "a day of payment of another kind": Slip(with_first("办结日"), "F0103", [20220305, True], [row("2022-03", "2022-03-05")]),
    "what is not yet paid": Slip(with_first("上月"), "F0103", [{"未发": 5}, {"未发": [5]}, {"余额": True}, [], 3], {"未发": {"补贴": 50}, "余额": {"补贴": 100}}),
    "what is not yet paid, below nothing": Slip(with_first("上月"), "F0106", [{"未发": {"补贴": -5}}, {"unpaid": {"补贴": 10**15}}], {"unpaid": {"补贴": 50}}),
    "what is not yet paid, of whom": Slip(with_first("上月"), "F0104", [{"余额": {"补贴金": 5}}, {"待付": {"补贴": 5}}], {"余额": {"补贴": 5}}),
    "what is not yet paid, in which unit": Slip(with_first("上月"), "F0108", [{"未发": {"补贴": "5 元/年"}}], {"未发": {"补贴": "5 元"}}),
    "在列 last month": Slip(household("上月"), "F0103", [{"在列": 3}, {"在列": "否"}], {"在列": False}),
    "自": Slip(lambda v: with_first("月收入")([row(v, 300)]), "F0203", [["2022-01"], {"a": 1}, False, 202201, "2022-02-29", "2022/02", "2022年2月", "２０２２-02", "2022-2", "10000-01", "0000-05"], "2022-01"),
    "至": Slip(dated("至"), "F0203", [0, False, "2022-00", "明年"], "2022-12"),
    "获知": Slip(dated("获知"), "F0203", ["2022-02-30", "2022-13", True, "昨天", 5], "2022-02-28"),
    "为": Slip(lambda v: with_first("月收入")([row("2022-01", v)]), "F0103", [{"自": "2022-01", "为": 3}, [3], True], 3),
    "rows in rows": Slip(with_first("月收入"), "F0201", [[[row("2022-01", 1)]], [None], ["2022-01"]], [row("2022-01", 1)]),
    "no number at all": Slip(lambda v: with_first("月收入")([row("2022-01", v)]), "F0116", [float("inf"), float("nan")], 3),
    "members": Slip(household("成员"), "F0103", [{"甲": person()}, "甲", 3, [None], [[person()]], ["甲"]], [person()]),
    "dated members": Slip(household("成员"), "F0206", [[{"自": "2022-01", **person()}], [row("2022-01", [person()])]], [person(在列=[row("2022-01", True)])]),
    "a household": Slip(lambda v: {"家庭": v}, "F0103", [None, "x", 3, [family()["家庭"]]], family()["家庭"]),
    "the outermost": Slip(lambda v: v, "F0113", [{}, {"household": {}}, {"家庭": {}, "个人": {}}], family()),
    "a dated state of another type": Slip(household("户籍"), "F0105", [[row("2022-01", "乡下")], "rural", ""], "农村"),
}  # fmt: skip
WRONG = [(what, n) for what, slip in SLIPS.items() for n in range(len(slip.bad))]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("joined") / "示例县.policy"
    path.write_text(JOINED, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def county(file: Path) -> Policy:
    return policy_dsl.load(file)


def whole(d: Diagnostic) -> bool:
    """A reason and a way out in both languages, without the words of Python."""
    texts = (d.zh, d.en, d.help("zh"), d.help("en"))
    return all(texts) and not any(w in t for t in texts for w in ("None", "True", "False", "Traceback", "{hint"))


def test_the_corpus_is_large() -> None:
    assert len(WRONG) >= 150


@pytest.mark.parametrize(("what", "n"), WRONG)
def test_a_slip_is_answered(what: str, n: int, county: Policy) -> None:
    slip = SLIPS[what]
    with pytest.raises(PolicyError) as error:
        county.timeline(slip.history(slip.bad[n]), **MONTHS)
    found = error.value.diagnostics
    assert {d.code for d in found} == {slip.code}, found
    assert all(whole(d) for d in found), [(d.zh, d.help("zh"), d.en, d.help("en")) for d in found]
    assert all(d.path for d in found) or slip.code == "F0113"


@pytest.mark.parametrize("what", SLIPS)
def test_the_way_out_runs(what: str, county: Policy, file: Path) -> None:
    """Through Python, and the slip through the command line: its code and no traceback, in both languages."""
    slip = SLIPS[what]
    assert county.timeline(slip.history(slip.good), **MONTHS).months
    bad = json.dumps(slip.history(slip.bad[0]), ensure_ascii=False)
    for lang, word in (("zh", "错误"), ("en", "error")):
        arguments = ["timeline", str(file), "-", "--from", "2022-01", "--to", "2022-08", "--lang", lang]
        done = CliRunner().invoke(main, arguments, input=bad)
        if slip.code != "F0109":  # in a file 0.1 is exact
            assert (done.exit_code, done.stdout) == (1, "")
            assert f"{word}[{slip.code}]" in done.stderr


MIXED: dict[str, tuple[Any, set[str]]] = {
    "death, presence, ledger, identity": (
        family(
            person(死亡日期="2022-04-03", 已发={"补贴": [row("2022-03", 150, "2022-03"), row("2022-03", -20, "2022-03", settled="2022-06")]}),
            second(身份证="A1", 在列=[row("2022-05", True), row("2022-03", False)]),
            已发={"保障金": [row("2022-05", 100, "2022-05", settled="2022-05")]},
        ),
        {"F0230", "F0205", "F0240"},
    ),
    "parts, death, one-off": (
        family(person(死亡日期="1949-01-01", 办结日="明天", 上月={"未发": 5}), second(在列="否"), 已发={"补贴": 1}),
        {"F0221", "F0115", "F0103", "F0211"},
    ),
    "everything in one row": (
        family(person(月收入=[{"自": "2022-13", "至": 0, "为": True, "获知": "昨天", "注": 1}])), {"F0203", "F0104"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", MIXED)
def test_slips_are_told_together(what: str, county: Policy) -> None:
    history, codes = MIXED[what]
    with pytest.raises(PolicyError) as error:
        county.timeline(history, **MONTHS)
    assert {d.code for d in error.value.diagnostics} == codes
    assert all(whole(d) for d in error.value.diagnostics)


# --- policies

QUARTERS = " 于 3 月、6 月、9 月、12 月"
POLICIES: list[tuple[str, str, list[str], str]] = [  # what stands there, the code, what is wrong, what the way out says
    ("月收入 : 元/月, 0..1000000\n", "P0235", ["月收入 : 元/月, 0..1000000\n  生日 : 日期, 出生\n"], "月收入 : 元/月, 0..1000000\n  生日 : 日期\n"),
    ("月收入 : 元/月, 0..1000000\n", "P0240", ["月收入 : 元/月, 0..1000000\n  卒日 : 日期, 死亡\n"], "月收入 : 元/月, 0..1000000\n  卒日 : 日期\n"),
    ("月收入 : 元/月, 0..1000000\n", "P0254", ["月收入 : 元/月, 0..1000000\n  学号 : 文本, 认人\n"], "月收入 : 元/月, 0..1000000\n  学号 : 文本\n"),
    ("元/月, 0..1000000\n", "P0236", ["元/月, 0..1000000, 出生\n"], "元/月, 0..1000000\n"),
    ("办结日 : 日期", "P0255", ["办结日 : 日期, 认人"], "办结日 : 日期"),
    ("日期, 死亡", "P0242", ["日期, 死亡, 默认 2022-01-01"], "日期, 死亡"),
    (QUARTERS, "P0270", [" 于 0 月", " 于 13 月", " 于 1.5 月", " 于 3 月、15 月", " 于 1 季、2 季"], " 于 1 月、4 月、7 月、10 月"),
    (QUARTERS, "P0271", [" 于 3 月", " 于 3 月、3 月", " 于 1 月、2 月、3 月、12 月", " 于 1 月、2 月、3 月、4 月、5 月"], " 于 1 月、4 月、7 月、10 月"),
    (QUARTERS, "P0101", [" 于", " 于 -3 月", " 于 三月", " 于 month 3, 6, 9, 12", " 于 3 月..12 月"], " 于 3、6、9、12"),
    ("按季发" + QUARTERS, "P0271", ["按月发 于 3 月"], "按月发"),
    ("按季发" + QUARTERS, "P0101", ["按半年发", "按年发", "按日发"], "按季发"),
    ("元/年 按季发" + QUARTERS, "P0273", ["元/日 按月发", "元/周 按季发"], "元/年 按月发"),
    (QUARTERS, "P0274", [QUARTERS + x for x in (" 四舍五入 0.001 元", " 四舍五入 0 元", " 四舍五入 -1 元", " 向下取整 0.01 元/年")], QUARTERS + " 四舍五入 0.01 元"),
    ("元/人/月\n  为 合计", "P0272", ["元/人/月 按月发\n  为 合计"], "元/人/月\n  为 合计"),
    ("发于 办结日", "P0101", ["发于"], "发于 办结日"),
    ("发于 办结日", "P0203", ["发于 月收入", "发于 姓名", "发于 3"], "发于 2022-06-30"),
    ("发于 办结日", "P0201", ["发于 办结曰", "发于 明天"], "发于 办结日"),
    ("发于 办结日", "P0121", ["发于 2022-02-30", "发于 2022-13-01"], "发于 2022-06-30"),
    ("发于 办结日", "P0251", ["发于 办结日\n  发于 2022-03-01"], "发于 办结日"),
    ("  补发 当", "P0252", ["  发于 2022-03-01\n  补发 当"], "  补发 当"),
    ("  为 合计(", "P0250", ["  发于 2022-03-01\n  为 合计("], "  为 合计("),
    ("60 元", "P0260", ["0 元", "-5 元", "0"], "1 元"),
    ("60 元", "P0204", ["60 人", "20%", "60 元/年"], "60 元/月"),
    ("每月不超过 60 元", "P0101", ["", "不超过 60 元", "当 已发 > 0", "每月不超过"], "每月不超过 60 元"),
    ("60 元", "P0201", ["已发", "六十元"], "50% * 保障金"),
    ("补发 当 已发 > 0", "P0101", ["补发", "补发 已发 > 0"], "补发 当 已发 > 0"),
    ("已发 > 0", "P0203", ["已发", "应发 - 已发"], "应发 - 已发 > 0 或 已发 > 0"),
    ("已发 > 0", "P0204", ["已发 > 0 人", "已发 > 1 元/日 * 2 人"], "已发 > 1 元"),
    ("发放日 10", "P1010", ["发放日 0", "发放日 32"], "发放日 31"),
    ("发放日 10", "P0101", ["发放日", "发放日 月底", "发放日 2022-01-10", "发放日 10\n  发放日 12"], "发放日 10"),
]  # fmt: skip


def checked(text: str) -> Report:
    report = Report()
    compile_layers([LayerFiles("示例县", (PolicyFile(Path("z"), "z.policy", text, "示例县", "", 2),))], report)
    return report


@pytest.mark.parametrize(("stands", "code", "wrong"), [(s, c, w) for s, c, ws, _ in POLICIES for w in ws])
def test_a_slip_in_the_policy_is_answered(stands: str, code: str, wrong: str) -> None:
    found = checked(JOINED.replace(stands, wrong, 1)).items
    assert code in {d.code for d in found}, found
    assert all(whole(d) and d.place is not None and d.place.line for d in found), [(d.zh, d.help("zh")) for d in found]


@pytest.mark.parametrize(("stands", "good"), [(s, g) for s, _, _, g in POLICIES])
def test_the_way_out_of_the_policy_compiles(stands: str, good: str) -> None:
    assert stands in JOINED
    assert not checked(JOINED.replace(stands, good, 1)).items


BROKEN = """政策 甲
对象 家庭 : 户
  收入 : 元/月, 0..100
给付 家庭 补 : 元/月
  为 3
修订 补
  例外 渐退 当 收入 > 5 为 2
  {}
修订 补
  例外 别 当 收入 > 7 为 1 优先于 渐退
"""


@pytest.mark.parametrize("line", ["补发 已发 > 0", "补发 当 已发大于 0", "例外 乙 当 收入 大 5 为 3", "追回"])
def test_an_exception_beside_a_line_that_cannot_be_read_is_no_second_mistake(line: str) -> None:
    assert [(d.code, d.place and d.place.line) for d in checked(BROKEN.format(line)).items] == [("P0101", 8)]


def test_an_exception_that_cannot_be_read_is_repealed_below() -> None:
    """The layer below is no second mistake either."""
    upper = BROKEN.format("补发 已发 > 0").replace("优先于 渐退", "")
    layers = [("甲", "", upper), ("乙", "甲", "政策 乙\n  上级 甲\n修订 补\n  自 2022-01-01 废止 渐退\n")]
    made = [
        LayerFiles(name, (PolicyFile(Path(name), f"{name}.policy", text, name, above, 2),))
        for name, above, text in layers
    ]
    report = Report()
    compile_layers(made, report)
    assert [d.code for d in report.items] == ["P0101"]


def test_a_function_without_its_brackets_says_how_it_is_written() -> None:
    text = JOINED + "规则 家庭 久 : 是否\n  为 累计 ≥ 3 个月\n"
    (found,) = checked(text).items
    assert (found.code, found.help_zh) == ("P0201", "「累计」是函数，用法：累计(渐退)")


CASES: dict[str, tuple[str, str, int]] = {  # the lines of an example, the code, the line
    "born after it": ("  自 2022-01 成员 甲: 月收入 = 1, 出生日期 = 2023-01-01\n", "F0216", 33),
    "dead before the birth": ("  自 2022-01 成员 甲: 出生日期 = 2020-01-01, 死亡日期 = 2019-01-01\n", "F0221", 34),
    "one identity twice": ("  自 2022-01 成员 甲: 月收入 = 1\n  成员 甲: 身份证 = \"1\"\n  成员 乙: 身份证 = \"1\"\n", "F0230", 36),
    "an identity with a date": ("  自 2022-01 成员 甲: 月收入 = 1, 身份证 = \"1\"\n", "F0232", 33),
    "one fact twice": ("  自 2022-01 成员 甲: 月收入 = 1, 月收入 = 2\n", "F0204", 34),
    "back before gone": ("  自 2022-01 成员 甲: 月收入 = 1\n  自 2022-05 成员 甲: 在列 = 是\n  自 2022-03 成员 甲: 在列 = 否\n", "F0205", 36),
    "a fact after the leaving": ("  自 2022-01 成员 甲: 月收入 = 1\n  自 2022-03 成员 甲: 在列 = 否\n  自 2022-05 成员 甲: 月收入 = 3\n", "F0210", 36),
    "a month as a day": ("  自 2022-01 成员 甲: 月收入 = 1, 办结日 = 2022-02\n", "F0115", 34),
    "在列 of the household": ("  自 2022-01 家庭: 在列 = 否\n", "P0201", 34),
    "在列 is a number": ("  自 2022-01 成员 甲: 月收入 = 1, 在列 = 3\n", "P0203", 34),
    "a day that is none": ("  自 2022-01 成员 甲: 办结日 = 2022-02-30\n", "P0121", 34),
    "the ledger": ("  自 2022-01 成员 甲: 月收入 = 1\n  自 2022-03 家庭: 已发(保障金) = 5\n", "P0701", 35),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_a_slip_in_an_example_is_answered(what: str, tmp_path: Path) -> None:
    """`policy test`: the code, the line and a way out."""
    lines, code, line = CASES[what]
    path = tmp_path / "示例县.policy"
    path.write_text(f"{JOINED}案例 甲\n{lines}  应为 2022-05 家庭: 保障金 = 3\n", encoding="utf-8")
    for lang, way in (("zh", "建议："), ("en", "help: ")):
        done = CliRunner().invoke(main, ["test", str(path), "--lang", lang])
        told = done.output.replace("Help", "help")
        assert (done.exit_code, f"[{code}]" in told, f".policy:{line}" in told, way in told) == (1, True, True, True), (
            told
        )


@pytest.mark.parametrize(
    ("month", "benefit", "wrong"),
    [
        ("2022-01", "家庭.保障今", "家庭.保障今"),
        ("2022-01", "保障金", "保障金"),
        ("2022-01", "家庭.人均", "家庭.人均"),
        ("2023-01", "家庭.保障金", "2023-01"),
    ],
)
def test_an_amount_asked_for_that_is_none_is_a_key_error(month: str, benefit: str, wrong: str, county: Policy) -> None:
    made = county.timeline(family(), **MONTHS)
    for ask in (made.paid, made.settled):
        with pytest.raises(KeyError, match=wrong):
            ask(month, benefit)


@pytest.mark.parametrize("stay", [[row("2022-01", False)], row("2022-01", False)])
def test_a_stay_with_dates_belongs_into_a_history(stay: Any, county: Policy) -> None:
    with pytest.raises(PolicyError) as error:
        county.decide(family(person(), second(在列=stay)), on="2022-02")
    (found,) = error.value.diagnostics
    assert (found.code, "policy timeline" in found.help("zh")) == ("F0103", True)
