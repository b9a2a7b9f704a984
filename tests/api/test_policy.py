"""The Python API as a developer uses it."""

from __future__ import annotations

import concurrent.futures
import copy
import datetime
import json
import multiprocessing
import pickle
import subprocess
import sys
import threading
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl import Policy, PolicyError


@pytest.fixture(scope="module")
def qingshi(county: Path) -> Policy:
    return policy_dsl.load(county)


def household(*incomes: Any, area: str = "农村", kind: str | None = "一类", **more: Any) -> dict[str, Any]:
    members = [
        {"姓名": f"成员{i}", "出生日期": "1980-01-01", "月收入": x, "重病": False, **more}
        for i, x in enumerate(incomes)
    ]
    return {"家庭": {"户籍": area, "类别": kind, "成员": members}}


def test_values_come_in_the_declared_unit(qingshi: Policy) -> None:
    """Amounts are Decimals in the declared unit, or Fractions where the decimals do not end."""
    d = qingshi.decide(household(100, 0, 0), on="2022-06")
    assert d["家庭.保障金"] == Decimal("1217.00")
    assert str(d["家庭.保障金"]) == "1217.00"
    assert d["家庭.人均月收入"] == Fraction(100, 3)
    assert d["家庭.符合"] is True
    assert d["家庭.成员[2].年龄"] == 42
    assert d.on == datetime.date(2022, 6, 1)
    assert d.policy == "青石县"


def test_benefits_and_outputs_in_the_order_of_the_text(qingshi: Policy) -> None:
    """`benefits` lists every 给付 of every entry; a decision is a mapping of all outputs."""
    d = qingshi.decide(household(100, 0), on="2022-06-01")
    assert [b.path for b in d.benefits] == ["家庭.保障金", "家庭.成员[0].护理补贴", "家庭.成员[1].护理补贴"]
    assert list(d)[:3] == ["家庭.标准", "家庭.人口", "家庭.人均月收入"]
    assert len(d) == len(list(d)) == len(d.outputs)
    assert "家庭.保障金" in d
    with pytest.raises(KeyError, match="保障金"):
        d["家庭.保证金"]


def test_what_is_unknown_stays_open_and_names_what_it_waits_for(qingshi: Policy) -> None:
    """A fact that nobody gave leaves undetermined what it can change, and nothing else."""
    d = qingshi.decide(household(300, kind=None), on="2022-06-01")
    assert d["家庭.保障金"] is None
    assert [(o.output, o.needs) for o in d.undetermined] == [("家庭.保障金", ("家庭.类别",))]
    facts = household(300)
    del facts["家庭"]["成员"][0]["重病"]
    assert qingshi.decide(facts, on="2022-06-01")["家庭.保障金"] == Decimal(139)
    facts["家庭"]["成员"][0]["月收入"] = 500
    assert qingshi.decide(facts, on="2022-06-01").undetermined[0].needs == ("家庭.成员[0].重病",)


def test_a_pending_parameter_names_itself_and_never_becomes_zero(qingshi: Policy) -> None:
    d = qingshi.decide(household(300, area="城市"), on="2023-06-01")
    assert d["家庭.保障金"] is None
    assert d.undetermined[0].parameters == ("城市标准",)
    assert qingshi.decide(household(300, area="城市"), on="2022-06-01")["家庭.保障金"] == 330


def test_a_date_before_every_parameter_is_an_error_with_its_code(qingshi: Policy) -> None:
    d = qingshi.decide(household(300), on="1990-01-01")
    assert {e.code for e in d.errors} == {"R0105"}
    with pytest.raises(PolicyError) as caught:
        d["家庭.标准"]
    assert caught.value.diagnostics[0].code == "R0105"


@pytest.mark.parametrize("on", ["2022-13-01", "2022", "", "2022-02-30", "22-01-01", None, 5])
def test_bad_dates_are_refused(qingshi: Policy, on: Any) -> None:
    with pytest.raises(PolicyError) as caught:
        qingshi.decide(household(300), on=on)
    assert caught.value.diagnostics[0].code == "P0802"


@pytest.mark.parametrize("on", ["2022-06", "2022-06-01", datetime.date(2022, 6, 1), datetime.datetime(2022, 6, 1, 12)])
def test_dates_in_every_form(qingshi: Policy, on: Any) -> None:
    assert qingshi.decide(household(300), on=on)["家庭.保障金"] == 139


@pytest.mark.parametrize(
    "income",
    [
        300,
        Decimal(300),
        Fraction(300),
        "300",
        "300 元/月",
        "3600 元/年",
        "30000 分/月",
        " 300.00 元/月 ",
        "0.03 万元/月",
    ],
)
def test_amounts_in_every_exact_form(qingshi: Policy, income: Any) -> None:
    assert qingshi.decide(household(income), on="2022-06-01")["家庭.保障金"] == 139


@pytest.mark.parametrize(
    ("income", "code"),
    [
        (300.0, "F0109"),
        (-1, "F0106"),
        ("三百", "F0116"),
        ("300 元/月/人", "F0108"),
        ("0.001", "F0107"),
        (True, "F0103"),
        (10**40, "F0114"),
        (Decimal("NaN"), "F0116"),
    ],
)
def test_bad_amounts_name_the_path(qingshi: Policy, income: Any, code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        qingshi.decide(household(income), on="2022-06-01")
    (found,) = caught.value.diagnostics
    assert (found.code, found.path) == (code, "家庭.成员[0].月收入")
    assert "家庭.成员[0].月收入" in str(caught.value)


def test_all_faults_of_the_facts_come_at_once(qingshi: Policy) -> None:
    facts = {"家庭": {"户口": "农村", "户籍": "郊区", "成员": [{"年龄": 3, "月收入": "x"}]}}
    with pytest.raises(PolicyError) as caught:
        qingshi.decide(facts, on="2022-06-01")
    assert [d.code for d in caught.value.diagnostics] == ["F0104", "F0105", "F0104", "F0116"]
    assert "户籍" in caught.value.diagnostics[0].help_zh


def test_facts_are_neither_kept_nor_changed(qingshi: Policy) -> None:
    """A decision is a pure function: what the caller does to the facts afterwards changes nothing."""
    facts = household(300, 0)
    before = copy.deepcopy(facts)
    d = qingshi.decide(facts, on="2022-06-01")
    assert facts == before
    facts["家庭"]["成员"].clear()
    assert d["家庭.保障金"] == 578
    assert "300.00" in d.explain("保障金").text()


def test_a_policy_is_shared_by_threads(county: Path) -> None:
    """Eight threads that load and decide at once see the same."""
    made = policy_dsl.load(county)
    seen: list[object] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for month in range(1, 13):
            seen.append(made.decide(household(300, 0), on=f"2022-{month:02d}")["家庭.保障金"])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert seen == [Decimal(578)] * 96


def _in_another_process(policy: Policy) -> str:
    return str(policy.decide(household(300, 0), on="2022-06-01")["家庭.保障金"])


def test_a_policy_goes_into_a_process_pool(qingshi: Policy) -> None:
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        assert pool.submit(_in_another_process, qingshi).result(timeout=60) == "578.00"
    assert pickle.loads(pickle.dumps(qingshi)).digest == qingshi.digest


def test_inputs_outputs_parameters_are_typed_lists(qingshi: Policy) -> None:
    by_name = {i.name: i for i in qingshi.inputs}
    assert by_name["月收入"].unit == "元/月"
    assert (by_name["月收入"].low, by_name["月收入"].high) == (0, 1_000_000)
    assert by_name["类别"].by == "民主评议"
    assert by_name["自理"].default == "具备"
    assert by_name["出生日期"].question == "出生年月日？"
    assert [o.name for o in qingshi.outputs if o.benefit] == ["保障金", "护理补贴"]
    (rural,) = [p for p in qingshi.parameters if p.name == "农村标准"]
    assert [(since, value) for since, _, value, _ in rural.values] == [("2021-01-01", 4788), ("2022-01-01", 5268)]


def test_what_if_gives_a_new_policy(qingshi: Policy) -> None:
    other = qingshi.with_parameters({"农村标准": {"2022-01-01": 6000}})
    assert other.decide(household(0), on="2022-06-01")["家庭.保障金"] == 500
    assert other.decide(household(0), on="2021-06-01")["家庭.保障金"] == 399
    assert qingshi.decide(household(0), on="2022-06-01")["家庭.保障金"] == 439
    assert other.digest != qingshi.digest
    assert any("假想" in a for a in other.decide(household(0), on="2022-06-01").assumptions)
    settled = qingshi.with_parameters({"城市标准": {"2023-01": "700 元/人/月"}})
    assert settled.decide(household(0, area="城市"), on="2023-06-01")["家庭.保障金"] == 700


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"农村标谁": {"2022-01-01": 1}}, "P0201"),
        ({"农村标准": {"2022-13-01": 1}}, "P0802"),
        ({"农村标准": {"2022-01-01": 1.5}}, "F0109"),
        ({"农村标准": {"2022-01-01": "5 元/户"}}, "F0108"),
        ({"农村标准(城市)": {"2022-01-01": 5}}, "P0405"),
    ],
)
def test_what_if_refuses_what_it_cannot_do(qingshi: Policy, changes: dict[str, dict[str, object]], code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        qingshi.with_parameters(changes)
    assert caught.value.diagnostics[0].code == code


def test_a_decision_as_json(qingshi: Policy) -> None:
    """Quantities are strings; a quotient that does not end is an exact fraction with its rounded form beside it."""
    made = json.loads(json.dumps(qingshi.decide(household(100, 0, 0), on="2022-06-01").to_json(), ensure_ascii=False))
    assert made["outputs"]["家庭.保障金"] == {"value": "1217.00", "unit": "元/月"}
    assert made["outputs"]["家庭.人均月收入"] == {"value": "100/3", "unit": "元/人/月", "shown": "33.33"}
    assert made["engine"] == policy_dsl.__version__
    assert made["on"] == "2022-06-01"
    assert made["explanation"]["roots"][0] == "家庭.标准"


def test_assumptions_are_those_of_the_lines_that_applied(qingshi: Policy) -> None:
    assert qingshi.decide(household(100, kind="二类"), on="2022-06-01").assumptions == ["QS-TWO 二类的数额由测试虚构"]
    assert qingshi.decide(household(100), on="2022-06-01").assumptions == []


def test_notebooks_see_html(qingshi: Policy) -> None:
    d = qingshi.decide(household(100), on="2022-06-01")
    assert "<table" in d._repr_html_()
    assert "<details" in d.explain("保障金")._repr_html_()


def test_import_loads_next_to_nothing() -> None:
    """`import policy_dsl` loads neither the parser nor attrs, click or YAML."""
    code = "import sys, policy_dsl; print(sorted({'lark', 'attr', 'attrs', 'click', 'yaml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_cached_policy_needs_no_parser(county: Path, tmp_path: Path) -> None:
    """Deciding with a cached policy loads neither lark nor attrs nor anything large."""
    code = (
        "import sys, json, policy_dsl\n"
        "d = policy_dsl.load(sys.argv[1]).decide(json.loads(sys.argv[2]), on='2022-06')\n"
        "d.to_json(); d.explain().text()\n"
        "print(d['家庭.保障金'], sorted({'lark', 'attr', 'attrs', 'click', 'yaml', 'numpy', 'pathlib'} & set(sys.modules)))"
    )
    import os

    env = {**os.environ, "POLICY_DSL_CACHE": str(tmp_path / "cache"), "PYTHONUTF8": "1"}
    runs = [
        subprocess.run(
            [sys.executable, "-c", code, str(county), json.dumps(household(300))],
            capture_output=True,
            text=True,
            check=True,
            env=env,
            encoding="utf-8",
        ).stdout
        for _ in range(2)
    ]
    assert runs[1].strip() == "139.00 []"
    assert "lark" in runs[0]
