"""An explanation as one self-contained HTML page, readable without scripts, printable, nothing loaded from elsewhere."""

from __future__ import annotations

import html as escape_
from collections.abc import Iterator

from ..backends.show import day_text
from .describe import Block
from .explanation import Explanation
from .render import ordered_roots, outline

_STYLE = """
body{font:15px/1.6 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f;background:#fff}
h1{font-size:1.3rem;border-bottom:2px solid #0b5394;padding-bottom:.3rem}
details{margin:.35rem 0 .35rem 1rem;border-left:3px solid #d0d7de;padding-left:.8rem}
details.benefit{border-color:#0b5394}details.undetermined{border-color:#b58105}details.error{border-color:#b3261e}
body>details,main>details{margin-left:0}
summary{cursor:pointer}summary b{font-variant-numeric:tabular-nums}
.kind{color:#57606a;font-size:.85em;margin-left:.5em}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;margin:.2rem 0 .4rem}
dt{color:#57606a}dd{margin:0;overflow-wrap:anywhere}
.assumption,.default,.decided_by{background:#fff8e1}.given_up{background:#fdecea}.numbers{font-variant-numeric:tabular-nums}
footer{margin-top:2rem;color:#57606a;font-size:.85em;overflow-wrap:anywhere}
@media print{details{break-inside:avoid}}
@media (prefers-color-scheme:dark){body{background:#16181c;color:#e6e6e6}.assumption,.default,.decided_by{background:#3a3216}.given_up{background:#3b1f1c}dt,.kind,footer{color:#a0a7b0}}
"""


def _e(text: str) -> str:
    return escape_.escape(text, quote=True)


def _open(block: Block, level: int, again: bool, lang: str) -> str:
    see = ("（见上）" if lang == "zh" else " (see above)") if again else ""
    kind = {"给付": "benefit"}.get(block.kind, block.kind)
    opened = " open" if level < 2 else ""
    head = f'<summary><b>{_e(block.title)} = {_e(block.value)}</b><span class="kind">{_e(block.kind)}{see}</span></summary>'
    if again:
        return f'<details class="{_e(kind)} {block.state}">{head}'
    rows = "".join(f'<dt>{_e(r.label)}</dt><dd class="{r.key}">{_e(r.text)}</dd>' for r in block.rows)
    return f'<details class="{_e(kind)} {block.state}"{opened}>{head}<dl>{rows}</dl>'


def _tree(made: Explanation, lang: str) -> Iterator[str]:
    depth = -1
    for level, block, again in outline(ordered_roots(made), lang):
        while depth >= level:
            yield "</details>"
            depth -= 1
        yield _open(block, level, again, lang)
        depth = level
    while depth >= 0:
        yield "</details>"
        depth -= 1


def fragment(made: Explanation, lang: str) -> str:
    """The tree with its style, for a notebook."""
    return f"<style>{_STYLE.replace('body{', '.policy-explanation{').replace('body>', '.policy-explanation>')}</style><div class='policy-explanation'>{''.join(_tree(made, lang))}</div>"


def html(made: Explanation, lang: str) -> str:
    """The whole page."""
    title = f"{made.policy} {day_text(made.on)}"
    rest = made.assumptions()
    words = "假设" if lang == "zh" else "Assumptions"
    notes = f"<h2>{words}</h2><ul>{''.join(f'<li class=assumption>{_e(a)}</li>' for a in rest)}</ul>" if rest else ""
    page_lang = "zh-CN" if lang == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{page_lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_e(title)}</title><style>{_STYLE}</style></head>\n<body><h1>{_e(title)}</h1>\n<main>{''.join(_tree(made, lang))}</main>\n"
        f"{notes}<footer>{_e(made.policy)} · {made.digest}</footer></body></html>"
    )
