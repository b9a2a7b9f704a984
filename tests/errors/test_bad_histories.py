"""Whatever history is given, the user gets a diagnostic with its path and exit code 1, or the months, and never a traceback.

A fault is named once, where it stands: no further message only follows from it.
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import policy_dsl
from policy_dsl.cli import main
from policy_dsl.diagnostics.report import PolicyError

from .limited import policy

COUNTY = """政策 示例县
  发放日 10
对象 个人
  姓名 : 文本
  月收入 : 元/月, 0..1000000
  出生 : 日期
  重病 : 是否
对象 家庭
  成员 : 若干 个人
  户籍 : 农村 | 城市
参数 标准 : 元/人/月
  自 2021-01-01 为 400
  自 2022-01-01 为 450 公布 2022-06-20
规则 个人 年龄 : 岁
  为 周岁(出生)
规则 家庭 人均 : 元/人/月
  为 合计(成员.月收入) / 人数(成员)
规则 家庭 符合 : 是否
  为 人均 < 标准
阶段 家庭 状态
  起始 未享受
  未享受 → 在保 当 符合
  在保 → 渐退 当 非 符合 且 人均 < 1.5 * 标准
  在保 → 退出 当 人均 ≥ 1.5 * 标准
  渐退 → 在保 当 符合
  渐退 → 退出 当 非 符合 且 持续(渐退) ≥ 3
  退出 → 在保 当 符合
给付 家庭 保障金 : 元/月
  当 状态 = 在保 为 四舍五入((标准 - 人均) * 人数(成员), 1 元)
  当 状态 = 渐退 为 上月(保障金)
  否则 为 0
规则 家庭 半年 : 元
  为 合计(近(6 个月, 保障金, 默认 0))
规则 家庭 总共 : 月
  为 累计(在保)
规则 家庭 起初 : 元/月
  当 状态 = 在保 为 进入时(在保, 保障金)
  否则 为 0
"""
ONE_DAY = "政策 甲\n对象 个人\n  月收入 : 元/月, 0..1000000\n对象 家庭\n  成员 : 若干 个人\n规则 家庭 收入 : 元/月\n  为 合计(成员.月收入)\n"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("county") / "示例县.policy"
    file.write_text(COUNTY, encoding="utf-8")
    return file


def person(**facts: object) -> dict[str, Any]:
    return {"姓名": "甲", "月收入": 300, "出生": "1980-05-06", "重病": False, **facts}


def family(*members: dict[str, Any], **facts: object) -> dict[str, Any]:
    return {"家庭": {"户籍": "农村", "成员": list(members) or [person()], **facts}}


def income(*spells: object) -> dict[str, Any]:
    return family(person(月收入=list(spells)))


def before(**given: object) -> dict[str, Any]:
    return family(上月=given)


def spell(since: str, value: object, until: str = "", known: str = "") -> dict[str, object]:
    return {"自": since, "为": value, **({"至": until} if until else {}), **({"获知": known} if known else {})}


MONTHS = ("--from", "2022-01", "--to", "2022-08")


def timeline(county: Path, history: object, *more: str) -> Result:
    """`policy timeline` over eight months, the history from standard input."""
    months = more or MONTHS
    text = history if isinstance(history, str) else json.dumps(history, ensure_ascii=False)
    return CliRunner().invoke(main, ["timeline", str(county), "-", *months], input=text)


BAD: dict[str, tuple[object, str, str]] = {  # the history, its code, and what stands in the message
    "no spell": (income(), "F0201", "家庭.成员[0].月收入\n"),
    "numbers for spells": (income(300), "F0201", "家庭.成员[0].月收入[0]\n"),
    "a spell without brackets": (family(person(月收入=spell("2022-01", 3))), "F0201", "方括号"),
    "no 自": (income({"为": 3}), "F0201", "家庭.成员[0].月收入[0]\n"),
    "自 null": (income({"自": None, "为": 3}), "F0201", "家庭.成员[0].月收入[0]\n"),
    "自 twice": ('{"家庭": {"户籍": "农村", "成员": [{"月收入": [{"自": "2022-01", "自": "2022-03", "为": 3}]}]}}', "F0112", "自"),
    "自 misspelt": (income({"字": "2022-01", "为": 3}), "F0104", "家庭.成员[0].月收入[0].字"),
    "至 misspelt": (income({"自": "2022-01", "到": "2022-03", "为": 3}), "F0104", "自、至、为、获知"),
    "from misspelt": (income({"form": "2022-01", "is": 3}), "F0104", "是不是 「from」"),
    "自 and from": (income({"自": "2022-01", "from": "2022-03", "为": 3}), "F0112", "家庭.成员[0].月收入[0]\n"),
    "a key that is a number": (income({"自": "2022-01", "为": 3, "5": 1}), "F0104", "家庭.成员[0].月收入[0].5"),
    "a month as a number": (income({"自": 202201, "为": 3}), "F0203", "家庭.成员[0].月收入[0].自"),
    "a year": (income(spell("2022", 3)), "F0203", "家庭.成员[0].月收入[0].自"),
    "month 13": (income(spell("2022-13", 3)), "F0203", "家庭.成员[0].月收入[0].自"),
    "the year 0": (income(spell("0000-01", 3)), "F0203", "家庭.成员[0].月收入[0].自"),
    "known yesterday": (income(spell("2022-01", 3, known="昨天")), "F0203", "家庭.成员[0].月收入[0].获知"),
    "至 before 自": (income(spell("2022-05", 3, "2022-03")), "F0202", "家庭.成员[0].月收入[0]\n"),
    "an overlap": (income(spell("2022-01", 3, "2022-05"), spell("2022-03", 4)), "F0207", "家庭.成员[0].月收入[1]\n"),
    "one day twice": (income(spell("2022-01", 3), spell("2022-01", 4)), "F0204", "家庭.成员[0].月收入[1]\n"),
    "out of order": (income(spell("2022-05", 3), spell("2022-01", 4)), "F0205", "2022-01 写在 2022-05 之后"),
    "negative": (income(spell("2022-01", -1)), "F0106", "家庭.成员[0].月收入[0].为"),
    "a list as a value": (income(spell("2022-01", [1])), "F0103", "家庭.成员[0].月收入[0].为"),
    "an object as a value": (income(spell("2022-01", {"自": 1})), "F0103", "家庭.成员[0].月收入[0].为"),
    "NaN": ('{"家庭": {"成员": [{"月收入": [{"自": "2022-01", "为": NaN}]}]}}', "F0116", "-:1:"),
    "before the birth": (family(person(出生="2022-03-05", 月收入=[spell("2022-01", 0)])), "F0209", "家庭.成员[0].月收入[0]\n"),
    "上月 as a list": (family(上月=[1]), "F0103", "家庭.上月\n"),
    "上月 with dates": (family(上月=[spell("2022-01", {})]), "F0103", "家庭.上月\n"),
    "上月 as a text": (family(上月="渐退"), "F0103", "家庭.上月\n"),
    "上月 and previous": (family(上月={"状态": "渐退"}, previous={"状态": "在保"}), "F0112", "家庭\n"),
    "持续 and spent": (before(状态="渐退", 持续=2, spent=3), "F0112", "家庭.上月\n"),
    "上月 of nobody's": (family(person(上月={"状态": "渐退"})), "F0104", "个人没有要往回看的内容"),
    "an unknown state": (before(状态="渐腿"), "F0105", "家庭.上月.状态"),
    "a state as a number": (before(状态=3), "F0103", "家庭.上月.状态"),
    "an unknown name under 上月": (before(状泰="渐退"), "F0104", "是不是 「状态」"),
    "持续 below 0": (before(状态="渐退", 持续=-2), "F0106", "家庭.上月.持续"),
    "持续 for ever": (before(状态="渐退", 持续=10**29), "F0106", "家庭.上月.持续"),
    "half a month of 持续": (before(状态="渐退", 持续=Decimal("1.5")), "F0107", "家庭.上月.持续"),
    "持续 with dates": (before(持续=[spell("2022-01", 1)]), "F0103", "家庭.上月.持续"),
    "持续 by state": (before(状态="渐退", 持续={"渐退": 2}), "F0103", "家庭.上月.持续"),
    "a benefit below 0": (before(保障金=-5), "F0106", "家庭.上月.保障金"),
    "a benefit without end": (before(保障金=10**29), "F0106", "家庭.上月.保障金"),
    "a benefit finer than a 分": (before(保障金="0.001"), "F0107", "家庭.上月.保障金"),
    "a quotient by 0": (before(保障金="1/0"), "F0116", "家庭.上月.保障金"),
    "近 as a list": (before(近=[5]), "F0103", "家庭.上月.近\n"),
    "近 as a number": (before(近={"保障金": 5}), "F0103", "家庭.上月.近.保障金"),
    "近 of an unknown name": (before(近={"保障今": [5]}), "F0104", "是不是 「保障金」"),
    "近 below 0": (before(近={"保障金": [5, -1]}), "F0106", "家庭.上月.近.保障金[1]"),
    "累计 as a number": (before(累计=5), "F0103", "家庭.上月.累计\n"),
    "累计 of an unknown state": (before(累计={"在包": 5}), "F0104", "家庭.上月.累计.在包"),
    "累计 below 0": (before(累计={"在保": -5}), "F0106", "家庭.上月.累计.在保"),
    "进入时 of a state alone": (before(进入时={"在保": 5}), "F0104", "在保, 保障金"),
    "a dated list": (family(成员=[spell("2022-01", [{}])]), "F0206", "家庭.成员[0]\n"),
    "a dated member": (family(成员=[{"自": "2022-01", "月收入": 4}]), "F0206", "家庭.成员[0]\n"),
    "a member until": (family(成员=[{"月收入": 4, "至": "2022-03"}]), "F0206", "家庭.成员[0]\n"),
    "a dated household": ({"家庭": {"自": "2022-01", "成员": [{}]}}, "F0104", "单项事实"),
    "an empty list": (family(成员=[]), "F0111", "家庭.成员\n"),
    "no list": ({"家庭": {}}, "F0110", "家庭.成员\n"),
    "members as numbers": (family(成员=[1]), "F0103", "家庭.成员[0]\n"),
    "在列 as a text": (family(person(在列="否")), "F0103", "家庭.成员[0].在列\n"),
    "在列 as a text, dated": (family(person(在列=[spell("2022-03", "否")])), "F0103", "家庭.成员[0].在列[0].为"),
    "在列 without a spell": (family(person(在列=[])), "F0201", "家庭.成员[0].在列\n"),
    "在列 of the household": (family(在列=False), "F0104", "写在名单里的那一个"),
    "在列 and present": (family(person(在列=True, present=False)), "F0112", "家庭.成员[0]\n"),
    "left before being there": (
        family(person(月收入=[spell("2022-03", 1)], 在列=[spell("2022-01", False)])), "F0210", "家庭.成员[0].月收入[0]\n",
    ),
    "a fact after having left": (
        family(person(月收入=[spell("2022-01", 1), spell("2022-05", 2)], 在列=[spell("2022-03", False)])), "F0210", "月收入[1]\n",
    ),
    "never there": (family(person(在列=False)), "F0216", "家庭.成员\n"),
    "there later": (family(户籍=[spell("2023-01", "农村")]), "F0216", "事实最早从 2023-01 开始"),
    "已发 as a number": (family(已发=100), "F0103", "家庭.已发\n"),
    "已发 of an unknown name": (family(已发={"保障今": 100}), "F0211", "是不是 「保障金」"),
    "已发 of a rule": (family(已发={"人均": 100}), "F0211", "家庭.已发.人均"),
    "已发 of who has no benefit": (family(person(已发={"保障金": 100})), "F0211", "个人没有给付"),
    "已发 null": (family(已发={"保障金": None}), "F0103", "家庭.已发.保障金\n"),
    "已发 below 0": (family(已发={"保障金": -100}), "F0106", "家庭.已发.保障金\n"),
    "已发 finer than a 分": (family(已发={"保障金": [spell("2022-01", Decimal("0.001"))]}), "F0107", "家庭.已发.保障金[0].为"),
    "已发 without a spell": (family(已发={"保障金": []}), "F0201", "家庭.已发.保障金\n"),
    "已发 and paid": (family(已发={"保障金": 1}, paid={"保障金": 2}), "F0112", "家庭\n"),
    "a fact misspelt": (family(person(月收人=[spell("2022-01", 1)])), "F0104", "是不是 「月收入」"),
    "a list": ([1], "F0103", "-\n"),
    "two outermost": ({**family(), "个人": {}}, "F0113", "-\n"),
    "ten thousand numbers": (income(*range(10_000)), "F0201", "家庭.成员[0].月收入[0]\n"),
    "ten thousand values of a day": (income(*(spell("2022-01", n) for n in range(10_000))), "F0204", "月收入[1]\n"),
}  # fmt: skip


def text_of(history: object) -> str:
    return history if isinstance(history, str) else json.dumps(history, ensure_ascii=False, default=str)


@pytest.mark.parametrize("what", BAD)
def test_a_bad_history_is_refused(what: str, county: Path) -> None:
    """Exit 1, the code and no other, its path or the place in the file, in both languages."""
    history, code, shown = BAD[what]
    done = timeline(county, text_of(history))
    assert done.exit_code == 1, done.output[:2000]
    assert "Traceback" not in done.output
    assert {x[3:8] for x in done.stderr.splitlines() if x.startswith("错误[")} == {code}, done.stderr[:2000]
    assert shown in done.stderr, done.stderr[:2000]
    assert len(done.stderr) < 20_000
    assert done.stdout == ""
    english = CliRunner().invoke(
        main,
        ["timeline", str(county), "-", "--from", "2022-01", "--to", "2022-08", "--lang", "en"],
        input=text_of(history),
    )
    assert f"error[{code}]" in english.stderr


LATE = [spell("2022-01", 300), spell("2022-03", 700, known="2022-05-20")]
LEGAL: dict[str, tuple[object, str]] = {  # the history, and a line of the timeline or a warning
    "plain facts": (family(), "2022-08"),
    "自 in December 9999": (income(spell("2022-01", 3), spell("9999-12-15", 4)), "2022-08"),
    "until the end of the calendar": (income(spell("2022-01", 300, "9999-12-31")), "2022-08"),
    "until December 9999": (income(spell("2022-01", 300, "9999-12")), "2022-08"),
    "unknown from then on": (income(spell("2022-01", 3), spell("2022-03", None)), "家庭.成员[0].月收入"),
    "a gap": (income(spell("2022-01", 3, "2022-02"), spell("2022-05", 4)), "：2022-03 到 2022-04 之间没有值，这段时间算作未知"),
    "a gap of the ledger": (
        family(已发={"保障金": [spell("2022-01", 100, "2022-02"), spell("2022-05", 100)]}), "：2022-03 到 2022-04 之间没有值，这段时间算作按决定发放",
    ),
    "known afterwards": (income(*LATE), "补发"),
    "a correction": (income(spell("2022-01", 300), spell("2022-01", 200, known="2022-03")), "2022-08"),
    "everything under 上月": (
        before(状态="渐退", 持续=2, 保障金="150 元/月", 累计={"在保": 3}, 近={"保障金": [1, None]}, 进入时={"在保, 保障金": 5}), "2022-08",
    ),
    "nothing under 上月": (before(), "家庭.上月.状态"),
    "in English": (
        {
            "家庭": {
                "户籍": "农村",
                "previous": {"状态": "渐退", "spent": 2, "total": {"在保": 3}, "last": {"保障金": [1]}, "at_entry": {"在保, 保障金": 5}},
                "paid": {"保障金": [{"from": "2022-01", "is": 100}]},
                "成员": [{**person(), "月收入": [{"from": "2022-01", "to": "2022-02", "is": 3}, {"from": "2022-03", "is": 4, "known": "2022-05"}],
                         "present": [{"from": "2022-07", "is": False}]}],
            }
        }, "2022-08",
    ),
    "facts before the first month": (family(户籍=[spell("2020-03", "农村")]), "警告[F0212]"),
    "the household later": (family(户籍=[spell("2022-03", "农村")]), "2022-08"),
}  # fmt: skip


@pytest.mark.parametrize("what", LEGAL)
def test_a_history_that_is_legal_runs(what: str, county: Path) -> None:
    """Exit 0; a remark stops nothing."""
    history, shown = LEGAL[what]
    done = timeline(county, text_of(history))
    assert done.exit_code == 0, done.output
    assert "错误" not in done.stderr
    assert shown in done.output


def months_of(county: Path, history: object) -> dict[str, Any]:
    done = timeline(county, text_of(history), "--from", "2022-01", "--to", "2022-06", "--json")
    assert done.exit_code == 0, done.output
    return {m["month"][5:]: m["outputs"] for m in json.loads(done.stdout)["months"]}


SECOND = person(姓名="乙", 月收入=0)
PRESENCE: dict[str, tuple[list[object], str]] = {  # 在列 of the second member, and the months in which it counts
    "from the first day": ([], "01 02 03 04 05 06"),
    "left": ([spell("2022-03", False)], "01 02"),
    "away for two months": ([spell("2022-03", False, "2022-04")], "01 02 05 06"),
    "came": ([spell("2022-03", True)], "03 04 05 06"),
    "came for two months": ([spell("2022-03", True, "2022-04")], "03 04"),
    "left and came back": ([spell("2022-02", False), spell("2022-05", True)], "01 05 06"),
}


@pytest.mark.parametrize("what", PRESENCE)
def test_who_is_there(what: str, county: Path) -> None:
    """自 没有说到的月份：who comes was not there before, and 至 ends what the spell says."""
    spells, there = PRESENCE[what]
    second = {**SECOND, "在列": spells} if spells else SECOND
    months = months_of(county, family(person(), second))
    counted = [m for m, outputs in months.items() if outputs["家庭.人均"]["value"] == "150.00"]
    assert " ".join(counted) == there


def test_a_gap_between_two_stays_is_told(county: Path) -> None:
    """Between 否 until March and 是 from June nothing is said of April and May: the entry counts as there, and the reader is told."""
    second = {**SECOND, "在列": [spell("2022-02", False, "2022-03"), spell("2022-06", True)]}
    done = timeline(county, family(person(), second))
    assert "警告[F0208] 家庭.成员[1].在列[1]：2022-04 到 2022-05 之间没有值，这段时间算作在列" in done.stdout


@pytest.mark.parametrize("form", ["text", "md", "html", "json"])
def test_a_remark_is_told_once_where_the_reader_looks(form: str, county: Path) -> None:
    """With the timeline, in each of its forms, with the way out for people; nothing goes to standard error beside it."""
    done = timeline(county, family(户籍=[spell("2020-03", "农村")]), *MONTHS, "--format", form)
    assert done.stderr == ""
    assert done.stdout.count("F0212") == 1
    assert ("在「上月」里给出那时的状态" in done.stdout) == (form != "json")


def test_a_fact_after_the_return_is_no_mistake(county: Path) -> None:
    """Who was away for two months has facts afterwards."""
    second = {
        **SECOND,
        "月收入": [spell("2022-01", 0), spell("2022-06", 3)],
        "在列": [spell("2022-03", False, "2022-04")],
    }
    assert timeline(county, family(person(), second)).exit_code == 0


def test_months_without_anybody_are_empty(county: Path) -> None:
    """When the last one has left the timeline goes on, and its months have no outputs."""
    months = months_of(county, family(person(在列=[spell("2022-03", False)])))
    assert [m for m, outputs in months.items() if not outputs] == ["03", "04", "05", "06"]


def test_no_remark_on_statuses_where_there_are_none(tmp_path: Path) -> None:
    """A policy that carries nothing from month to month may begin in any month."""
    file = tmp_path / "甲.policy"
    file.write_text(ONE_DAY, encoding="utf-8")
    done = timeline(file, {"家庭": {"成员": [{"月收入": [spell("2020-01", 5)]}]}})
    assert (done.exit_code, done.stderr) == (0, "")
    done = timeline(file, {"家庭": {"成员": [{"月收入": 5}], "上月": {"状态": "渐退"}}})
    assert (done.exit_code, "[F0104]" in done.stderr, "没有要往回看的内容" in done.stderr) == (1, True, True)


# --- the call

CALLS: dict[str, tuple[str, str, str, int]] = {  # arguments, code, what stands in the message, exit
    "month 13": ("--from 2022-13 --to 2022-06", "P0802", "2022-13", 2),
    "words": ("--from 去年 --to 2022-06", "P0802", "去年", 2),
    "all three": ("--from 2022-13 --to 下月 --as-known 昨天", "P0802", "昨天", 2),
    "the year 0": ("--from 0000-01 --to 0001-01", "P0802", "0000-01", 2),
    "backwards": ("--from 2022-06 --to 2022-01", "F0213", "2022-06", 1),
    "too many": ("--from 2022-01 --to 2122-01", "F0214", "1200", 1),
    "too many, at the calendar's end": ("--from 0001-01 --to 9999-12", "F0214", "1200", 1),
    "nothing published": ("--from 2022-01 --to 2022-06 --as-known 1999-01-01", "F0215", "2021-01-01", 1),
    "nobody known": ("--from 2022-01 --to 2022-06 --as-known 2021-06", "F0216", "获知", 1),
}


@pytest.mark.parametrize("what", CALLS)
def test_a_bad_call_is_refused(what: str, county: Path) -> None:
    """Each of several faults is named at once."""
    arguments, code, shown, exit_code = CALLS[what]
    dated = {"成员": [{"姓名": "甲", "月收入": [spell("2022-01", 5, known="2022-05")]}]}
    history = {"家庭": {"户籍": "农村", **dated}} if what == "nobody known" else family()
    done = timeline(county, history, *arguments.split())
    assert (done.exit_code, "Traceback" in done.output) == (exit_code, False), done.output
    assert {x[3:8] for x in done.stderr.splitlines() if x.startswith("错误[")} == {code}, done.stderr
    assert shown in done.stderr


def test_an_empty_date_is_named_as_one(county: Path) -> None:
    """The history is not at fault."""
    done = timeline(county, family(), "--from", "", "--to", "2022-06")
    assert (done.exit_code, "[P0802]" in done.stderr, '┌─ ""' in done.stderr) == (2, True, True)


@pytest.mark.parametrize("months", ["9999-01 9999-12", "2022-01 2121-12"])
def test_the_longest_timelines_run(months: str, county: Path) -> None:
    """To the end of the calendar, and over the twelve hundred months that are allowed."""
    start, end = months.split()
    done = timeline(county, family(), "--from", start, "--to", end)
    assert (done.exit_code, done.stderr) == (0, "")
    assert end in done.stdout


def test_an_error_of_many_months_is_told_once(county: Path) -> None:
    """With its months, not once for each of them."""
    done = timeline(county, family(), "--from", "2020-10", "--to", "2021-03")
    assert done.exit_code == 1
    assert done.stderr.count("家庭.符合") == 1
    assert "家庭.符合 (2020-10..2020-12)" in done.stderr
    done = timeline(county, family(), "--from", "2020-12", "--to", "2021-03", "--lang", "en")
    assert "家庭.符合 (2020-12)" in done.stderr


# --- other ways to give a history


def test_a_history_in_yaml(county: Path, tmp_path: Path) -> None:
    """Dates stand there as they are written, without quotation marks."""
    file = tmp_path / "一户.yaml"
    rows = "      月收入:\n        - {自: 2022-01, 为: 300}\n        - 自: 2022-03-15\n          为: 700\n          获知: 2022-05-20\n"
    file.write_text(f"家庭:\n  户籍: 农村\n  成员:\n    - 姓名: 甲\n{rows}", encoding="utf-8")
    done = CliRunner().invoke(
        main, ["timeline", str(county), str(file), "--from", "2022-01", "--to", "2022-06", "--json"]
    )
    assert done.exit_code == 0, done.output
    states = {m["month"]: m["outputs"]["家庭.状态"]["value"] for m in json.loads(done.stdout)["months"]}
    assert (states["2022-03"], states["2022-04"]) == ("在保", "退出")


def test_a_day_for_a_month_in_a_decision_is_told(county: Path) -> None:
    """`decide` takes the facts of a day: a history is refused, and the command that takes it is named."""
    done = CliRunner().invoke(
        main, ["decide", str(county), "-", "--on", "2022-06"], input=text_of(income(spell("2022-01", 3)))
    )
    assert (done.exit_code, "[F0103]" in done.stderr, "policy timeline" in done.stderr) == (1, True, True)
    done = CliRunner().invoke(
        main, ["decide", str(county), "-", "--on", "2022-06"], input=text_of(family(已发={"保障金": 1}))
    )
    assert (done.exit_code, "[F0104]" in done.stderr, "policy timeline" in done.stderr) == (1, True, True)


API: dict[str, tuple[object, str]] = {
    "a float": (income(spell("2022-01", 0.5)), "F0109"),
    "a float under 上月": (before(持续=2.0), "F0109"),
    "a float in the ledger": (family(已发={"保障金": 1.0}), "F0109"),
    "NaN": (income(spell("2022-01", Decimal("NaN"))), "F0116"),
    "NaN under 上月": (before(保障金=Decimal("NaN")), "F0116"),
    "a huge number": (before(持续=10**5000), "F0114"),
    "a key of bytes": (income({b"\xff": 1}), "F0104"),
    "a key that is none": ({"家庭": {"成员": [{}], "上月": {None: 1}}}, "F0104"),
    "a date that is none": (income({"自": b"2022-01", "为": 3}), "F0203"),
    "nothing": (None, "F0103"),
}


@pytest.mark.parametrize("what", API)
def test_bad_objects_are_refused(what: str, county: Path) -> None:
    """The Python API raises PolicyError, whatever object it is given."""
    history, code = API[what]
    with pytest.raises(PolicyError) as caught:
        policy_dsl.load(county).timeline(history, start="2022-01", end="2022-03")
    assert {d.code for d in caught.value.diagnostics} == {code}
    assert code in str(caught.value)


def test_dates_may_be_dates(county: Path) -> None:
    """In Python 自 may be a date, and a day's time does not count."""
    day = datetime.date(2022, 2, 1)
    for since in (day, datetime.datetime(2022, 2, 1, 13, 5)):
        made = policy_dsl.load(county).timeline(income({"自": since, "为": 3}), start=day, end="2022-03")
        assert [m.month for m in made] == ["2022-02", "2022-03"]


def test_ten_thousand_spells_take_no_minutes(county: Path, tmp_path: Path) -> None:
    """As many as a file may hold are read and run within the limits."""
    months = [f"{1200 + n // 12:04d}-{n % 12 + 1:02d}" for n in range(10_000)]
    facts = income(*(spell(m, n % 700) for n, m in enumerate(months)))
    del facts["家庭"]["成员"][0]["出生"]
    file = tmp_path / "长.json"
    file.write_text(text_of(facts), encoding="utf-8")
    done = policy("timeline", county, file, "--from", "2021-06", "--to", "2033-03", "--json")
    assert (done.code, "Traceback" in done.err) == (0, False), done.err


def test_corrections_of_five_years_take_no_minutes(county: Path, tmp_path: Path) -> None:
    """Each makes the months before it be looked at again, and each of these has a row with its reasons."""
    rows = [spell("2022-01", 300)]
    rows += [spell("2022-01", n % 400, known=f"{2022 + n // 12}-{n % 12 + 1:02d}-05") for n in range(1, 60)]
    file = tmp_path / "更正.json"
    file.write_text(text_of(income(*rows)), encoding="utf-8")
    done = policy("timeline", county, file, "--from", "2022-01", "--to", "2031-12", "--json")
    assert (done.code, "Traceback" in done.err) == (0, False), done.err
