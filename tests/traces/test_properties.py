"""Laws of explanations, on random households of the traces' county and on the examples of every shipped policy."""

from __future__ import annotations

import datetime
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

import policy_dsl
from policy_dsl.backends.entries import Instance
from policy_dsl.backends.formatting import day_text, value_text
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.backends.runtime import NOTHING, add_months
from policy_dsl.backends.values import Value, known
from policy_dsl.examples.run import timeline_of
from policy_dsl.explain.describe import describe
from policy_dsl.explain.explanation import Explanation, Step
from policy_dsl.explain.formula import MOST_ENTRIES
from policy_dsl.explain.leaves import key_name
from policy_dsl.facts.read import Reader
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.traverse import walk
from policy_dsl.library import shipped

HERE = Path(__file__).parent
EXPLAIN = Path(policy_dsl.__file__).parent / "explain"


@lru_cache
def county() -> policy_dsl.Policy:
    return policy_dsl.load(HERE / "county.policy")


@lru_cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """A validator for one of the two published schemas, the other within reach."""
    schemas = {
        n: json.loads((EXPLAIN / n).read_text(encoding="utf-8")) for n in ("schema.json", "decision.schema.json")
    }
    registry: Registry[Any] = Registry().with_resources(
        [(s["$id"], Resource.from_contents(s)) for s in schemas.values()]
    )
    jsonschema.Draft202012Validator.check_schema(schemas[name])
    return jsonschema.Draft202012Validator(
        schemas[name], registry=registry, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


# --- cases


def perhaps(given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A fact, or now and then an unknown one."""
    return st.one_of(given, given, given, given, st.none())


person = st.fixed_dictionaries(
    {
        "出生日期": perhaps(st.dates().map(lambda d: f"{1930 + d.year % 90}-{d.month:02d}-{min(d.day, 28):02d}")),
        "月收入": perhaps(st.sampled_from([0, 100, 420, 439, 500, 640, 658, 800, 3000]).map(int)),
        "重病": perhaps(st.booleans()),
    },
    optional={
        "姓名": st.sampled_from(["甲", "乙", "<b>&amp;", '"丙"']),
        "残疾等级": st.sampled_from(["无", "四级", "三级", "二级", "一级"]),
        "在校": st.booleans(),
    },
)
household = st.fixed_dictionaries(
    {
        "户籍": perhaps(st.sampled_from(["城市", "农村"])),
        "财产": st.sampled_from([0, 10, 12, 15, 30, 31]),
        "类别": perhaps(st.sampled_from(["一类", "二类", "三类"])),
        "成员": st.lists(person, min_size=1, max_size=3),
    },
    optional={"自费治疗": st.sampled_from([0, 3000, 9000, 100000])},
).map(lambda facts: {"家庭": facts})
days = st.sampled_from(["2020-06", "2021-06", "2022-02", "2022-08", "2023-03"])


MOST_EXAMPLES = 24  # of the shipped policies: the laws are the same for all, and a build must stay short


def decisions_of_examples() -> list[tuple[str, policy_dsl.Decision]]:
    """Examples of the shipped policies, decided: spread evenly over them where there are many."""
    out = []
    for name in sorted({str(p) for p in shipped().values()}):
        policy = policy_dsl.load(Path(name))
        for example in policy.program.examples:
            if example.policy == policy.name and example.history:
                months = [m for m in timeline_of(policy, example) if m.decision is not None]
                moved = [m for m in months if m.first or m is months[-1] or m.changes]
                out += [(f"{policy.name}: {example.title} {m.month}", m.decision) for m in moved if m.decision]
            elif example.policy == policy.name:
                root, data = Reader(policy.program, lenient=True).read(example.facts)
                out.append((f"{policy.name}: {example.title}", policy.decide_data(root, data, on=example.on)))
    return out[:: len(out) // MOST_EXAMPLES + 1]


# --- the laws


def behind(law: int) -> str:
    """What an id says where another day's law gives the value."""
    return f" 于 {day_text(law)}" if law else ""


class OnlyChildren(Interpretation):
    """Evaluates a step's formulas with the values of its children at hand, and no others."""

    def __init__(self, made: Explanation, step: Step) -> None:
        by = made.seen_from(step)
        super().__init__(by.epoch, made.on, by.root)
        self.made = made
        self.behind = behind(step.law)
        self.children = {id_: made.steps[id_] for id_ in step.children}

    def child(self, id_: str) -> Value:
        assert id_ in self.children, f"{id_} is used and is no child"
        return self.children[id_].value

    def fact(self, node: ir.FactRef, at: Instance | None) -> Value:
        here = self.up(at, node.up) if at else None
        return super().fact(node, at) if here is None else self.child(f"{here.path}.{node.name}")

    def carried(self, node: ir.CarriedRef, at: Instance | None) -> Value:
        here = self.up(at, node.up) if at else None
        if here is None or here.carried[node.name] is NOTHING:
            return super().carried(node, at)
        return self.child(f"{here.path}.上月.{node.name}")

    def months(self, entry: Instance, node: ir.Window) -> list[Any]:
        values, first = super().months(entry, node), self.on // 100 * 100 + 1
        names = [day_text(add_months(first, n - len(values)))[:7] for n in range(len(values))]
        return [self.child(f"{entry.path}.上月.{node.name}.{name}") for name in names]

    def parameter(self, node: ir.ParameterRef, at: Instance | None) -> Value:
        keys = [self.evaluate(k, at) for k in node.keys]
        shown = [key_name(v, k.type) for k, v in zip(node.keys, keys, strict=True)]
        name = node.name + (f"({', '.join(shown)})" if shown else "")
        return self.child((f"参数 下限({name})" if node.floor else f"参数 {name}") + self.behind)

    def as_of(self, node: ir.AsOf, at: Instance | None) -> Value:
        day = self.evaluate(node.day, at)
        if not known(day):
            return super().as_of(node, at)
        keys = node.value.keys if isinstance(node.value, ir.ParameterRef) else ()
        written = tuple(ir.Constant(self.evaluate(k, at), k.type, k.place) for k in keys)
        value = node.value._replace(keys=written) if isinstance(node.value, ir.ParameterRef) else node.value
        there, self.behind = self.behind, behind(day)
        try:
            return self.evaluate(value, at)
        finally:
            self.behind = there

    def evaluate(self, node: ir.Expression | None, at: Instance | None) -> Value:
        if isinstance(node, ir.RuleRef):
            here = self.up(at, node.up) if at else None
            if here is not None:
                return self.child(f"{here.path}.{node.name}{self.behind}")
        return super().evaluate(node, at)


def recomputes(made: Explanation, step: Step) -> None:
    """The lines that applied give the step's value again, from its children alone; so do the reasons of those that did not."""
    again = OnlyChildren(made, step)
    for considered in (*step.applied, *step.considered):
        for part in considered.reasons:
            assert again.evaluate(part.formula, step.at) == part.holds
    if step.formula is not None and not step.missing:
        assert again.evaluate(step.formula, again.root) == step.value
    if not known(step.value) or not step.applied:
        return
    for considered in step.applied:
        assert all(part.holds is True for part in considered.parts)
    results: list[Any] = [again.evaluate(c.line.result, step.at) for c in step.applied]
    if step.mode == "sum" and step.applied[0].line.kind not in ("exception", "otherwise"):
        assert sum(results) == step.value
    else:
        assert all(r == step.value for r in results)
    if step.given_up is not None and not step.given_up_lines:  # 原值: a step of its own
        (below,) = (s for s in (made.steps[c] for c in step.children) if (s.kind, s.name) == ("displaced", step.name))
        assert below.value == step.given_up
    elif step.given_up is not None:
        lost: list[Any] = [again.evaluate(x.result, step.at) for x in step.given_up_lines]
        assert (sum(lost) if step.mode == "sum" else lost[0]) == step.given_up


def direct(node: ir.Expression) -> list[ir.Expression]:
    """What has its value in the formula's numbers: look-backs as a whole, and references but for those inside an aggregate or a window,
    whose entries and months are listed."""
    if isinstance(node, (ir.Aggregate, ir.Window)):
        return []
    if isinstance(node, (ir.FactRef, ir.RuleRef, ir.ParameterRef, ir.Past, ir.AsOf)):
        return [node]
    whole = (ir.Past, ir.AsOf)
    inner = [x for x in walk(node) if isinstance(x, (ir.Aggregate, ir.Window, *whole))]
    hidden = {id(y) for x in inner for y in walk(x) if y is not x or not isinstance(x, whole)} | {
        id(k) for x in walk(node) if isinstance(x, ir.ParameterRef) for k in x.keys
    }
    return [
        x
        for x in walk(node)
        if isinstance(x, (ir.FactRef, ir.RuleRef, ir.ParameterRef, ir.Past)) and id(x) not in hidden
    ]


def numbers_are_filled_in(made: Explanation, step: Step, told: dict[str, Any]) -> None:
    """The numbers of a line's formula hold the value of everything that it names, those of a list's entries too."""
    by = made.seen_from(step)
    for considered, line in zip(step.applied, told.get("applied", []), strict=True):
        for node in direct(considered.line.result):
            value = by.evaluate(node, step.at)
            if known(value):
                assert value_text(value, node.type, "zh") in line["formula"]["numbers"]
        for node in walk(considered.line.result):
            if not isinstance(node, ir.Aggregate) or node.value is None or node.function in ("count", "repeats"):
                continue
            entries = by.entries(node, step.at)
            for entry in entries[:MOST_ENTRIES] if isinstance(entries, list) else []:
                value = by.evaluate(node.value, entry)
                holds = node.where is None or by.evaluate(node.where, entry) is True
                if holds and known(value):
                    assert value_text(value, node.value.type, "zh") in line["formula"]["numbers"]


def assumptions_are_named(made: Explanation, text: str) -> None:
    """Whatever a used line, its rule or a used parameter assumes stands in its step and at the end of the page."""
    rules = {(r.entity, r.name): r for r in made.interpretation.program.rules}
    for step in made.steps.values():
        wanted = [a for c in step.applied for a in c.line.assumptions]
        if step.kind in ("rule", "benefit"):
            wanted += rules[step.entity, step.name].assumptions
        for assumption in wanted:
            assert assumption in step.assumptions
            assert assumption in made.assumptions()
            assert f"  - {assumption}" in text


TEXTS = {"text", "names", "numbers", "message", "conversions", "roundings", "left_out", "default_lists", "displaced"}
TEXTS |= {"lang", "calendar"}


def skeleton(value: Any, key: str = "") -> Any:
    """What is left of an explanation's JSON when the texts in a language are taken out."""
    if key in TEXTS:
        return len(value) if isinstance(value, list) else type(value).__name__
    if isinstance(value, dict):
        return {k: skeleton(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [skeleton(v, key) for v in value]
    return value


def page_is_whole(page: str) -> None:
    """The page is well-formed, runs nothing and loads nothing."""
    tree = ElementTree.fromstring(page.removeprefix("<!doctype html>\n"))
    tags = {e.tag for e in tree.iter()}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    ids = {e.get("id") for e in tree.iter() if e.get("id")}
    for element in tree.iter():
        assert not any(k.startswith("on") or k in ("src", "srcset", "style", "action") for k in element.attrib)
        if element.get("href") is not None:
            assert element.get("href", "").removeprefix("#") in ids
    style = "".join(e.text or "" for e in tree.iter("style"))
    assert not re.search(r"url\(|@import|https?:|expression\(", style)


def laws(decision: policy_dsl.Decision) -> None:
    """All of them, for the whole decision."""
    made = decision.explain()
    told: dict[str, Any] = {lang: made.to_json(lang) for lang in ("zh", "en")}
    for path in decision:
        entry, name, _ = decision.paths[path]
        assert made.steps[path].value == entry.values[name]
    for step in made.steps.values():
        recomputes(made, step)
        numbers_are_filled_in(made, step, told["zh"]["steps"][step.id])
        assert set(step.children) <= set(made.steps)
        rows = {lang: [r.key for r in describe(made, step, lang).rows] for lang in ("zh", "en")}
        assert rows["zh"] == rows["en"]
    assumptions_are_named(made, made.text())
    assert skeleton(told["zh"]) == skeleton(told["en"])
    for lang in ("zh", "en"):
        page_is_whole(made.html(lang))
    whole = decision.to_json()
    assert whole["explanation"] == told["zh"]
    validator("decision.schema.json").validate(whole)  # its explanation too; English has the same structure


@settings(max_examples=60)
@given(household, days)
def test_laws_on_random_households(facts: dict[str, Any], on: str) -> None:
    """Unknown facts, errors, missing parameters, several layers: every step recomputes from its children, in both languages."""
    laws(county().decide(facts, on=on))


some_days = st.one_of(
    st.sampled_from(["2022-10-19", "2022-10-20", "2022-06-30", "2021-07-01", "2021-06-30", "2003-12-31", "2098-01-01"]),
    st.dates(datetime.date(2021, 1, 1), datetime.date(2023, 12, 31)).map(str),
)
application = st.fixed_dictionaries(
    {
        "地区": perhaps(st.sampled_from(["城市", "农村"])),
        "受理日期": perhaps(some_days),
        "公示起": perhaps(some_days),
        "成员": st.lists(
            st.fixed_dictionaries({"月收入": perhaps(st.sampled_from([0, 450, 550, 700]))}), min_size=1, max_size=2
        ),
    },
    optional={"已下放": perhaps(st.booleans()), "特殊情形": st.booleans()},
).map(lambda facts: {"家庭": facts})


@settings(max_examples=60)
@given(application, st.sampled_from(["2021-03", "2022-08", "2022-11", "2023-03"]))
def test_laws_on_random_applications(facts: dict[str, Any], on: str) -> None:
    """Deadlines in working days and the law of other days, known, unknown and out of the calendar."""
    laws(policy_dsl.load(HERE / "deadlines.policy").decide(facts, on=on))


@pytest.mark.parametrize(("title", "decision"), [pytest.param(t, d, id=t) for t, d in decisions_of_examples()])
def test_laws_on_shipped_examples(title: str, decision: policy_dsl.Decision) -> None:
    """The same on the examples of the real policies."""
    laws(decision)


def test_schema_of_the_short_forms() -> None:
    """A decision without its explanation, and an English explanation, are as the schemas say."""
    facts = {"家庭": {"户籍": "农村", "财产": 2, "类别": "一类", "成员": [{"出生日期": "1950-05-02", "月收入": 0}]}}
    decision = county().decide(facts, on="2022-08")
    validator("decision.schema.json").validate(decision.to_json(explanation=False))
    validator("schema.json").validate(decision.explain("保障金").to_json("en"))


@pytest.mark.parametrize("broken", [{"roots": 1}, {"steps": {"x": {}}}, {"extra": 1}])
def test_schema_refuses_what_is_wrong(broken: dict[str, object]) -> None:
    """The schema is no rubber stamp."""
    facts = {"家庭": {"户籍": "农村", "财产": 2, "成员": [{"出生日期": "1950-05-02", "月收入": 0}]}}
    told = county().decide(facts, on="2022-08").explain().to_json()
    validator("schema.json").validate(told)
    with pytest.raises(jsonschema.ValidationError):
        validator("schema.json").validate(told | broken)


def test_names_cannot_become_markup() -> None:
    """A member's name is text, whatever it holds."""
    name = '</b><script>alert("1")</script>&'
    facts = {"家庭": {"户籍": "农村", "财产": 2, "成员": [{"姓名": name, "出生日期": "1950-05-02", "月收入": 0}]}}
    made = county().decide(facts, on="2022-08").explain()
    assert "<script" not in made.html()
    assert "<script" not in made._repr_html_()
    assert name in "".join(ElementTree.fromstring(made.html().removeprefix("<!doctype html>\n")).itertext())


BRIDGE = Path(policy_dsl.__file__).parents[1] / "examples"


def months_of_bridge() -> list[tuple[str, policy_dsl.Decision]]:
    """A history with a gradual exit, a raise and a leaving that became known late: each month as due and as paid."""
    history = json.loads((BRIDGE / "bridge-history.json").read_text(encoding="utf-8"))
    made = policy_dsl.load(BRIDGE / "bridge.policy").timeline(history, start="2021-12", end="2022-12")
    out = []
    for month in made:
        out += [(f"{month.month} due", month.decision)] if month.decision else []
        out += [(f"{month.month} paid", month.paid)] if month.paid and month.paid is not month.decision else []
    return out


@pytest.mark.parametrize(("title", "decision"), [pytest.param(t, d, id=t) for t, d in months_of_bridge()])
def test_laws_on_months(title: str, decision: policy_dsl.Decision) -> None:
    """What came over from earlier months is a child like any other: a month's steps recompute without the months before."""
    laws(decision)
