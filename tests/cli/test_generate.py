"""`policy test`: guarantees on examples, and on generated cases."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

import policy_dsl
from policy_dsl.cli import main
from policy_dsl.diagnostics.report import Diagnostic
from policy_dsl.examples import generate
from policy_dsl.examples.case import Case, facts_of
from policy_dsl.examples.generate import _Search, days_of, generated, roots
from policy_dsl.examples.guarantees import decided, problems
from policy_dsl.facts.read import Reader

ROOT = Path(__file__).parents[2]
STEP = """政策 断崖县
文件 办法 : 断民发〔2022〕1号
对象 个人 : 人
  姓名 : 文本
  收入 : 元/月, 0..5000
  残疾 : 是否, 默认 否
  等级 : 一级 | 二级, 当 残疾
对象 家庭 : 户
  存款 : 元, 0..1000000
  成员 : 若干 个人, 1..5
给付 家庭 补助 : 元/月
  当 合计(成员.收入) < 1000 为 四舍五入(1000 - 合计(成员.收入), 1 元/月)
  当 合计(成员.收入) ≥ 1000 且 合计(成员.收入) < 1500 为 200
  否则 为 0
## 第三条 上限
保证 不超过一千
  补助 ≤ 1000
保证 收入越高给付越少
  补助 随 成员.收入 不增
案例 一户
  于 2022-06
  成员 甲: 收入 = 990
  应为 家庭: 补助 = 10
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "甲.policy"
    path.write_text(text, encoding="utf-8")
    return path


def run(*args: object) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def found(folder: Path, text: str, count: int = 150, seed: int = 0) -> tuple[Any, tuple[Diagnostic, ...]]:
    policy = policy_dsl.load(write(folder, text))
    tested = generated(policy, count, seed)
    return policy, tested.findings


# --- examples


def test_an_example_that_breaks_a_guarantee_fails(tmp_path: Path) -> None:
    """The guarantee, its clause, the example and the numbers are named; the exit code is 1."""
    result = run("test", write(tmp_path, STEP.replace("补助 ≤ 1000", "补助 ≤ 9")))
    assert result.exit_code == 1
    for word in (
        "不超过一千",
        "断民发〔2022〕1号 第三条 上限",
        "案例「一户」",
        "10.00 元/月 ≤ 9 元/月",
        "家庭.补助 = 10.00 元/月",
    ):
        assert word in result.stderr, word
    assert "不符  一户" in result.stdout
    assert "0 个案例相符，1 个不符" in result.stdout


def test_an_example_is_compared_with_its_neighbours(tmp_path: Path) -> None:
    """随: a raise over the next threshold is tried beside each example."""
    result = run("test", write(tmp_path, STEP), "--lang", "en")
    assert result.exit_code == 1
    assert "error[R0131]" in result.stderr
    assert "from 990.00 yuan/month to 1000.00 yuan/month" in result.stderr


def test_what_holds_says_nothing(tmp_path: Path) -> None:
    """A policy whose guarantees hold on its examples passes as before."""
    result = run("test", write(tmp_path, STEP.replace("补助 随 成员.收入 不增", "补助 ≥ 0")))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "1 个案例相符，0 个不符\n", "")


def test_figures_are_looked_at_on_every_day(tmp_path: Path) -> None:
    """Parameters alone: the first day on which they break the guarantee, not a day outside its dates."""
    text = (
        "政策 甲\n对象 家庭\n  存款 : 元\n参数 低保 : 元/月\n  自 2020-01-01 为 100\n  自 2022-01-01 为 200\n"
        "参数 特困 : 元/月\n  自 2020-01-01 为 130\n  自 2023-01-01 为 260\n保证 一点三倍\n  自 {}\n    特困 ≥ 1.3 * 低保\n"
    )
    result = run("test", write(tmp_path, text.format("2020-01-01")))
    assert result.exit_code == 1
    assert "在 2022-01-01 不成立" in result.stderr
    assert run("test", write(tmp_path, text.format("2023-01-01"))).exit_code == 0


# --- generated cases


def test_the_smallest_counter_example_is_found(tmp_path: Path) -> None:
    """The step between the brackets, shown by one member whose income is one 分 short of it, and by nothing else."""
    policy, findings = found(tmp_path, STEP)
    (finding,) = findings
    assert finding.code == "R0131"
    low, high = finding.witness
    assert low.facts == {"家庭": {"成员": [{"收入": low.facts["家庭"]["成员"][0]["收入"]}]}}  # type: ignore[index]
    assert high.facts == {"家庭": {"成员": [{"收入": high.facts["家庭"]["成员"][0]["收入"]}]}}  # type: ignore[index]
    amounts = [policy.decide(w.facts, on=w.on)["家庭.补助"] for w in (low, high)]
    assert amounts[0] < amounts[1]
    assert [dict(w.outputs)["家庭.补助"] for w in (low, high)] == [f"{a} 元/月" for a in amounts]


def test_the_printed_case_goes_back_into_decide(tmp_path: Path) -> None:
    """The facts stand in one line of JSON, with the day."""
    path = write(tmp_path, STEP.replace("补助 ≤ 1000", "补助 ≤ 300 当 存款 > 500"))
    result = run("test", path, "--generate", "200")
    assert result.exit_code == 1
    block = result.stderr.split("错误[R0130]")[1].split("\n\n")[0].splitlines()
    at = next(n for n, line in enumerate(block) if "情形：于" in line)
    facts, day = tmp_path / "case.json", block[at].split("于 ")[1]
    facts.write_text(block[at + 1], encoding="utf-8")
    again = run("decide", path, facts, "--on", day, "--json")
    assert again.exit_code == 0
    value = json.loads(again.stdout)["outputs"]["家庭.补助"]["value"]
    assert f"家庭.补助 = {value} 元/月" in "\n".join(block)
    assert float(value) > 300


def test_the_same_seed_gives_the_same_output(tmp_path: Path) -> None:
    path = write(tmp_path, STEP)
    commands = [[sys.executable, "-m", "policy_dsl", "test", str(path), "--generate", "80", "--seed", s] for s in "773"]
    first, second, other = (subprocess.run(c, capture_output=True, timeout=120, cwd=tmp_path) for c in commands)
    assert (first.stdout, first.stderr) == (second.stdout, second.stderr)
    assert other.returncode == 1


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "断崖县：试了 40 个情形（种子 3），发现 0 个问题"),
        ("en", "断崖县: 40 cases tested (seed 3), nothing found"),
    ],
)
def test_how_many_were_tried_is_said(tmp_path: Path, lang: str, said: str) -> None:
    """Nothing is ever called proved."""
    path = write(tmp_path, STEP.replace("补助 随 成员.收入 不增", "补助 ≥ 0"))
    result = run("test", path, "--generate", "40", "--seed", "3", "--lang", lang)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == said


def test_conditions_are_kept_and_errors_are_findings(tmp_path: Path) -> None:
    """No case breaks a condition on facts; a gap is a finding of its own, with its smallest case."""
    text = """政策 缺县
对象 家庭
  收入 : 元/月, 0..1000
  人口 : 整数, 0..9
规则 家庭 档 : 整数
  当 收入 < 500 为 1
  当 收入 > 500 为 2
规则 家庭 人均 : 元/月
  为 收入 / 人口
保证 有人
  人口 ≥ 1
保证 档
  档 ≥ 1
"""
    policy, findings = found(tmp_path, text)
    (gap,) = findings
    assert gap.code == "R0101"
    (case,) = gap.witness
    assert case.facts == {"家庭": {"收入": 500}}
    assert [e.code for e in policy.decide(case.facts, on=case.on).errors] == ["R0101"]


BORN = STEP.replace("  收入 : 元/月", "  出生日期 : 日期, 出生\n  收入 : 元/月").replace(
    "收入 = 990", "收入 = 990, 出生日期 = 1990-01-01"
)


def test_a_raised_birth_may_take_its_entry_away(tmp_path: Path) -> None:
    """Where the raised birth comes after the day, its entry has no value to compare."""
    own = "规则 个人 津贴 : 元/月\n  为 收入\n保证 晚出生的不多\n  津贴 随 出生日期 不增\n"
    assert [f.code for f in found(tmp_path, BORN.replace("补助 随 成员.收入 不增", "补助 ≥ 0") + own)[1]] == []


def test_who_is_not_there_is_not_raised(tmp_path: Path) -> None:
    """Behind somebody not yet born stands the one whose income is raised."""
    policy = policy_dsl.load(write(tmp_path, BORN))
    people = [{"出生日期": "2030-01-01", "收入": 0}, {"出生日期": "1990-01-01", "收入": 990}]
    root, data = Reader(policy.program).read({"家庭": {"成员": people}})
    case = Case(root, data, 20220601)
    decision = decided(policy, case)
    assert decision is not None
    (problem,) = problems(policy, case, decision)
    found = problem.make(())
    assert "家庭.成员[1].收入 从 990.00 元/月" in found.zh
    low, high = (w.facts["家庭"]["成员"] for w in found.witness)  # type: ignore[index]
    assert low == people
    assert high == [people[0], people[1] | {"收入": 1000}]


def test_who_is_not_there_is_not_asked_for(tmp_path: Path) -> None:
    """What is asked for in a case goes by who is there."""
    text = BORN.replace("  残疾 : 是否, 默认 否\n", "  残疾 : 是否, 当 人数(家庭.成员) ≥ 2 人\n")
    policy = policy_dsl.load(write(tmp_path, text))
    people = [{"出生日期": "2030-01-01", "收入": 0}, {"出生日期": "1990-01-01", "收入": 990, "残疾": True}]
    root, data = Reader(policy.program).read({"家庭": {"成员": people}})
    asked = _Search(policy, 1, 0, 1.0).asked(Case(root, data, 20220601))
    assert facts_of(policy.program, root, asked.data) == {
        "家庭": {"成员": [people[0], {"出生日期": "1990-01-01", "收入": 990}]}
    }


def test_facts_are_asked_for_only_where_they_apply(tmp_path: Path) -> None:
    """A fact with 当 is left out where its condition does not hold."""
    text = STEP.replace("补助 ≤ 1000", "人数(成员 当 非 残疾 且 等级 = 一级) = 0 人 当 补助 ≥ 0").replace(
        "补助 随 成员.收入 不增", "补助 ≥ 0"
    )
    assert found(tmp_path, text)[1] == ()


def test_cases_begin_below_a_roll(tmp_path: Path) -> None:
    """Households are generated, not rolls of them; a guarantee about the roll is none that generated cases could break."""
    text = """政策 册
对象 家庭 : 户
  收入 : 元/月, 0..1000
对象 名册
  户 : 若干 家庭, 1..1000
给付 家庭 补助 : 元/月
  为 100
规则 名册 总 : 元/月
  为 合计(户.补助)
保证 不多
  补助 ≤ 50
保证 总额
  总 ≤ 10 元/月
"""
    policy, findings = found(tmp_path, text, 20)
    assert roots(policy.program) == ["家庭"]
    assert [d.code for d in findings] == ["R0130"]
    assert findings[0].witness[0].facts == {"家庭": {}}


def test_what_has_not_begun_is_no_error(tmp_path: Path) -> None:
    """Days around the changes are tried; on those before the first, what is not yet in force is no finding, a gap in time is."""
    text = """政策 期
对象 家庭
  收入 : 元/月, 0..1000
参数 标准 : 元/月
  自 2021-01-01 至 2022-12-31 为 100
规则 家庭 低 : 是否
  为 收入 < 标准
"""
    policy, findings = found(tmp_path, text, 40)
    assert days_of(policy) == [20230101, 20221231, 20210101, 20201231]
    assert [(d.code, d.witness[0].on) for d in findings] == [("R0105", "2023-01-01")]


def test_the_answer_for_a_day_outside_is_no_error(tmp_path: Path) -> None:
    """Facts of days before the law asked for, years without a calendar, and rules that have ended: the answer stands, nothing is wrong."""
    text = """政策 外
对象 件
  受理 : 日期
参数 期限 : 工作日
  自 2021-01-01 为 3
规则 件 最迟 : 日期
  为 受理 + 期限 于 受理
规则 件 旧 : 是否
  自 2012-01-01 至 2020-12-31 为 是
"""
    _, findings = found(tmp_path, text, 60)
    assert [d.code for d in findings] == []


def test_time_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When time is up what has been found is told, and that not all was tried."""
    clock = itertools.count()  # a second later whenever it is looked at
    monkeypatch.setattr(generate, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    policy = policy_dsl.load(write(tmp_path, STEP))
    tested = generated(policy, 100_000, 0, seconds=100)
    assert not tested.in_time
    assert 0 < tested.cases < 100_000


def test_without_hypothesis_the_way_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    result = run("test", write(tmp_path, STEP), "--generate", "5")
    assert result.exit_code == 1
    assert "policy_dsl[generate]" in result.stderr
    assert run("test", write(tmp_path, STEP)).exit_code == 1  # the examples need none


def test_nothing_else_imports_hypothesis(tmp_path: Path) -> None:
    code = (
        "import sys, policy_dsl.cli as c\n"
        "import policy_dsl.examples.run, policy_dsl.examples.guarantees, policy_dsl.examples.generate\n"
        f"try: c.main(['test', {str(write(tmp_path, STEP))!r}])\n"
        "except SystemExit: pass\n"
        "print('hypothesis' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.stdout.splitlines()[-1] == "False", done.stderr


def test_nothing_is_left_in_the_folder_at_hand(tmp_path: Path) -> None:
    path = write(tmp_path, STEP)
    command = [sys.executable, "-m", "policy_dsl", "test", str(path), "--generate", "10"]
    subprocess.run(command, capture_output=True, timeout=60, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert [p.name for p in tmp_path.iterdir()] == ["甲.policy"]


def test_a_roll_that_breaks_its_guarantee_is_decided(tmp_path: Path) -> None:
    """The finding stands in the summary and in the JSON; the exit code is 0."""
    text = "政策 册\n对象 家庭 : 户\n  额 : 元/月, 0..9\n对象 名册\n  户 : 若干 家庭\n规则 名册 总 : 元/月\n  为 合计(户.额)\n保证 够\n  总 ≥ 5\n"
    facts = tmp_path / "册.json"
    for amount, broken in ((4, True), (5, False)):
        facts.write_text(json.dumps({"名册": {"户": [{"额": amount}]}}, ensure_ascii=False), encoding="utf-8")
        result = run("decide", write(tmp_path, text), facts, "--on", "2022-06")
        assert result.exit_code == 0
        assert ("名册：[R0132] 名册不合保证「够」：总 ≥ 5 元/月，即 4.00 元/月 ≥ 5 元/月" in result.stdout) == broken
        made = json.loads(run("decide", tmp_path / "甲.policy", facts, "--on", "2022-06", "--json").stdout)
        assert ("findings" in made) == broken
