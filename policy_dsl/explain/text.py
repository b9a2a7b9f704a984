"""An explanation as text for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from ..backends.formatting import day_text
from ..model.clause import Clause
from ..source import width
from .describe import Block, describe
from .explanation import Explanation


def _title(made: Explanation) -> str:
    return f"{made.policy}  {day_text(made.on)}"


def outline(made: Explanation, lang: str) -> Iterator[tuple[int, Block, bool]]:
    """(level, block, seen before): each root with what is under it; a step that stands above already is only named."""
    seen: set[str] = set()
    blocks: dict[str, Block] = {}
    clauses: set[Clause] = set()
    for root in made.roots:
        if root in seen:
            step = made.steps[root]
            if step.kind != "benefit":
                continue
        stack = [(0, root)]
        while stack:
            level, id_ = stack.pop()
            again = id_ in seen
            if id_ not in blocks:
                block = describe(made, made.steps[id_], lang)
                clause = made.steps[id_].clause
                if clause in clauses:  # a clause's gist is told once
                    block = block._replace(rows=tuple(r for r in block.rows if r.key != "gist"))
                if any(r.key == "gist" for r in block.rows):
                    clauses.add(clause)
                blocks[id_] = block
            yield level, blocks[id_], again
            if not again:
                seen.add(id_)
                stack.extend((level + 1, c) for c in reversed(made.steps[id_].children))


def ordered_roots(made: Explanation) -> Explanation:
    """Benefits first, then what is left: people look for the money."""
    roots = sorted(made.roots, key=lambda r: made.steps[r].kind != "benefit")
    return Explanation(made.policy, made.digest, made.interpretation, roots, made.steps)


def text(made: Explanation, lang: str) -> str:
    """Indented text: `name = value`, the reasons under it, then what they rest on."""
    see = "（见上）" if lang == "zh" else " (see above)"
    lines = [_title(made), ""]
    for level, block, again in outline(ordered_roots(made), lang):
        pad = "    " * level
        if level == 0 and lines[-1]:
            lines.append("")
        head = f"{pad}{block.head}"
        if again:
            lines.append(f"{head}{see}")
            continue
        lines.append(f"{head}  [{block.tag}]")
        labels = max((width(r.label) for r in block.rows), default=0)
        for row in block.rows:
            lines.append(f"{pad}  · {row.label}{' ' * (labels - width(row.label))}  {row.text}")
    rest = made.assumptions()
    if rest:
        lines += ["", "本决定依赖的假设：" if lang == "zh" else "assumptions that this decision rests on:"]
        lines += [f"  - {a}" for a in rest]
    return "\n".join(lines)


def escape(text_: str) -> str:
    """Markdown's own characters made plain."""
    for mark in "\\`*_{}[]<>#|":
        text_ = text_.replace(mark, "\\" + mark)
    return text_


def markdown(made: Explanation, lang: str) -> str:
    """Nested lists, one item a step."""
    see = "（见上）" if lang == "zh" else " (see above)"
    lines = [f"# {escape(_title(made))}", ""]
    for level, block, again in outline(ordered_roots(made), lang):
        pad = "    " * level
        head = f"{pad}- **{escape(block.head)}**"
        if again:
            lines.append(f"{head}{see}")
            continue
        lines.append(f"{head} · {escape(block.tag)}")
        lines += [
            f"{pad}    - {row.label}：{escape(row.text)}"
            if lang == "zh"
            else f"{pad}    - {row.label}: {escape(row.text)}"
            for row in block.rows
        ]
    rest = made.assumptions()
    if rest:
        lines += ["", "## 假设" if lang == "zh" else "## Assumptions", ""]
        lines += [f"- {escape(a)}" for a in rest]
    return "\n".join(lines)
