"""What the benchmarks compare gives equal results: the functions written by hand, the compiled ones, the two readers."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from benchmarks import __main__ as bench
from benchmarks import by_hand, households, measuring, reading
from benchmarks.__main__ import same_sa
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.backends.runtime import Unknown
from policy_dsl.facts.read import Reader

SA = Path(__file__).parents[2] / "benchmarks" / "sa.policy"


def test_sa_by_hand() -> None:
    """SA-bench: 300 random households, the policy against the function written by hand."""
    policy = policy_dsl.load(SA)
    for case in households.sa(300, seed=2):
        decision = policy.decide(case, on="2025-01-01")
        assert decision.compiled_alone
        same_sa(decision, by_hand.sa(case))


def test_qingshui_by_hand() -> None:
    """The shipped Qingshui policy: every output of 300 random households against the function written by hand."""
    policy = policy_dsl.load("qingshui")
    for case in households.qingshui(300, seed=2):
        decision = policy.decide(case, on="2022-06-01")
        assert decision.compiled_alone
        assert not decision.undetermined
        by_hand.same_qingshui(decision, by_hand.qingshui(case))


def test_the_generated_reader_reads_what_the_careful_one_reads() -> None:
    """Complete households, and the same with facts left out or null: equal data, defaults used and unknown facts included."""
    policy = policy_dsl.load("qingshui")
    read = policy.run(20220601, "家庭").compiled.read
    for case in _with_gaps(households.qingshui(100, seed=3)):
        assert _plain(read(case, 20220601)) == _plain(Reader(policy.program).read(case, 20220601)[1])


def test_the_compiled_function_gives_what_the_interpreter_gives_where_facts_are_open() -> None:
    """Facts left out or null: what the compiled function decides alone, the interpreter decides in the same way; it often can."""
    policy = policy_dsl.load("qingshui")
    alone = 0
    for case in _with_gaps(households.qingshui(200, seed=4)):
        decision = policy.decide(case, on="2022-06-01")
        if decision.compiled_alone:
            alone += 1
            root = decision._compiled.instance(decision.root, decision._data)
            Interpretation(decision.epoch, decision.day, root).rules()
            assert [x.values for x in decision.instance.all()] == [x.values for x in root.all()]
    assert alone > 250  # of 600


def _with_gaps(cases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each case whole, then with one fact in fifty left out or null, then one in four."""
    r = random.Random(5)
    for case in cases:
        yield case
        for share in (0.01, 0.12):
            given = copy.deepcopy(case)
            for entry in _entries(given["家庭"]):
                for name in [n for n, v in entry.items() if not isinstance(v, list)]:
                    if r.random() < share:
                        entry[name] = None
                    elif r.random() < share:
                        del entry[name]
            yield given


def _entries(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The entry and all below it."""
    return [entry, *(x for v in entry.values() if isinstance(v, list) for inner in v for x in _entries(inner))]


def _plain(data: object) -> object:
    """Data that can be compared: an unknown fact has no equality."""
    if isinstance(data, (list, tuple)):
        return [_plain(x) for x in data]
    return "unknown" if isinstance(data, Unknown) else (type(data), data)


@pytest.mark.parametrize("part", ["SA-bench", "Qingshui", "more years", "cold start", "Reading"])
def test_every_part_runs(part: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One round on a few households: what is measured is still what the product offers."""
    monkeypatch.setattr(measuring, "ROUNDS", 1)
    monkeypatch.setattr(reading, "COUNT", 40)
    sa, qingshui = policy_dsl.load(SA), policy_dsl.load("qingshui")
    match part:
        case "SA-bench":
            bench.against_hand(part, sa, "2025-01-01", households.sa(20), by_hand.sa, same_sa, 100)
        case "Qingshui":
            cases = households.qingshui(20)
            bench.against_hand(part, qingshui, "2022-06-01", cases, by_hand.qingshui, by_hand.same_qingshui, 100)
        case "more years":
            bench.more_years()
        case "cold start":
            bench.cold_start()
        case "Reading":
            reading.reading()
    assert part in capsys.readouterr().out


def test_what_crosses_its_bound_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """By the median of the rounds' own ratios, beyond the noise; the ways change places, and one slow round is no fault."""
    now, order = [0.0], list[str]()
    monkeypatch.setattr(measuring, "clock", lambda: now[0])
    monkeypatch.setattr(measuring, "ROUNDS", 5)
    slow = iter([1, 1, 50, 1, 1, 1])  # the first is not measured

    def taking(name: str, seconds: float) -> measuring.Way:
        def run() -> None:
            order.append(name)
            now[0] += seconds * (next(slow) if name == "unsteady" else 1)

        return measuring.Way(name, 10, run, "from nothing", bound=2 if name != "by hand" else 0)

    within, beyond = 2 * measuring.NOISE - 0.01, 2 * measuring.NOISE + 0.01
    ways = [taking("by hand", 1), taking("within", within), taking("beyond", beyond), taking("unsteady", 1)]
    assert measuring.table("A table: of four", ways) == [f"A table, beyond: {beyond:.2f} x, at most 2"]
    assert order[4:8] != order[8:12]
    out = capsys.readouterr().out
    assert "at most 2" in out
    assert "from nothing" in out
    assert "100000.00 µs" in out  # a second for ten


def test_a_bound_that_is_crossed_is_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("against_hand", "reading", "timelines", "cold_start", "checking", "more_years"):
        monkeypatch.setattr(bench, name, lambda *_: [])
    assert bench.main() == 0
    monkeypatch.setattr(bench, "reading", lambda: ["Reading, one output: 9.00 x, at most 5"])
    assert bench.main() == 1
    assert "one output: 9.00 x" in capsys.readouterr().err
