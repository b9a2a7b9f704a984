"""`policy test` of policies that look back: examples over months, generated cases with a last month; a timeline's findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import policy_dsl
from policy_dsl.backends.formatting import day_text
from policy_dsl.backends.runtime import add_months
from policy_dsl.cli import main
from policy_dsl.diagnostics.render import text
from policy_dsl.diagnostics.report import Diagnostic
from policy_dsl.examples.case import facts_of
from policy_dsl.examples.generate import _Search, generated
from policy_dsl.policy import Policy

EXIT = """政策 渐退县
文件 办法 : 渐民发〔2022〕1号
对象 家庭 : 户
  收入 : 元/月, 0..100000
参数 标准 : 元/户/月
  自 2021-01-01 为 400
规则 家庭 符合 : 是否
  为 收入 < 标准
## 第三条 渐退
阶段 家庭 状态
  起始 未享受
  未享受, 退出 → 在保 当 符合
  在保 → 渐退 当 非 符合
  渐退 → 在保 当 符合
  渐退 → 退出 当 非 符合 且 持续(渐退) ≥ 3
给付 家庭 保障金 : 元/月
  当 状态 = 在保 为 标准 - 收入
  当 状态 = 渐退 为 上月(保障金)
  否则 为 0
保证 甲
  {claim}
案例 渐退
  自 2022-01 家庭: 收入 = 300
  自 2022-03 家庭: 收入 = 500
  应为 2022-03 家庭: 状态 = 渐退, 保障金 = 100
"""
HISTORY = {"家庭": {"收入": [{"自": "2022-01", "为": 300}, {"自": "2022-03", "为": 500}]}}


def write(folder: Path, text: str) -> Path:
    path = folder / "甲.policy"
    path.write_text(text, encoding="utf-8")
    return path


def run(*args: object) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def found(folder: Path, claim: str, count: int = 250, seed: int = 0) -> tuple[Any, tuple[Diagnostic, ...]]:
    policy = policy_dsl.load(write(folder, EXIT.format(claim=claim)))
    return policy, generated(policy, count, seed).findings


def shown_again(policy: Any, finding: Diagnostic) -> None:
    """The case of the finding, given to `decide`, shows it."""
    for case in finding.witness:
        decision = policy.decide(case.facts, on=case.on)
        assert dict(case.outputs).items() <= {p: f"{o.text}" for p, o in decision.outputs.items()}.items()
    if finding.code == "R0130":
        assert [f.code for f in policy.decide(finding.witness[0].facts, on=finding.witness[0].on).findings] == ["R0130"]


# --- examples over months


def test_every_month_of_an_example_is_held_to_the_guarantees(tmp_path: Path) -> None:
    """The first month that breaks it is named; what came over from the month before stands under 上月."""
    result = run("test", write(tmp_path, EXIT.format(claim="保障金 > 100 当 状态 = 渐退")))
    assert result.exit_code == 1
    for word in (
        "案例「渐退」 2022-03",
        "渐民发〔2022〕1号 第三条 渐退",
        "于 2022-03-01",
        '"上月": {"状态": "在保", "持续": 2, "保障金": 100}',
        "保障金 > 100 元/月，即 100.00 元/月 > 100 元/月；适用于 状态 = 渐退",
    ):
        assert word in result.stderr, word
    assert "0 个案例相符，1 个不符" in result.stdout


def test_an_example_over_months_that_keeps_them_passes(tmp_path: Path) -> None:
    result = run("test", write(tmp_path, EXIT.format(claim="保障金 > 0 当 状态 = 渐退")))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "1 个案例相符，0 个不符\n", "")


def test_a_month_is_compared_with_its_neighbours(tmp_path: Path) -> None:
    """随: the same month with a higher income, last month as it was."""
    result = run("test", write(tmp_path, EXIT.format(claim="保障金 随 收入 不增").replace("收入 = 300", "收入 = 399")))
    assert result.exit_code == 1
    assert "错误[R0131]" not in result.stderr  # 399 → 400: from 1 to last month's 1
    source = EXIT.format(claim="保障金 随 收入 不增").replace(
        "  自 2022-03", "  自 2022-02 家庭: 收入 = 399\n  自 2022-03"
    )
    assert "从 1.00 元/月 升到 100.00 元/月" in run("test", write(tmp_path, source)).stderr


# --- generated cases


def test_a_status_is_refuted_by_the_smallest_case(tmp_path: Path) -> None:
    """The case says the state and the amount of last month, and nothing that the breach does not need; a history leads there."""
    policy, (finding,) = found(tmp_path, "保障金 ≤ 300 当 状态 = 渐退")
    (case,) = finding.witness
    assert finding.code == "R0130"
    assert not case.supposed
    facts: Any = case.facts
    assert set(facts["家庭"]) == {"收入", "上月"}
    assert facts["家庭"]["上月"].keys() in ({"状态", "保障金"}, {"状态", "持续", "保障金"})
    shown_again(policy, finding)


def test_an_amount_is_refuted_with_last_months(tmp_path: Path) -> None:
    policy, (finding,) = found(tmp_path, "保障金 ≥ 上月(保障金, 默认 0) - 50")
    assert not finding.witness[0].supposed
    assert set(finding.witness[0].facts["家庭"]) == {"收入", "上月"}  # type: ignore[index]
    shown_again(policy, finding)


def test_a_rise_keeps_last_month(tmp_path: Path) -> None:
    """Both cases of a comparison go on from the same month."""
    policy, (finding,) = found(tmp_path, "保障金 随 收入 不增")
    assert finding.code == "R0131"
    low, high = (w.facts["家庭"] for w in finding.witness)  # type: ignore[index]
    assert low["上月"] == high["上月"]
    shown_again(policy, finding)


def test_what_holds_of_every_history_is_at_most_refuted_by_a_supposed_one(tmp_path: Path) -> None:
    """No history leads to 在保 with nothing paid: a case that needs it says that last month is supposed."""
    findings = [f for seed in range(2) for f in found(tmp_path, "保障金 > 0 当 状态 = 渐退", 200, seed)[1]]
    assert findings
    assert all(w.supposed for f in findings for w in f.witness)
    zh, en = (text(findings, lang) for lang in ("zh", "en"))
    assert "（上月的值是假设的，未必有哪一户会走到这里）" in zh
    assert "(last month is supposed: perhaps nobody gets there)" in en


def test_what_a_guarantee_says_of_last_month_alone_is_granted(tmp_path: Path) -> None:
    """The drafter may say what no last month can be: supposed cases keep to it, and it is checked on examples and timelines."""
    claim = "保障金 > 0 当 状态 = 渐退\n  上月(保障金) > 0 当 上月(状态) 属于 (在保, 渐退)"
    assert [f for seed in range(2) for f in found(tmp_path, claim, 200, seed)[1]] == []


def test_a_state_that_a_policy_never_reaches_by_chance_is_tried(tmp_path: Path) -> None:
    """Many steps away: supposed, and said so."""
    source = EXIT.format(claim="保障金 < 1000").replace("为 标准 - 收入", "为 上月(保障金, 默认 0) + 1 元/月")
    policy = policy_dsl.load(write(tmp_path, source))
    (finding,) = generated(policy, 300, 0).findings
    assert finding.witness[0].supposed
    shown_again(policy, finding)


def test_conditions_on_two_months_are_kept(tmp_path: Path) -> None:
    """No case has an income that the guarantee rules out, seen from last month."""
    claim = "收入 ≤ 上月(收入) + 100 元\n  保障金 < 上月(保障金, 默认 0) + 500"
    assert found(tmp_path, claim)[1] == ()


def test_the_same_seed_gives_the_same_cases(tmp_path: Path) -> None:
    path = write(tmp_path, EXIT.format(claim="保障金 ≤ 300 当 状态 = 渐退"))
    first, second = (run("test", path, "--generate", 60, "--seed", 5) for _ in range(2))
    assert (first.stdout, first.stderr) == (second.stdout, second.stderr)


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return policy_dsl.load(write(tmp_path_factory.mktemp("渐退"), EXIT.format(claim="保障金 ≥ 0")))


@settings(max_examples=25)
@given(st.data())
def test_a_history_leads_to_what_is_not_supposed(policy: Policy, data: st.DataObject) -> None:
    """Deciding the earlier months one after another, each going on from the one before, hands over what the case has."""
    strategies = _Search(policy, 1, 0, 1.0).strategies
    day = max(strategies.near)
    now = data.draw(strategies.first("家庭", day))._replace(on=data.draw(st.sampled_from((20220301, 20220315))))
    months = [c.data for c in data.draw(st.lists(strategies.first("家庭", day), min_size=1, max_size=4))]
    case = strategies.after(now, months)
    assert case is not None
    before = None
    for n, facts in enumerate(months):
        on = day_text(add_months(20220301, n - len(months)))
        before = policy.decide(facts_of(policy.program, "家庭", facts), on=on, previous=before)
    whole = policy.decide(facts_of(policy.program, "家庭", now.data), on="2022-03", previous=before)
    again = policy.decide(facts_of(policy.program, "家庭", case.data), on="2022-03")
    assert {p: o.text for p, o in again.outputs.items()} == {p: o.text for p, o in whole.outputs.items()}


# --- timelines


@pytest.mark.parametrize("form", ["text", "md", "html", "json"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_broken_guarantee_is_a_finding_of_its_month(tmp_path: Path, form: str, lang: str) -> None:
    """Once for each month, in every form; the timeline goes on, and the exit code is 0."""
    path = write(tmp_path, EXIT.format(claim="保障金 = 0 当 持续(渐退) ≥ 2"))
    facts = tmp_path / "户.json"
    facts.write_text(json.dumps(HISTORY, ensure_ascii=False), encoding="utf-8")
    done = run("timeline", path, facts, "--from", "2022-01", "--to", "2022-07", "--format", form, "--lang", lang)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.count("R0130") == 1  # 2022-05, the third month; then it has ended
    words = "保证「甲」不成立" if lang == "zh" else "the guarantee “甲” does not hold"
    assert words in done.stdout
    if form == "json":
        months = {m["month"]: m for m in json.loads(done.stdout)["months"]}
        assert [f["path"] for f in months["2022-05"]["findings"]] == ["家庭"]
        assert sum("findings" in m for m in months.values()) == 1
    if form == "text":
        lines = done.stdout.splitlines()
        at = next(n for n, line in enumerate(lines) if "R0130" in line)
        month = next(line for line in reversed(lines[:at]) if line.startswith("2022-"))
        assert month.startswith("2022-05")
        assert lines[at].strip().startswith("错误[R0130] 家庭：" if lang == "zh" else "error[R0130] 家庭: ")


def test_facts_at_fault_in_one_month_leave_the_others_alone(tmp_path: Path) -> None:
    """`decide` refuses such a case; in a history it is that month's finding."""
    policy = policy_dsl.load(write(tmp_path, EXIT.format(claim="收入 ≤ 上月(收入) + 100 元")))
    months = policy.timeline(HISTORY, start="2022-01", end="2022-04")
    assert [[f.code for f in m.findings] for m in months] == [[], [], ["F0120"], []]
    assert [m.decision["家庭.保障金"] for m in months] == [100, 100, 100, 100]
    before = policy.decide({"家庭": {"收入": 300}}, on="2022-02")
    with pytest.raises(policy_dsl.PolicyError) as refused:
        policy.decide({"家庭": {"收入": 500}}, on="2022-03", previous=before)
    assert [d.code for d in refused.value.diagnostics] == ["F0120"]


def test_a_roll_in_an_example_is_told_and_fails_nothing(tmp_path: Path) -> None:
    """What a roll does not keep may be what the example shows."""
    roll = (
        "政策 册\n对象 家庭 : 户\n  额 : 元/月, 0..9\n对象 名册\n  户 : 若干 家庭\n规则 名册 总 : 元/月\n  为 合计(户.额)\n"
        "保证 够\n  总 ≥ 5\n案例 不够\n  于 2022-06\n  户 一: 额 = 4\n  应为 名册: 总 = 4\n"
    )
    result = run("test", write(tmp_path, roll))
    assert (result.exit_code, result.stdout) == (0, "1 个案例相符，0 个不符\n")
    assert "警告[R0132] 名册不合保证「够」" in result.stderr
