"""Laws of timelines on generated policies and histories: how a run is made, written down, cut into months and looked at."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policy_dsl import Policy, PolicyError
from policy_dsl.backends.epoch import Epoch
from policy_dsl.backends.formatting import day_text, json_amount, json_value
from policy_dsl.backends.runtime import NOTHING, Unknown, add_months
from policy_dsl.backends.values import Failure, known
from policy_dsl.decision import Decision
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.in_force import change_days
from policy_dsl.ir.traverse import formulas, walk
from policy_dsl.timeline.history import first_month
from policy_dsl.timeline.months import months_between

from .dice import Drawn, examples
from .histories import Story, stories, story
from .months import number
from .policies import Text, compiled


def said(decision: Decision | None) -> object:
    """A decision for comparing: every value, errors by code and words, without places in the text."""
    if decision is None:
        return None
    out: dict[str, object] = {}
    for entry in decision.instance.all():
        for name, value in entry.values.items():
            out[f"{entry.path}.{name}"] = (
                value[:2] if isinstance(value, Failure) else "nothing" if value is NOTHING else value
            )
    return out


def run(made: Story, policy: Policy, as_known: str | None = None) -> list[object]:
    months = policy.timeline(made.history, start=made.start, end=made.end, as_known=as_known).months
    return [said(m.decision) for m in months]


def legal(made: Story) -> bool:
    try:
        Policy(made.program).timeline(made.history, start=made.start, end=made.end)
    except PolicyError:
        return False
    return True


# --- (a) a month's facts, told apart from the reader of histories


def word(row: dict[str, Any], zh: str, en: str) -> Any:
    return row.get(zh, row.get(en))


def day(text: str) -> int:
    return int((text if len(text) == 10 else f"{text}-01").replace("-", ""))


def current(rows: list[dict[str, Any]], month: int) -> dict[str, Any] | None:
    """Of the values that began: the one known last, then the one with the later 自; one that is over is none beside its next."""
    begun = [r for r in rows if first_month(day(word(r, "自", "from"))) <= month]

    def followed(row: dict[str, Any]) -> bool:
        since, until = day(word(row, "自", "from")), word(row, "至", "to")
        if until is None or month // 100 <= day(until) // 100:
            return False
        nexts = [x for x in (day(word(r, "自", "from")) for r in begun) if x > since]
        return any(first_month(x) // 100 > day(until) // 100 for x in nexts)

    begun = [r for r in begun if not followed(r)]

    def rank(row: dict[str, Any]) -> tuple[int, int]:
        since = word(row, "自", "from")
        return day(word(row, "获知", "known") or since), day(since)

    return max(begun, key=rank) if begun else None


def dated(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and bool({"为", "is"} & {*value[0]})


def there(entry: dict[str, Any], month: int, name: str = "") -> bool:
    """Where all its facts are dated, after the first of them, or of those of whom it holds; and 在列 begins and ends as written."""
    given_ = [v for k, v in entry.items() if k not in (*NOT_FACTS, name)]  # the text that names it is no fact of it
    own = [v for v in given_ if dated(v) or (v is not None and not isinstance(v, (list, tuple, dict)))]
    if own and all(dated(v) for v in own) and not begun(entry, month):
        return False
    rows = word(entry, "在列", "present")
    if not isinstance(rows, list):
        return rows is not False
    row = current(rows, month)
    if row is None:
        first = min(
            rows, key=lambda r: (day(word(r, "自", "from")), day(word(r, "获知", "known") or word(r, "自", "from")))
        )
        return word(first, "为", "is") is False
    until = word(row, "至", "to")
    return word(row, "为", "is") is (until is None or month <= day(until) // 100 * 100 + 1)


NOT_FACTS = ("在列", "present", "已发", "上月", "previous")


def names_of(program: ir.Program) -> dict[str, str]:
    """Entity → the text fact that names it."""
    return {e.name: next((f.name for f in e.facts if f.type.kind == "text"), "") for e in program.entities}


def facts_in(entry: dict[str, Any]) -> list[Any]:
    return [v for k, v in entry.items() if k not in ("在列", "present", "已发")]


def begun(entry: dict[str, Any], month: int) -> bool:
    """Whether a dated fact of the entry or of one that it holds has begun."""
    values = facts_in(entry)
    if any(dated(v) and current(v, month) for v in values):
        return True
    held = [x for v in values if isinstance(v, (list, tuple)) and not dated(v) for x in v if isinstance(x, dict)]
    return any(any(dated(v) for v in facts_in(x)) and begun(x, month) for x in held)


def facts_of(
    entry: dict[str, Any],
    month: int,
    defaults: dict[str, set[str]],
    name: str,
    lists: dict[Any, str],
    named: dict[str, str],
) -> Any:
    """An entry's facts in a month, as `decide` takes them."""
    made: dict[str, Any] = {}
    for key, value in entry.items():
        if key in ("在列", "present", "已发"):
            continue
        if dated(value):
            row = current(value, month)
            if row is None:
                if key not in defaults[name]:
                    made[key] = None
                continue
            until = word(row, "至", "to")
            made[key] = None if until and month > day(until) // 100 * 100 + 1 else word(row, "为", "is")
        elif (name, key) in lists and isinstance(value, (list, tuple)):
            inner = lists[name, key]
            made[key] = [
                facts_of(x, month, defaults, inner, lists, named) if there(x, month, named[inner]) else {"在列": False}
                for x in value
            ]
        else:
            made[key] = value
    return made


@settings(max_examples=examples(60))
@given(stories(size=0))
def test_deciding_month_by_month_is_the_timeline(made: Story) -> None:
    """`decide` with the month's own facts and `previous=` gives what the timeline gives, over months in which nobody is there."""
    assume(legal(made))
    policy = Policy(made.program)
    defaults = {e.name: {f.name for f in e.facts if f.has_default} for e in made.program.entities}
    lists = {(e.name, m.name): m.entity for e in made.program.entities for m in e.lists}
    root = next(iter(made.history))
    before: Decision | None = None
    absent = 0
    for month in policy.timeline(made.history, start=made.start, end=made.end):
        on = number(month.month)
        decision: Decision | None = None
        if there(made.history[root], on, names_of(made.program)[root]):
            facts = {root: facts_of(made.history[root], on, defaults, root, lists, names_of(made.program))}
            try:
                decision = policy.decide(facts, on=month.month, previous=before, months_absent=absent)
            except PolicyError as error:  # fewer are left in a list than it must have
                codes = {d.code for d in error.diagnostics}
                if codes == {"F0233"}:  # a name or a 不变 fact that the history dates: alone it is somebody else's
                    return
                assert codes == {"F0111"}
        assert said(decision) == said(month.decision), month.month
        before, absent = (before, absent + (before is not None)) if decision is None else (decision, 0)


def handed(decision: Decision) -> dict[str, dict[str, Any]] | None:
    """上月 of every entry in the contract's form, built from a first month's values; None where something was not known."""
    out: dict[str, dict[str, Any]] = {}
    for entry in decision.instance.all():
        made = out.setdefault(entry.path, {})
        for c in entry.entity.carried:
            value = entry.values.get(c.of) if c.source == "rule" else entry.facts[c.of]
            if isinstance(value, Unknown) or not known(value):
                return None
            if c.source == "fact" and c.type.is_amount:
                value = decision_step(decision, entry.entity.name, c.of) * value
            told = json_amount(value, c.type)["value"] if c.type.is_amount else json_value(value, c.type)
            told = [told] if c.kind == "window" else told
            if len(c.given) == 1:
                made[c.given[0]] = told
            else:
                made.setdefault(c.given[0], {})[c.given[1]] = told
    return out


def decision_step(decision: Decision, entity: str, name: str) -> Any:
    from policy_dsl.backends.interpret.interpretation import Interpretation

    return Interpretation(decision.epoch, decision.day, decision.instance).steps[entity, name]


def with_state(entry: Any, path: str, before: dict[str, dict[str, Any]], lists: dict[Any, str], name: str) -> Any:
    made = {k: v for k, v in entry.items() if k not in ("上月", "previous")}
    for key, value in entry.items():
        if (name, key) in lists:
            inner = lists[name, key]
            made[key] = [with_state(x, f"{path}.{key}[{n}]", before, lists, inner) for n, x in enumerate(value)]
    if before.get(path):
        made["上月"] = before[path]
    return made


@settings(max_examples=examples(60))
@given(stories(size=0, unknown=0, change=0))
def test_last_month_may_be_given_as_json(made: Story) -> None:
    """What a decision gives, written under 上月 as JSON, leads to the same next month as the decision itself."""
    assume(legal(made))
    policy = Policy(made.program)
    root = next(iter(made.history))
    lists = {(e.name, m.name): m.entity for e in made.program.entities for m in e.lists}
    defaults = {e.name: {f.name for f in e.facts if f.has_default} for e in made.program.entities}
    facts = {root: facts_of(made.history[root], number(made.start), defaults, root, lists, names_of(made.program))}
    given_ = json.dumps(facts, default=str, ensure_ascii=False)
    assume(not any(word in given_ for word in ("在列", "上月", "previous")))
    first = policy.decide(facts, on=made.start)
    following = day_text(add_months(number(made.start), 1))
    before = handed(first)
    assume(before is not None and any(before.values()))
    assert before is not None
    second = policy.decide(facts, on=following, previous=first)
    again = policy.decide({root: with_state(facts[root], root, before, lists, root)}, on=following)
    assert said(again) == said(second)


PLAIN = "政策 甲\n对象 家庭 : 户\n  数 : 整数, 0..99\n规则 家庭 得 : 整数\n  为 数\n"


@st.composite
def corrected(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Values one after another, with ends, and corrections of them known later, which may end, too."""
    months = [f"2022-0{n}" for n in range(1, 7)]
    starts = sorted(draw(st.sets(st.sampled_from(months), min_size=1, max_size=4)))
    rows: list[dict[str, Any]] = []
    for since, following in zip(starts, [*starts[1:], "2022-09"], strict=True):
        ends = [m for m in months if since <= m < following]
        rows.append({"自": since, "为": len(rows), "至": draw(st.sampled_from([None, None, None, *ends]))})
    for heard in draw(st.lists(st.sampled_from(("2022-07-05", "2022-08-05", "2022-09-05")), max_size=3, unique=True)):
        since = draw(st.sampled_from(months))
        ends = [m for m in months if m >= since]
        rows.append({"自": since, "为": len(rows), "至": draw(st.sampled_from([None, *ends])), "获知": heard})
    return rows


@settings(max_examples=examples(60))
@given(corrected(), st.sampled_from((None, "2022-08-20")))
def test_what_counts_of_values_corrected_late(rows: list[dict[str, Any]], known: str | None) -> None:
    program, _ = compiled(Text((("甲", (PLAIN,)),)))
    assert program is not None
    told = [{k: v for k, v in row.items() if v is not None} for row in rows]
    made = Policy(program).timeline({"家庭": {"数": told}}, start="2022-01", end="2022-08", as_known=known)
    told = [row for row in told if known is None or row.get("获知", "") <= known]
    for month in made.months:
        row = current(told, number(month.month))
        over = row is None or number(month.month) > day(row.get("至", "9999-12"))
        outcome = None if month.decision is None else month.decision["家庭.得"]
        assert outcome == (None if over or row is None else row["为"])


# --- (c), (d), (e): what changes nothing


def published_at_once(text: Text) -> Text:
    """The same policy, everything published when it comes into force."""
    kept = [
        (n, tuple("\n".join(x for x in i.split("\n") if "公布 2022-07-08" not in x) for i in items))
        for n, items in text.layers
    ]
    return Text(tuple((n, tuple(re.sub(r" 公布 [0-9-]+", "", i) for i in items)) for n, items in kept))


@settings(max_examples=examples(40))
@given(stories(late=0))
def test_nothing_is_owed_where_nothing_was_learned_late(made: Story) -> None:
    """Deciding again with what was known on the pay day gives what was paid, whatever day is asked for later.

    The law of a later day (于) becomes known when it begins.
    """
    program, _ = compiled(published_at_once(made.text))
    assume(program is not None and "已发" not in str(made.history) and "获知" not in str(made.history))
    assert program is not None
    assume(not any(isinstance(x, ir.AsOf) for r in program.rules for f in formulas(r) for x in walk(f)))
    policy = Policy(program)
    for as_known in (None, "2023-12-31"):
        try:
            timeline = policy.timeline(made.history, start=made.start, end=made.end, as_known=as_known)
        except PolicyError:
            return
        assert timeline.arrears == []
        assert [said(m.paid) for m in timeline.months] == [said(m.decision) for m in timeline.months]


@settings(max_examples=examples(40))
@given(st.data())
def test_order_and_an_idle_layer_change_nothing(data: st.DataObject) -> None:
    """Neither the order of declarations nor a layer that amends nothing changes a timeline or what is owed."""
    dice = Drawn(data.draw)
    made = story(dice)
    assume(made is not None and legal(made))
    assert made is not None
    name = made.text.layers[-1][0]
    idle = Text((*made.text.layers, ("空", (f"政策 空\n  上级 {name}",))))
    days = "\n".join(x for x in made.text.layers[0][1][0].split("\n") if "发放日" in x)
    assert bool(days) == bool(made.program.payday)
    wanted = Policy(made.program).timeline(made.history, start=made.start, end=made.end)
    for text, order in ((made.text, dice.shuffled), (idle, list)):
        program, report = compiled(text, order)
        assert program is not None, [d.zh for d in report.items]
        again = Policy(program).timeline(made.history, start=made.start, end=made.end)
        assert [said(m.decision) for m in again.months] == [said(m.decision) for m in wanted.months]
        assert [a[:7] for a in again.arrears] == [a[:7] for a in wanted.arrears]


# --- (g): knowing everything


@settings(max_examples=examples(40))
@given(stories())
def test_knowing_up_to_the_last_day_is_knowing_all(made: Story) -> None:
    """On every day the law as known on 9999-12-31 is the law."""
    for on in (20200101, *change_days(made.program), 20300101):
        everything, plain = Epoch(made.program, on, None, 99991231), Epoch(made.program, on)
        assert everything.rules == plain.rules, on
        assert everything.parameters == plain.parameters, on
        assert everything.formula_key() == plain.formula_key(), on


# --- (i): every history comes to an end


@settings(max_examples=examples(150))
@given(stories(odd=15))
def test_a_timeline_is_total(made: Story) -> None:
    """Whatever a history says, it is refused with a diagnosis, or run, shown and written in every form."""
    policy = Policy(made.program)
    for as_known in (None, "2022-03-31"):
        try:
            timeline = policy.timeline(made.history, start=made.start, end=made.end, as_known=as_known)
        except PolicyError as error:
            assert all(d.zh and d.en for d in error.diagnostics)  # noqa: PT017
            continue
        for lang in ("zh", "en"):
            json.dumps(timeline.to_json(lang), ensure_ascii=False)
            assert all(form(lang) for form in (timeline.text, timeline.markdown, timeline.html, timeline.svg))
        for arrear in timeline.arrears:
            timeline.settled(timeline.months[-1].month, arrear.benefit)
            timeline.paid(arrear.month, arrear.benefit)
        months = months_between(number(made.start), number(made.end))
        assert [m.month for m in timeline.months] == [day_text(m)[:7] for m in months]
