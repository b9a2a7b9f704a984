"""An explanation as one self-contained HTML page: no script, nothing loaded from elsewhere, readable on paper."""

from __future__ import annotations

import html as escape_
from collections.abc import Iterator

from ..backends.formatting import day_text
from .describe import Block
from .explanation import Explanation
from .text import ordered_roots, outline

OPEN_LEVELS = 2  # steps that stand open when the page is first seen

# Every rule is scoped to .policy-explanation, so that a fragment changes nothing else in a notebook.
_STYLE = """
.policy-explanation{font:15px/1.6 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei","WenQuanYi Micro Hei",sans-serif}
.policy-explanation details{margin:.35rem 0 .35rem 1rem;border-left:3px solid #d0d7de;padding-left:.8rem}
.policy-explanation>details{margin-left:0}
.policy-explanation details.benefit{border-color:#0b5394}
.policy-explanation details.undetermined{border-color:#b58105}
.policy-explanation details.error{border-color:#b3261e}
.policy-explanation summary{cursor:pointer}
.policy-explanation summary b{font-variant-numeric:tabular-nums}
.policy-explanation .tag{opacity:.7;font-size:.85em;margin-left:.6em}
.policy-explanation dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;margin:.2rem 0 .4rem}
.policy-explanation dt{opacity:.7}
.policy-explanation dd{margin:0;overflow-wrap:anywhere}
.policy-explanation dd.numbers{font-variant-numeric:tabular-nums}
.policy-explanation dd.not_applied,.policy-explanation dd.not_taken{opacity:.75}
.policy-explanation :is(.assumption,.default,.decided_by,.missing,.waits,.open){background:#b5810522}
.policy-explanation :is(.given_up,dd.error){background:#b3261e22}
@media print{.policy-explanation details{break-inside:avoid}}
"""
PAGE_STYLE = """
body{max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f;background:#fff}
h1{font:600 1.3rem sans-serif;border-bottom:2px solid #0b5394;padding-bottom:.3rem}
h2{font:600 1.1rem sans-serif}
footer{margin-top:2rem;opacity:.7;font-size:.85em;overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){body{background:#16181c;color:#e6e6e6}}
"""


def _e(text: str) -> str:
    return escape_.escape(text, quote=True)


def _open(block: Block, level: int, anchor: str, again: str, lang: str) -> str:
    """A step's opening tag and rows; one that stands above already is only named, with a link to where it stands."""
    see = "（见上）" if lang == "zh" else " (see above)"
    link = f'<a href="#{again}">{see}</a>' if again else ""
    head = f'<summary><b>{_e(block.head)}</b><span class="tag">{_e(block.tag)}{link}</span></summary>'
    classes = f"{block.kind} {block.state}"
    if again:
        return f'\n<details class="{classes}">{head}'
    rows = "".join(f'<dt>{_e(r.label)}</dt><dd class="{r.key}">{_e(r.text)}</dd>' for r in block.rows)
    opened = ' open=""' if level < OPEN_LEVELS else ""
    return f'\n<details id="{anchor}" class="{classes}"{opened}>{head}' + (f"<dl>{rows}</dl>" if rows else "")


def _tree(made: Explanation, lang: str) -> Iterator[str]:
    depth = -1
    anchors: dict[str, str] = {}
    prefix = f"e{made.digest[:8]}-{made.on}"  # two explanations may stand in one notebook
    for level, block, again in outline(ordered_roots(made), lang):
        while depth >= level:
            yield "</details>"
            depth -= 1
        anchor = anchors.setdefault(block.id, f"{prefix}-{len(anchors)}")
        yield _open(block, level, anchor, anchor if again else "", lang)
        depth = level
    while depth >= 0:
        yield "</details>"
        depth -= 1


def _assumptions(made: Explanation, lang: str) -> str:
    rest = made.assumptions()
    if not rest:
        return ""
    title = "本决定依赖的假设" if lang == "zh" else "Assumptions that this decision rests on"
    items = "".join(f'<li class="assumption">{_e(a)}</li>' for a in rest)
    return f"\n<h2>{title}</h2><ul>{items}</ul>"


def fragment(made: Explanation, lang: str) -> str:
    """The tree with its style, for a notebook."""
    tree = "".join(_tree(made, lang))
    return f'<style>{_STYLE}</style><div class="policy-explanation">{tree}{_assumptions(made, lang)}</div>'


def html(made: Explanation, lang: str) -> str:
    """The whole page."""
    title = f"{made.policy} {day_text(made.on)}"
    page_lang = "zh-CN" if lang == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{page_lang}"><head><meta charset="utf-8"/>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"/><title>{_e(title)}</title>'
        f"<style>{_STYLE}{PAGE_STYLE}</style></head>\n"
        f'<body><h1>{_e(title)}</h1>\n<main class="policy-explanation">{"".join(_tree(made, lang))}{_assumptions(made, lang)}</main>\n'
        f"<footer>{_e(made.policy)} · {_e(made.digest)}</footer></body></html>"
    )
