"""Laws of registers and of new places, on generated policies: nothing that an explanation mentions is missing; a new place decides like
its parent until something is filled in."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from hypothesis import given, settings

from policy_dsl import Policy, PolicyError
from policy_dsl.decision import Decision
from policy_dsl.diagnostics.report import Report
from policy_dsl.examples import run as testing
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.traverse import all_formulas, walk
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.newplace.draft import draft
from policy_dsl.pipeline import compile_layers
from policy_dsl.register.register import Register

from .cases import Case, cases
from .dice import examples
from .policies import Text, compiled
from .test_agreement import iso


def numbered(text: Text) -> Text:
    """The same policy with an assumption of its own at each place."""
    ids = count(1)

    def own(item: str) -> str:
        return re.sub(r"假设 ", lambda _: f"假设 J-{next(ids)} ", item)

    return Text(tuple((name, tuple(map(own, items))) for name, items in text.layers))


def decisions(policy: Policy, made: Case) -> list[Decision]:
    out = []
    for facts in made.facts:
        for on in made.days:
            try:
                out.append(policy.decide(facts, on=iso(on)))
            except PolicyError:
                continue
    return out


def named(decision: Decision, path: str) -> tuple[str, str]:
    """(entity, output) of a path."""
    entry = path.rpartition(".")[0]
    entities = {e.path: e.entity.name for e in decision.instance.all()}
    return entities[entry], path.rpartition(".")[2]


@settings(max_examples=examples(30))
@given(cases(count=3, unknown=10))
def test_whatever_an_explanation_mentions_is_in_the_register(made: Case) -> None:
    """Each assumption and each open parameter is listed with the output, at the time; what is listed is an output that there is."""
    program, _ = compiled(numbered(made.text))
    assert program is not None
    policy = Policy(program)
    register = policy.register()
    bears = {a.id: set(a.outputs) for a in register.assumptions}
    assert set().union(*bears.values(), *(a.later for a in register.assumptions)) <= set(program.outputs)
    for decision in decisions(policy, made):
        for path in decision:
            output = named(decision, path)
            for text in decision.explain(path).assumptions():
                assert output in bears[text.split(" ")[0]], (path, text)
        for open_ in decision.undetermined:
            for parameter in open_.parameters:
                assert waits(register, parameter, decision.day, named(decision, open_.output)), open_


@settings(max_examples=examples(60))
@given(cases(count=3), cases(count=3, unknown=0))
def test_a_decision_rests_on_what_its_explanation_mentions(some: Case, whole: Case) -> None:
    """Told without reasons, the assumptions are those of the reasons, each with an id of its own; where facts are unknown, too."""
    for made in (some, whole):
        program, _ = compiled(numbered(made.text))
        assert program is not None
        for decision in decisions(Policy(program), made):
            assert decision.assumptions == decision.explain().assumptions(), decision


def waits(register: Register, parameter: str, on: int, output: tuple[str, str]) -> bool:
    return any(
        q.parameter.name == parameter and q.since <= on <= q.until and output in (*q.outputs, *q.later)
        for q in register.questions
    )


def below(made: Case, text: str) -> list[LayerFiles]:
    """The layers of a new place."""
    files = made.text.files()
    file = PolicyFile("新县.policy", "新县.policy", text, "新县", files[-1].policy, 3)
    return [*files, LayerFiles("新县", (file,))]


def told(report: Report) -> list[str]:
    """What is found in the new place's file; the rest is of the layers above. Its headings are to be filled in, and told to be, once."""
    return [
        d.code if d.severity == "note" else d.zh
        for d in report.items
        if d.place is None or d.place.file.endswith("新县.policy")
    ]


def to_fill(text: str) -> list[str]:
    """What may be found in a place that is fresh: a note where it has headings to fill in, and nothing else."""
    return ["P0340"] if re.search(r"^#+ (待填|to_fill)\b", text, re.MULTILINE) else []


def results(decision: Decision) -> dict[str, Any]:
    """What comes out, and what is waited for."""
    values = {x.path: (x.value, x.state) for x in decision.outputs.values()}
    open_ = {x.output: (set(x.needs), set(x.parameters)) for x in decision.undetermined}
    return {path: (value, open_.get(path)) for path, value in values.items() if value[1] != "error"}


def read_in_force(node: ir.IfInForce) -> str:
    """What 现行 reads."""
    value = node.value.value if isinstance(node.value, ir.AsOf) else node.value
    return value.name


@settings(max_examples=examples(30))
@given(cases(count=2, unknown=10))
def test_a_new_place_checks_and_decides_like_its_parent(made: Case) -> None:
    """Nothing is filled in: what the parent decides stays, what waits waits for the same; an error may become something to wait for."""
    parent = Policy(made.program)
    read = {read_in_force(x) for f in all_formulas(made.program) for x in walk(f) if isinstance(x, ir.IfInForce)}
    for lang in ("zh", "en"):
        text = draft(parent, "新县", lang, "2022-05")
        report = Report()
        program = compile_layers(below(made, text), report)
        assert told(report) == to_fill(text)
        assert program is not None
        child = Policy(program)
        waits = {p.name for p in program.parameters for e in p.entries if e.layer == len(made.text.layers)}
        # 现行 gives its default where a target stands alone, and waits where 待定 does
        for ours, theirs in () if read & waits else zip(decisions(parent, made), decisions(child, made), strict=True):
            mine, other = results(ours), results(theirs)
            assert {path: other[path] for path in mine} == mine
        open_ = {q.parameter.name for q in parent.register().questions if q.until == 99991231}
        assert open_ == waits


@settings(max_examples=examples(30))
@given(cases(count=1))
def test_the_example_to_begin_with_passes(made: Case) -> None:
    """With its comment marks taken away, in both languages."""
    for lang, word in (("zh", "案例 "), ("en", "example ")):
        text = draft(Policy(made.program), "新县", lang, "2022-05")
        head, mark, example = text.rpartition(f"// {word}")
        if not mark:
            continue
        taken = re.sub(r"^// ", "", mark + example, flags=re.MULTILINE)
        report = Report()
        program = compile_layers(below(made, head + taken), report)
        assert told(report) == to_fill(text)
        assert program is not None
        (result,) = [r for r in testing.run(Policy(program)) if r.example.policy == "新县"]
        assert result.passed, [m.zh for m in result.mismatches]
