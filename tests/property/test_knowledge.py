"""What was known when: later knowledge changes nothing before it, and the law as known on a day is its text without what came later."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policy_dsl import Policy, PolicyError
from policy_dsl.backends.encoding import start_of
from policy_dsl.backends.entries import Entries
from policy_dsl.diagnostics.report import Report
from policy_dsl.ir.in_force import learned_days
from policy_dsl.ir.nodes import Program
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers
from policy_dsl.source import Source
from policy_dsl.syntax import nodes
from policy_dsl.syntax.parse import parse
from policy_dsl.syntax.printer.printer import text as printed

from .dice import Dice, Drawn, examples
from .histories import Story, stories, story
from .months import number, read
from .policies import Text, compiled
from .test_looking_back import without_state
from .test_timeline import dated, day, said, word

LATER = "2022-09-01"


# --- (b) what becomes known later


def told_later(dice: Dice, facts: Any, value: Any = None) -> Any:
    """The same history; some values get a correction that becomes known later, some leave later."""
    if dated(facts):
        row = dice.pick(facts)
        first = dice.pick(facts)
        since = dice.pick((word(row, "自", "from"), "2022-02-03", "2022-04"))
        return [*facts, {"自": since, "为": word(first, "为", "is"), "获知": LATER}]
    if isinstance(facts, dict):
        return {k: told_later(dice, v) if k not in ("上月", "previous", "已发") else v for k, v in facts.items()}
    return [told_later(dice, x) for x in facts] if isinstance(facts, (list, tuple)) else facts


def published_later(dice: Dice, text: Text) -> Text:
    """The same policy; some dated values get another one that is published later."""
    layers = []
    for name, items in text.layers:
        made = []
        for item in items:
            lines = item.split("\n")
            values = [x for x in lines if re.match(r"  自 \d\S* (公布 \S+ )?为 ", x)]
            if values and dice.chance(60):
                result = re.sub(r" (公布|依据|假设) .*", "", dice.pick(values).split(" 为 ", 1)[1])
                start = dice.pick(("2021-11-11", "2022-02-22", "2022-03"))
                at = lines.index(values[-1]) + 1
                lines.insert(at, f"  自 {start} 公布 {LATER} 为 {result}")
            made.append("\n".join(lines))
        layers.append((name, tuple(made)))
    return Text(tuple(layers))


@settings(max_examples=examples(80))
@given(st.data())
def test_later_knowledge_changes_nothing_before_it(data: st.DataObject) -> None:
    """Spells and publications that become known after a day leave what is due as known on it, and what is owed, as they were."""
    dice: Dice = Drawn(data.draw)  # type: ignore[arg-type]
    made = story(dice, change=50)
    assume(made is not None)
    assert made is not None
    unchanged(dice, made)


def unchanged(dice: Dice, made: Story) -> None:
    later = published_later(dice, made.text)
    program, _ = compiled(later)
    history = told_later(dice, made.history)
    if program is None or (later == made.text and history == made.history):
        return
    for as_known in ("2022-03-31", "2022-07-31", "2022-08-31"):
        try:
            wanted = Policy(made.program).timeline(made.history, start=made.start, end=made.end, as_known=as_known)
            again = Policy(program).timeline(history, start=made.start, end=made.end, as_known=as_known)
        except PolicyError:
            return
        assert [said(m.decision) for m in again.months] == [said(m.decision) for m in wanted.months], as_known
        assert [said(m.paid) for m in again.months] == [said(m.paid) for m in wanted.months], as_known
        assert [a[:7] for a in again.arrears] == [a[:7] for a in wanted.arrears], as_known


# --- (g) the text as it was


def learned(dates: nodes.Dates) -> int:
    return day(dates.published or dates.since)


def kept(body: tuple[nodes.Line, ...], known: int) -> tuple[nodes.Line, ...]:
    """The lines that were known; a table without its later columns."""
    out: list[nodes.Line] = []
    for line in body:
        if isinstance(line, nodes.Dated):
            inner = kept(line.lines, known)
            if learned(line.dates) <= known and inner:
                out.append(attrs.evolve(line, lines=inner))
        elif isinstance(line, nodes.Table):
            left = [n for n, c in enumerate(line.columns) if c.dates is None or learned(c.dates) <= known]
            if any(line.columns[n].kind != "condition" for n in left):
                rows = tuple(attrs.evolve(r, cells=tuple(r.cells[n] for n in left)) for r in line.rows)
                out.append(attrs.evolve(line, columns=tuple(line.columns[n] for n in left), rows=rows))
        else:
            out.append(line)
    return tuple(out)


def as_it_was(made: Story, known: int) -> Program | None:
    """The policy made of its text without what became known after a day; None where that is no policy."""
    files = []
    for layer in made.text.files():
        texts = []
        for file in layer.files:
            tree = parse(Source(file.name, file.text), Report())
            items: list[nodes.Item] = []
            for item in tree.items:
                dates = getattr(item, "dates", None)
                if dates is not None and learned(dates) > known:
                    return None
                if isinstance(item, (nodes.Rule, nodes.Parameter, nodes.Status, nodes.Amendment)):
                    body = kept(item.body, known)
                    if not body and item.body:
                        return None
                    item = attrs.evolve(item, body=body)
                items.append(item)
            texts.append(
                PolicyFile(
                    Path(file.name),
                    file.name,
                    printed(nodes.File(tuple(items), span=tree.span)),
                    file.policy,
                    file.extends,
                    2,
                )
            )
        files.append(LayerFiles(layer.policy, tuple(texts)))
    return compile_layers(files, Report())


@settings(max_examples=examples(80))
@given(stories())
def test_the_law_as_known_is_its_text_as_it_was(made: Story) -> None:
    """On every day of learning: deciding with what was known is deciding by the text without what became known later."""
    history = read(made._replace(history=without_state(made.history)))
    assume(history is not None)
    assert history is not None
    policy = Policy(made.program)
    for known in learned_days(made.program)[-3:]:
        before = as_it_was(made, known)
        if before is None:
            continue
        older = Policy(before)
        for month in (number(made.start), number(made.end), 20230401, 20240301):
            data = history.data(month, None)
            if data is None:
                continue
            now = policy.decide_data(history.root, data, on=month, known=known)
            then = older.decide_data(history.root, fitted(data, policy, older, history.root), on=month)
            assert outputs(now) == outputs(then), (known, month)


def fitted(data: tuple[Any, ...], policy: Policy, older: Policy, name: str) -> tuple[Any, ...]:
    """The data for the older policy, which may carry less: as before its first month."""
    entity = next(e for e in policy.program.entities if e.name == name)
    other = next(e for e in older.program.entities if e.name == name)
    first = len(entity.facts)
    lists = []
    for i, m in enumerate(entity.lists, first):
        inner = [fitted(x, policy, older, m.entity) for x in data[i]]
        lists.append(Entries(inner, data[i].numbers) if isinstance(data[i], Entries) else tuple(inner))
    return (*data[:first], *lists, data[first + len(lists)], *start_of(other))


def outputs(decision: Any) -> dict[str, object]:
    return {path: (o.state, o.value) for path, o in decision.outputs.items()}
