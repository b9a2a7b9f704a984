"""Figures that are to be looked at again (复核), and open ones of which the bounds are known (待定, 1..2); values that a lower layer adds to a type."""

from __future__ import annotations

import itertools

import pytest

from policy_dsl.diagnostics.report import PolicyError

from .deciding import decided, policy_of

HOME = "对象 家庭 : 户\n  收入 : 元/月, 0..100000\n  甲 : 是否\n"


@pytest.mark.parametrize(
    "written",
    [
        "参数 标准 : 元/户/月\n  自 2022-01-01 为 420 复核 2023-12-31\n",
        "参数 标准 : 元/户/月\n  自 2022-01-01 复核 2023-12 为 420\n",
        "参数 标准 : 元/户/月\n  自 2022-01-01 复核 2023-12-31\n    为 420\n",
        "参数 标准 : 元/户/月 自 2022-01-01 复核 2023-12-31\n  为 420\n",
        "规则 家庭 标准 : 元/月\n  自 2022-01-01 为 420 复核 2023-12-31\n",
    ],
)
def test_a_decision_after_the_review_says_so(written: str) -> None:
    """Wherever the review stands; the decision is the same, and one that does not use the figure says nothing."""
    policy = policy_of(HOME + written + "给付 家庭 补 : 元/月\n  当 甲 为 标准\n  否则 为 5\n")
    for alone, on in itertools.product((False, True), ("2023-12-31", "2024-01-01")):
        d = decided(policy, {"家庭": {"收入": 0, "甲": not alone}}, on)
        assert d["家庭.补"] == (5 if alone else 420)
        late = on > "2024" and (not alone or "规则" in written)  # a rule is decided for itself
        assert [f.code for f in d.findings] == (["R0175"] if late else [])
        assert ("该复核了" in d.text("zh")) == late
    assert "2023-12-31 前复核" in d.explain().text("zh") or alone


def test_a_month_of_a_timeline_says_so_too() -> None:
    policy = policy_of(
        HOME + "参数 标准 : 元/户/月\n  自 2022-01-01 为 420 复核 2022-02-28\n给付 家庭 补 : 元/月\n  为 标准\n"
    )
    t = policy.timeline({"家庭": {"收入": 0, "甲": True}}, start="2022-02", end="2022-03")
    assert [[f.code for f in m.findings] for m in t.months] == [[], ["R0175"]]


TABLE = """类型 区 = 东 | 西
参数 倍数(区) : 数
  | 区 | 自 2022-01-01 |
  | 东 | 待定, 1..2 |
  | 西 | 3 |
"""


@pytest.mark.parametrize("income", [0, 399, 400, 401, 799, 800, 801])
@pytest.mark.parametrize("keyed", [False, True])
def test_an_open_figure_decides_what_its_bounds_decide(income: int, keyed: bool) -> None:
    """Known where every figure between the bounds gives the same; else it waits for the figure."""
    parameter = TABLE if keyed else "参数 倍数 : 数\n  自 2022-01-01 待定, 1..2\n"
    name = "倍数(东)" if keyed else "倍数"
    policy = policy_of(HOME + parameter + f"规则 家庭 边缘 : 是否\n  为 收入 低于 {name} * 400 元/户/月\n")
    d = policy.decide({"家庭": {"收入": income, "甲": True}}, on="2022-01")
    ends = {income < 400 * n for n in (1, 2)}
    assert d["家庭.边缘"] == (ends.pop() if len(ends) == 1 else None)
    assert [x.parameters for x in d.undetermined] == ([] if d["家庭.边缘"] is not None else [("倍数",)])
    if d["家庭.边缘"] is None:
        assert "在 1 与 2 之间" in d.explain().text("zh")


@pytest.mark.parametrize(
    ("written", "code"), [("待定, 2..1", "P0220"), ("待定, 1 元..2 元", "P0204"), ("待定, 1", "P0101")]
)
def test_bounds_are_two_figures_of_the_type(written: str, code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy_of(HOME + f"参数 倍数 : 数\n  自 2022-01-01 {written}\n")
    assert {d.code for d in caught.value.diagnostics} == {code}


def test_bounds_are_of_amounts_and_of_parameters() -> None:
    for text, code in (
        ("参数 开 : 是否\n  自 2022-01-01 待定, 1..2\n", "P0203"),
        ("规则 家庭 x : 数\n  为 待定, 1..2\n", "P0407"),
    ):
        with pytest.raises(PolicyError, match=code):
            policy_of(HOME + text)


UPPER = """类型 档 = 一 {0} 二
对象 家庭 : 户
  档次 : 档
  种类 : 甲种 | 乙种
参数 额(档) : 元/户/月
  | 档 | 自 2022-01-01 |
  | 一 | 200 |
  | 二 | 100 |
给付 家庭 补 : 元/月
  为 额(档次)
"""


def test_a_layer_adds_values_where_they_belong() -> None:
    """In the order that each says, through several layers, and to a list that a fact declares."""
    ordered = policy_of(
        UPPER.format("<"),
        "修订 档\n  半 后于 一\n  三 后于 二\n修订 额\n  | 档 | 自 2022-01-01 |\n  | 半 | 150 |\n  | 三 | 50 |\n",
        "修订 档\n  二半 后于 二\n修订 额\n  | 档 | 自 2022-01-01 |\n  | 二半 | 75 |\n规则 家庭 高 : 是否\n  为 档次 ≥ 二半\n",
    )
    amounts = {"一": 200, "半": 150, "二": 100, "二半": 75, "三": 50}
    for name, amount in amounts.items():
        d = decided(ordered, {"家庭": {"档次": name, "种类": "甲种"}}, "2022-01")
        assert (d["家庭.补"], d["家庭.高"]) == (amount, name in ("二半", "三"))
    plain = policy_of(UPPER.format("|"), "修订 种类\n  丙种\n规则 家庭 新 : 是否\n  为 种类 = 丙种\n")
    assert decided(plain, {"家庭": {"档次": "一", "种类": "丙种"}}, "2022-01")["家庭.新"] is True
    assert list(plain.program.entities[0].facts[1].type.members) == ["甲种", "乙种", "丙种"]


@pytest.mark.parametrize(
    ("lower", "code"),
    [
        ("修订 档\n  一\n", "P0334"),
        ("修订 档\n  三\n  三\n", "P0334"),
        ("修订 档\n  三 后于 二\n", "P0335"),
        ("修订 档类\n  三\n", "P0606"),
        ("修订 档 自 2023-01-01\n  三\n", "P0420"),
        ("类型 档 = 一 | 三\n", "P0605"),
    ],
)
def test_what_cannot_be_added_is_told(lower: str, code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy_of(UPPER.format("|"), lower)
    assert {d.code for d in caught.value.diagnostics} == {code}
    if code == "P0605":
        assert "修订 档" in caught.value.diagnostics[0].help_zh


def test_a_value_without_its_place_is_told_where() -> None:
    with pytest.raises(PolicyError, match="P0335") as caught:
        policy_of(UPPER.format("<"), "修订 档\n  三\n")
    assert "三 后于 二" in caught.value.diagnostics[0].help_zh
    with pytest.raises(PolicyError, match="P0208"):
        policy_of(UPPER.format("<"), "修订 档\n  三 后于 四\n")


def test_an_amended_line_is_said_by_its_own_layer() -> None:
    """In reasons, also while it is open, and of a parameter while its keys are: the clause is that of the layer that amends."""
    upper = "文件 省办法 : 省发1号\n\n## 第一条\n" + UPPER.format("|") + "  例外 旧 当 种类 = 乙种 为 0\n"
    lower = """文件 县办法 : 县发2号

## 第九条
修订 补
  当 种类 = 甲种 为 额(档次)
  否则 为 3
修订 额
  | 档 | 自 2022-01-01 |
  | 一 | 20 |
  | 二 | 10 |
"""
    policy = policy_of(upper, lower)
    for kind in ("甲种", None):
        said = policy.decide({"家庭": {"档次": None, "种类": kind}}, on="2022-01").explain("补").text("zh")
        sources = [line.split("依据")[1].strip() for line in said.splitlines() if "· 依据" in line]
        assert sources == ["县发2号 第九条（层1）"] * 2, kind
    said = policy.decide({"家庭": {"档次": "一", "种类": "乙种"}}, on="2022-01").explain("补").text("zh")
    assert "省发1号 第一条" in said.split("· 依据", 1)[1].splitlines()[0]
