"""`python -m benchmarks`: what a decision costs, against functions written by hand, in one run.

Figures are medians over rounds in which the ways take turns, so a machine that slows down slows all of them (measuring.py). Results are
compared on all households before anything is timed. Read the ratios: the machine's own speed cancels in them. What crosses a bound fails.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import policy_dsl
from policy_dsl import Policy
from policy_dsl.diagnostics.report import Report
from policy_dsl.library import units
from policy_dsl.pipeline import compile_layers

from . import by_hand, households, measuring
from .measuring import Way, table
from .reading import DICTS, reading
from .reasons import reasons

HERE = Path(__file__).parent
COUNT = 2000


def rounds(ways: dict[str, Callable[[], object]], clock: Callable[[], float] = time.perf_counter) -> dict[str, float]:
    """Seconds of each way, the median over rounds in turn."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(measuring.ROUNDS):
        for name, way in ways.items():
            start = clock()
            way()
            taken[name].append(clock() - start)
    return {name: statistics.median(values) for name, values in taken.items()}


def against_hand(
    title: str,
    policy: Policy,
    on: str,
    cases: list[dict[str, Any]],
    hand: Callable[[dict[str, Any]], Any],
    same: Callable[[Any, Any], None],
    unread: float,
) -> list[str]:
    """The generated functions, the reader and `decide` (at most `unread`) beside the hand-written function, on the same complete facts. Gives
    what crossed its bound."""
    for case in cases:
        decision = policy.decide(case, on=on)
        assert decision.compiled_alone, "complete facts must not need the interpreter"
        same(decision, hand(case))
    run = policy.run(int(on.replace("-", "")), decision.root)
    compiled, values, day = run.compiled, run.parameters, int(on.replace("-", ""))
    data = [compiled.read(case, day) for case in cases]
    fast, record, read, decide = compiled.decide, compiled.record, compiled.read, policy.decide

    def by_fast() -> None:
        for d in data:
            fast(values, day, d)

    def by_record() -> None:
        for d in data:
            record(values, day, d)

    def by_reading() -> None:
        for case in cases:
            read(case, day)

    def by_decide() -> None:
        for case in cases:
            decide(case, on=on)

    def by_hand_() -> None:
        for case in cases:
            hand(case)

    many = len(cases)
    return table(
        f"{title}: {many} households, equal results",
        [
            Way("by hand", many, by_hand_, DICTS),
            Way("fast", many, by_fast, "from facts that are read, to integers", 2),
            Way("record", many, by_record, "from facts that are read, to integers and lines", 2.5),
            Way("read", many, by_reading, DICTS),
            Way("decide", many, by_decide, f"{DICTS}, to a decision that nobody reads", unread),
        ],
    )


def same_sa(decision: policy_dsl.Decision, by_hand_: tuple[int, int, int, list[int]]) -> None:
    per_head, status, total, totals = by_hand_
    assert decision["家庭.人均收入"] == per_head
    assert decision["家庭.状态"] == ("无", "低保", "渐退")[status]
    assert decision["家庭.合计总额"] == total
    assert [decision[f"家庭.members[{i}].合计额"] for i in range(len(totals))] == totals


def timelines() -> list[str]:
    """A history of 120 months beside so many single decisions on the same household, without and with late publications, in CPU time. Gives
    what crossed its bound.
    """
    years = 10
    shipped = policy_dsl.load("qingshui")
    cases = [c for c in households.qingshui(400) if len(c["家庭"]["成员"]) == 5][:20]
    bridge = policy_dsl.load(HERE / "bridge.policy")
    small = [{"家庭": {"成员": [{"姓名": str(n), "月收入": 100 * n + k} for n in range(5)]}} for k in range(20)]
    print("\ntimelines of 120 months, household of five, beside single decisions of it, CPU time")
    crossed = []
    late = policy_dsl.load(HERE / "late.policy")
    for name, policy, given, bound in (
        ("Qingshui", shipped, cases, 115),
        ("Qingshui, late standards", late, cases, 260),
        ("bridge, late standards", bridge, small, 0),  # a decision of 3 µs beside what a month costs by itself
    ):
        histories = [_dated(case) for case in given]

        def over(policy: Policy = policy, histories: list[dict[str, Any]] = histories) -> None:
            for history in histories:
                policy.timeline(history, start="2022-01", end=f"{2021 + years}-12")

        def single(policy: Policy = policy, given: list[dict[str, Any]] = given) -> None:
            for case in given:
                for _ in range(120):
                    policy.decide(case, on="2022-06-01")

        over()
        taken = rounds({"single": single, "timeline": over}, time.process_time)
        each = taken["single"] / len(given) / 120
        ratio = taken["timeline"] / len(given) / each
        print(f"  {name:24} {ratio:6.0f} decisions  ({f'at most {bound}' if bound else 'no limit'})")
        if bound and ratio > bound:
            crossed.append(f"timelines, {name}: {ratio:.0f} decisions, at most {bound}")
    return crossed


def _dated(case: dict[str, Any]) -> dict[str, Any]:
    """The household as a history: the first member's income rises, falls and rises again."""
    household = case["家庭"]
    first = dict(household["成员"][0])
    income = "工资性收入" if "工资性收入" in first else "月收入"
    low = first[income]
    steps = (("2022-01", low), ("2024-03", low + 900), ("2025-02", low), ("2028-07", low + 500))
    first[income] = [{"自": month, "为": amount} for month, amount in steps]
    return {"家庭": {**household, "成员": [first, *household["成员"][1:]]}}


def cold_start() -> None:
    """A whole process that decides and prints, its policy cached, beside one that only imports lark."""
    policy = HERE / "sa.policy"
    with tempfile.TemporaryDirectory() as folder:
        facts = Path(folder) / "facts.json"
        facts.write_text(json.dumps(households.sa(1)[0], ensure_ascii=False), encoding="utf-8")
        env = {**os.environ, "POLICY_DSL_CACHE": str(Path(folder) / "cache")}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        command = str(Path(sys.executable).with_name("policy"))

        def run(*argv: str) -> Callable[[], object]:
            return lambda: subprocess.run(argv, check=True, capture_output=True, env=env, stdin=subprocess.DEVNULL)

        decide = run(command, "decide", str(policy), str(facts), "--on", "2025-01-01")
        lark = run(sys.executable, "-c", "import lark")
        decide()
        lark()
        taken = rounds({"decide": decide, "import lark": lark, "python": run(sys.executable, "-c", "pass")})
    print("\ncold start, whole process")
    for name, seconds in taken.items():
        bound = "  (at most 1.5)" if name == "decide" else ""
        print(f"  {name:12} {seconds * 1000:6.1f} ms   {seconds / taken['import lark']:5.2f} x{bound}")


def checking() -> None:
    """Checking all shipped policies, per thousand lines."""
    folder = HERE.parent / "policies"
    lines = sum(len(f.read_text(encoding="utf-8").splitlines()) for f in folder.rglob("*.policy"))
    compile_layers(units([str(folder)])[0][0], Report())  # the grammar's tables are built once

    def check() -> None:
        for layers in units([str(folder)])[0]:
            compile_layers(layers, Report())

    seconds = rounds({"check": check})["check"]
    print(
        f"\nchecking policies/: {lines} lines (each place with its layers) in {seconds:.2f} s, {seconds / lines * 1000:.2f} s per thousand lines"
    )


def more_years() -> None:
    """Ten more years of values leave the cost of a decision unchanged."""
    text = (HERE / "sa.policy").read_text(encoding="utf-8")
    marker = "  自 2020-01-01 为 63000\n"
    years = "".join(f"  自 {year}-01-01 为 {63000 + year}\n" for year in range(2010, 2020))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "years.policy"
        path.write_text(text.replace(marker, years + marker), encoding="utf-8")
        few, many = policy_dsl.load(HERE / "sa.policy"), policy_dsl.load(path)
    cases = households.sa(2000)

    def over(policy: Policy) -> Callable[[], None]:
        def run() -> None:
            for case in cases:
                policy.decide(case, on="2025-01-01")

        return run

    taken = rounds({"few": over(few), "many": over(many)})
    print(f"\nten more years of values: a decision costs {taken['many'] / taken['few']:.2f} x")


def main() -> int:
    """Prints all figures. 1 where one crossed a bound that must hold."""
    sa, shipped = policy_dsl.load(HERE / "sa.policy"), policy_dsl.load("qingshui")
    crossed = against_hand("SA-bench", sa, "2025-01-01", households.sa(COUNT), by_hand.sa, same_sa, 4.5)
    rural = households.qingshui(COUNT)
    crossed += against_hand("Qingshui 2022", shipped, "2022-06-01", rural, by_hand.qingshui, by_hand.same_qingshui, 6.5)
    crossed += reading()
    crossed += reasons()
    crossed += timelines()
    cold_start()
    checking()
    more_years()
    for text in crossed:
        print(f"\ntoo dear: {text}", file=sys.stderr)
    return 1 if crossed else 0


if __name__ == "__main__":
    sys.exit(main())
