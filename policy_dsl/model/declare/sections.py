"""One rule or parameter in several sections, each from its date on: they must be declared alike."""

from __future__ import annotations

from ...syntax import nodes
from ...syntax.keywords import BY_TERMINAL
from ..symbols import Declared, ParameterSymbol, RuleSymbol
from ..types import Type
from .collected import Collected

SECTIONS = (
    "分几段写的，后面各段的声明行要写「自 日期」；不然就留一个，或换一个名称",
    "of several sections each later one has “from DATE” at the end of its line; else keep one, or take another name",
)


def alike(collected: Collected, before: RuleSymbol | ParameterSymbol, d: Declared, type_: Type) -> bool:
    """Whether a later section is declared like the first one; what differs is reported, since only the first one's would count."""
    first, node = before.declared[0].node, d.node
    a, b = (_kind_of(x) for x in (first, node))
    zh = en = ""
    if a != b:
        (zh_a, en_a), (zh_b, en_b) = ((x.zh, x.en) for x in (BY_TERMINAL[a], BY_TERMINAL[b]))
        zh, en = f"前一段是「{zh_a}」，这一段是「{zh_b}」", f"it was a “{en_a}”, here it is a “{en_b}”"
    elif isinstance(before, ParameterSymbol) and isinstance(node, nodes.Parameter) and before.keys != node.keys:
        said = [", ".join(keys) or "—" for keys in (before.keys, node.keys)]
        zh, en = f"键是 {said[1]}，前一段是 {said[0]}", f"its keys are {said[1]}, they were {said[0]}"
    elif type_ != before.type:
        zh = f"类型是 {type_.show('zh')}，前一段是 {before.type.show('zh')}"
        en = f"its type is {type_.show('en')}, it was {before.type.show('en')}"
    elif isinstance(node, nodes.Rule) and isinstance(first, nodes.Rule) and node.parts != first.parts:
        zh = "怎么发（按月发、按季发）和前一段不一样"
        en = "how it is paid (paid monthly, paid quarterly) is not as it was"
    if zh:
        labels = [(first.span, "前一段在这里", "the one before is here")]
        collected.report.error("P0422", node.span, name=before.name, problem=zh, problem_en=en, labels=labels)
    return not zh


def _kind_of(node: nodes.Declaration) -> str:
    if isinstance(node, nodes.Rule):
        return "BENEFIT" if node.benefit else "RULE"
    return "STATUS" if isinstance(node, nodes.Status) else "PARAMETER"
