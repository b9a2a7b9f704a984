"""Money that is paid once: how it is explained and shown, late and unknown days, and who else reads it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from policy_dsl import Policy
from policy_dsl.backends.standalone import standalone
from policy_dsl.diagnostics.report import Report
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

from .deciding import decided, policy_of

RELIEF = policy_of("""对象 家庭 : 户
  受灾日 : 日期
  重灾 : 是否
给付 家庭 临时救助 : 元
  当 重灾 为 5000
  否则 为 0
  发于 受灾日
规则 家庭 一年 : 元
  为 合计(近(12 个月, 临时救助, 默认 0))
规则 家庭 加倍 : 元
  为 临时救助 * 2
""")


def facts(**given: Any) -> dict[str, Any]:
    return {"家庭": {"受灾日": "2022-03-18", "重灾": True, **given}}


@pytest.mark.parametrize(
    ("on", "wanted"),
    [("2022-02-28", 0), ("2022-03-01", 5000), ("2022-03-31", 5000), ("2022-04-01", 0), ("2023-03-18", 0)],
)
def test_in_every_way_there_is(on: str, wanted: int) -> None:
    """On any day of the month, before the day and after it."""
    decision = decided(RELIEF, facts(), on)
    assert decision["家庭.临时救助"] == wanted
    assert decision["家庭.加倍"] == 2 * wanted
    assert decision.compiled_alone


def test_an_unknown_day_leaves_open_what_it_could_change() -> None:
    waiting = decided(RELIEF, facts(受灾日=None), "2022-03")
    assert waiting["家庭.临时救助"] is None
    assert {u.output: u.needs for u in waiting.undetermined}["家庭.临时救助"] == ("家庭.受灾日",)
    assert decided(RELIEF, facts(受灾日=None, 重灾=False), "2022-03")["家庭.临时救助"] == 0


def test_what_is_not_paid_in_the_month_needs_no_facts() -> None:
    assert decided(RELIEF, {"家庭": {"受灾日": "2022-03-18"}}, "2022-04")["家庭.临时救助"] == 0


def test_the_reasons_say_the_day() -> None:
    def rows(on: str, lang: str) -> list[str]:
        text = RELIEF.decide(facts(), on=on).explain("临时救助").text(lang)
        return [" ".join(line.split()) for line in text.splitlines()]

    assert "· 适用 发于 受灾日" in rows("2022-02", "zh")
    assert "· 因为 2022-03-18 不在本月，本月为 0" in rows("2022-02", "zh")
    assert "· because 2022-03-18 does not lie in this month, which has 0" in rows("2022-02", "en")
    assert "· 因为 发于 受灾日：2022-03-18 在本月" in rows("2022-03", "zh")
    assert "· because paid_on 受灾日: 2022-03-18 lies in this month" in rows("2022-03", "en")
    assert not [r for on in ("2022-02", "2022-03") for r in rows(on, "zh") if "例外" in r or "放弃" in r]
    assert "  发于 受灾日" in RELIEF.show(on="2022-03").text("zh")
    assert "  paid_on 受灾日" in RELIEF.show(on="2022-03").text("en")


def test_a_day_known_late_is_settled_and_one_before_the_run_is_not() -> None:
    late = [{"自": "2022-01", "为": "2022-12-31"}, {"自": "2022-01", "为": "2022-03-18", "获知": "2022-06-10"}]
    timeline = RELIEF.timeline(facts(受灾日=late), start="2022-01", end="2022-12")
    assert [(s.month, Fraction(s.amount)) for s in timeline.settlements] == [("2022-06", 5000)]
    assert RELIEF.timeline(facts(), start="2022-04", end="2022-06").settlements == []
    assert [
        str(m.decision["家庭.一年"]) for m in RELIEF.timeline(facts(), start="2022-03", end="2022-05") if m.decision
    ][-1] == "5000.00"


def test_the_standalone_module_pays_it_once() -> None:
    space: dict[str, Any] = {}
    exec(standalone(RELIEF.program), space)
    amounts = [space["decide"](facts(), on=on)["家庭.临时救助"] for on in ("2022-02-01", "2022-03-01", "2022-04-01")]
    assert amounts == [0, 5000, 0]


UPPER = "政策 省\n参数 标准 : 元/月\n  自 2022-01 为 1\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [("发于 2022-01-01", "P0250"), ("补发 当 已发 > 0", "P1015"), ("起始 甲", "P1003"), ("终止 甲", "P1003")],
)
def test_what_is_no_value_is_refused_in_the_amendment_of_a_parameter(line: str, code: str) -> None:
    """It was passed over."""
    report = Report()
    lower = f"政策 县\n  上级 省\n修订 标准\n  自 2023-01 为 2\n  {line}\n"
    layers = [(UPPER, "省", ""), (lower, "县", "省")]
    files = [LayerFiles(n, (PolicyFile(Path(f"{n}.policy"), f"{n}.policy", t, n, u, 2),)) for t, n, u in layers]
    assert compile_layers(files, report) is None
    assert [(d.code, d.place.line if d.place else 0) for d in report.items] == [(code, 5)]


def test_it_is_still_a_policy_that_pickles() -> None:
    import pickle

    again: Policy = pickle.loads(pickle.dumps(RELIEF))
    assert again.decide(facts(), on="2022-03")["家庭.临时救助"] == 5000
