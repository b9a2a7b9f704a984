"""The generated Python: readable, standing beside its clauses, and pointing into the policy."""

from __future__ import annotations

import subprocess
import sys
import traceback
from pathlib import Path

import policy_dsl
from policy_dsl.backends.runtime import Defer
from policy_dsl.backends.standalone import standalone

GOLDEN = Path(__file__).parent / "county.py.txt"


def test_golden_standalone_module(county: Path, update_golden: bool) -> None:
    """What `policy compile` writes for the invented county, from the first table on (the helpers before it are runtime.py)."""
    text = standalone(policy_dsl.load(county).program)
    shown = text[text.index("\nROOT = ") :]
    if update_golden:
        GOLDEN.write_text(shown, encoding="utf-8")
    assert shown == GOLDEN.read_text(encoding="utf-8")


def test_the_standalone_module_needs_nothing_else(county: Path, tmp_path: Path) -> None:
    """It runs in an isolated interpreter that cannot see this package, and gives the same values."""
    target = tmp_path / "county.py"
    target.write_text(standalone(policy_dsl.load(county).program), encoding="utf-8")
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('county', {str(target)!r})\n"
        "m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m)\n"
        "person = {'姓名': '甲', '出生日期': '1980-01-01', '月收入': 300, '重病': False}\n"
        "facts = {'家庭': {'户籍': '农村', '类别': '一类', '成员': [person]}}\n"
        "print(m.decide(facts, '2022-06-01')['家庭.保障金'], m.decide(facts, '2021-06-01')['家庭.保障金'], 'policy_dsl' in sys.modules)\n"
        "del person['月收入']\n"
        "try: m.decide(facts, '2022-06-01')\n"
        "except m.Defer as e: print('deferred', e)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-c", code], capture_output=True, text=True, encoding="utf-8", cwd=tmp_path
    )
    assert done.stdout.splitlines()[0] == "139 99 False", done.stderr
    assert "月收入" in done.stdout.splitlines()[1]


def test_a_traceback_shows_the_line_of_the_policy(county: Path) -> None:
    """Generated code carries the positions of the .policy text: profilers and tracebacks point there."""
    policy = policy_dsl.load(county)
    run = policy.run(20220601, "家庭")
    person = ("甲", 19800101, 30000, 0, False, 0)
    try:
        run.compiled.decide(run.parameters, 20220601, (7, 0, (person,), 0))
    except Defer:
        shown = traceback.format_exc()
    assert "规则 家庭 标准 : 元/人/月" in shown


def test_no_float_in_generated_code(county: Path) -> None:
    """No float literal and no true division: amounts are integers all the way."""
    import ast

    for name in (county, "qingshui"):
        text = standalone(policy_dsl.load(name).program)
        nodes = list(ast.walk(ast.parse(text)))
        assert not [n for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, float)]
        functions = [n for n in nodes if isinstance(n, ast.FunctionDef) and n.name.startswith(("decide_", "read_"))]
        assert not [x for f in functions for x in ast.walk(f) if isinstance(x, ast.Div)]
