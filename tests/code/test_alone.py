"""The file of `policy compile`: what it says of itself, what it gives, how it ends, and that nothing stands in it twice."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mypy import api

import policy_dsl
from policy_dsl.backends.standalone import left_out_of, standalone
from policy_dsl.cli import main

from ..regressions.deciding import policy_of
from ..regressions.test_many import table

DATED = """
对象 家庭
  收入 : 元/月, 0..1000
  有病人 : 是否
  旧号 : 整数, 默认 0
规则 家庭 旧 : 元/月
  自 2020-01-01 至 2020-12-31 为 收入 / 2
规则 家庭 新 : 元/月
  自 2022-01-01
    当 有病人 为 收入 * 2
    否则 为 收入
给付 家庭 补 : 元/月
  为 100
  自 2021-01-01 为 120
  自 2022-01-01 为 四舍五入(新 + 1, 1 元/月)
"""
ELDERS = """
对象 个人
  年龄 : 岁, 0..120
对象 家庭
  成员 : 若干 个人, 1..20
规则 个人 年长者 : 人
  为 人数(家庭.成员 作 他 当 他.年龄 > 年龄)
规则 个人 最长 : 是否
  为 年长者 = 0
规则 家庭 人数 : 人
  为 个数(成员)
给付 家庭 补 : 元/月
  为 100
"""


def module(policy: policy_dsl.Policy) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(compile(standalone(policy.program), "policy.py", "exec"), space)
    return space


@pytest.fixture(scope="module")
def dated() -> dict[str, Any]:
    return module(policy_of(DATED))


def facts(**given: Any) -> dict[str, Any]:
    return {"家庭": {"收入": 10, "有病人": True, **given}}


def test_it_says_what_it_is(dated: dict[str, Any]) -> None:
    policy = policy_of(DATED)
    assert (dated["POLICY"], dated["DIGEST"], dated["ENGINE"]) == (policy.name, policy.digest, policy_dsl.__version__)
    assert {"decide", "Result", "Defer", "Failed"} <= set(dated["__all__"]) <= set(dated)


def test_it_gives_a_mapping(dated: dict[str, Any]) -> None:
    """Paths and values; what is not in force stands beside them; a month and a date are days."""
    made = dated["decide"](facts(), "2022-06-01")
    assert made == {"家庭.新": 20, "家庭.补": 21}
    assert (made.not_in_force, made.undetermined, made.errors) == (["家庭.旧"], [], {})
    assert "家庭.旧" not in made
    assert dated["decide"](facts(), "2022-06") == dated["decide"](facts(), datetime.date(2022, 6, 9)) == made
    assert dated["decide"](facts(收入=11), "2020-06") == {"家庭.旧": Fraction(11, 2), "家庭.补": 100}
    assert dated["decide"](facts(), "2021-06") == {"家庭.补": 120}


def test_what_is_in_error_raises_its_code_where_it_is_looked_up(dated: dict[str, Any]) -> None:
    made = dated["Result"]()
    made.values_by_path["家庭.甲"] = 1
    made.errors["家庭.乙"] = "R0101"
    assert dict(made) == {"家庭.甲": 1}
    assert "家庭.乙" not in made
    with pytest.raises(dated["Failed"], match="R0101") as found:
        made["家庭.乙"]
    assert (found.value.path, found.value.code) == ("家庭.乙", "R0101")


@pytest.mark.parametrize(
    ("given", "on", "said"),
    [
        (facts(), "2022", "2022-06-01"), (facts(), "2022-W01-1", "2022-06-01"), (facts(), None, "2022-06-01"), (facts(), "2022-13", "2022-06-01"),
        (facts(收入=-1), "2022-06", "家庭.收入"), (facts(收入=None), "2022-06", "家庭.收入"), (facts(收人=1), "2022-06", "不是政策里的"), (facts(收人=1, 旧号=2), "2022-06", "政策里没有的事实"),
        ({}, "2022-06", "'家庭'"), (3, "2022-06", "'家庭'"), ({"家庭": 3}, "2022-06", "each entry"),
    ],
)  # fmt: skip
def test_it_ends_with_words(dated: dict[str, Any], given: Any, on: Any, said: str) -> None:
    with pytest.raises(dated["Defer"], match=said):
        dated["decide"](given, on)


def test_what_does_not_change_stands_in_it_once() -> None:
    """Twelve formulas of one rule in twelve years; each day has its own."""

    def years(n: int) -> policy_dsl.Policy:
        lines = "".join(f"  自 {2010 + k}-01-01 为 收入 * {k + 2}\n" for k in range(n))
        rules = "".join(f"规则 家庭 乘{k} : 整数\n  为 号 * {70001 + k}\n" for k in range(5))
        return policy_of(f"对象 家庭\n  号 : 整数, 0..9\n  收入 : 元/月, 0..1000\n规则 家庭 变 : 元/月\n{lines}{rules}")

    text = standalone(years(12).program)
    assert text.count("70003") == standalone(years(1).program).count("70003") == 1
    assert text.count("def read_0") == text.count("def decide_") == 1
    space = module(years(12))
    for k in range(12):
        assert space["decide"]({"家庭": {"号": 2, "收入": 3}}, f"{2010 + k}-06")["家庭.变"] == 3 * (k + 2)
    assert space["decide"]({"家庭": {"号": 2, "收入": 3}}, "2009-06").not_in_force == ["家庭.变"]


def test_sums_that_only_some_years_need_are_made_in_these() -> None:
    """What a year does not ask for may be unknown in it; a rule of one year may read what another year's hides."""
    policy = policy_of("""
对象 个人
  收入、资产 : 元, 0..1000
对象 家庭
  成员 : 若干 个人, 1..5
规则 家庭 全部 : 元
  为 合计(成员.收入)
  自 2021-01-01 为 合计(成员.资产)
  自 2022-01-01 为 最大(成员.收入) + 现行(后来, 默认 7 元)
规则 家庭 后来 : 元
  自 2023-01-01 为 合计(成员.资产)
""")
    space = module(policy)
    for on, value in (("2020-06", 3), ("2021-06", 30), ("2022-06", 9), ("2023-06", 32)):
        people = [{"收入": 1, "资产": 10}, {"收入": 2, "资产": 20}]
        assert space["decide"]({"家庭": {"成员": people}}, on)["家庭.全部"] == value
    poor = {"家庭": {"成员": [{"收入": 1}, {"收入": 2}]}}
    assert [space["decide"](poor, on)["家庭.全部"] for on in ("2020-06", "2022-06")] == [3, 9]
    with pytest.raises(space["Defer"], match="资产"):
        space["decide"](poor, "2021-06")


def test_what_is_not_compiled_is_left_out_by_output() -> None:
    """Such a rule and what reads it, named at the head of the file; everything else is there."""
    policy = policy_of(ELDERS)
    assert left_out_of(policy.program) == ["个人.年长者", "个人.最长"]
    text = standalone(policy.program)
    assert "\nleft out 个人.年长者\nleft out 个人.最长\n" in text.split('"""')[1]
    made = module(policy)["decide"]({"家庭": {"成员": [{"年龄": 3}, {"年龄": None}]}}, "2022-06")
    assert made == {"家庭.人数": 2, "家庭.补": 100}
    assert made.not_in_force == []


def test_it_passes_mypy_strict(county: Path, tmp_path: Path) -> None:
    policies = {
        "county": policy_dsl.load(county), "qingshui": policy_dsl.load("qingshui"), "dated": policy_of(DATED), "elders": policy_of(ELDERS),
        "rows": table("mixed", 201), "keys": table("equal", 14),
    }  # fmt: skip
    for name, policy in policies.items():
        (tmp_path / f"{name}.py").write_text(standalone(policy.program), encoding="utf-8")
    said, _, code = api.run(
        ["--strict", "--config-file=", "--no-incremental", *(str(tmp_path / f"{n}.py") for n in policies)]
    )
    assert code == 0, said


def test_whether_a_file_is_up_to_date(tmp_path: Path) -> None:
    """Exit 0 where it is, 1 where it is not, is not there or was changed; never touched."""
    policy, file = tmp_path / "甲.policy", tmp_path / "甲.py"
    policy.write_text(f"政策 甲{DATED}", encoding="utf-8")

    def run(*args: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["compile", str(policy), *args])
        return done.exit_code, done.stdout + done.stderr

    assert run("--check", str(file))[0] == 1
    assert run("-o", str(file))[0] == 0
    made = file.read_bytes()
    assert run("--check", str(file)) == run("-o", str(file), "--check") == (0, f"{file} 是最新的\n")
    policy.write_text(f"政策 甲{DATED}".replace("120", "130"), encoding="utf-8")
    code, said = run("--check", str(file))
    assert (code, "P0823" in said) == (1, True)
    assert file.read_bytes() == made
    assert [run()[0], run("-o", str(file), "--check", str(file))[0]] == [2, 2]
