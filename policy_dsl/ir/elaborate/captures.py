"""Names inside a list function that look as if they meant the entry outside it, and mean the list's: each is refused, with the way to say either."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from ...model.functions import BY_NAME, MOMENTS
from ...model.symbols import Model
from ...syntax import nodes
from ...syntax.printer.printer import text as printed
from ...syntax.printer.words import Language
from ...syntax.traverse import rebuilt
from .scope import Scope

_ALIASES: dict[Language, tuple[str, ...]] = {
    "zh": ("他", "它", "那一个", "另一个"),
    "en": ("other", "another", "each", "one"),
}


def captured(left: nodes.Expression, right: nodes.Expression, scope: Scope) -> nodes.Name | None:
    """The bare name on both sides of a sign that the entries of the list and the entry outside both have: it is one and the same on both."""
    mine = {_own(n, scope): n for n in _compared(left)}
    for other in _compared(right):
        name = _own(other, scope)
        first = mine.get(name) if name else None
        if first is not None and (len(first.path) == 1 or len(other.path) == 1) and scope.outside_has(name):
            return other if len(other.path) == 1 else first
    return None


def _own(name: nodes.Name, scope: Scope) -> str:
    """The name of an entry's own value, bare or behind the list's; "" for any other."""
    path = name.path[len(scope.prefix) :] if name.path[: len(scope.prefix)] == scope.prefix else name.path
    return path[0] if len(path) == 1 and scope.member(scope.entity, path[0]) is not None else ""


def _compared(node: nodes.Expression) -> Iterator[nodes.Name]:
    """The names that a side is about: itself, what is added or taken off, what a function of values is asked of. A share of something is
    something else: `支出 > 收入 * 50%`."""
    match node:
        case nodes.Name():
            yield node
        case nodes.Negative(operand):
            yield from _compared(operand)
        case nodes.Arithmetic("+" | "-", left, right):
            yield from _compared(left)
            yield from _compared(right)
        case nodes.Call() if node.name in BY_NAME and BY_NAME[node.name].shape in ("date", "round"):
            for argument in node.arguments[:1]:
                yield from _compared(argument)


def way_out(node: nodes.Expression, scope: Scope) -> tuple[str, str]:
    """The call with a name for the list's entry, which the left side of `node` means then; `node` may be a name that keeps what it says."""
    call = scope.call
    assert call is not None
    made: list[str] = []
    for lang in ("zh", "en"):
        alias = next(a for a in (*_ALIASES[lang], *_ALIASES["en"]) if a not in taken(scope))
        where = None if call.where is None else _with_alias(call.where, alias, node, scope)
        argument = call.arguments[0]
        if not isinstance(argument, nodes.Name) or argument.path != scope.prefix:
            argument = _with_alias(argument, alias, node, scope)
        fixed = evolve(call, arguments=(argument,), where=where, alias=alias)
        made.append(printed(fixed, lang))
    return made[0], made[1]


def _with_alias(tree: nodes.Expression, alias: str, marked: nodes.Expression, scope: Scope) -> nodes.Expression:
    """Bare names of the entry behind its alias, but for those on the right of the sign that is marked."""

    def change(node: nodes.Node, right: bool) -> nodes.Node:
        if isinstance(node, nodes.Name):
            bare = len(node.path) == 1 and scope.member(scope.entity, node.path[0]) is not None
            return evolve(node, path=(alias, *node.path)) if bare and not right else node
        if node is marked and isinstance(node, nodes.Comparison):
            links = tuple(evolve(x, right=said(x.right, True)) for x in node.links)
            return evolve(node, first=said(node.first, right), links=links)
        if node is marked and isinstance(node, nodes.Arithmetic):
            return evolve(node, left=said(node.left, right), right=said(node.right, True))
        if node is marked and isinstance(node, nodes.Membership):
            return evolve(node, item=said(node.item, right))
        return rebuilt(node, lambda child: change(child, right))

    def said(node: nodes.Expression, right: bool) -> nodes.Expression:
        made = change(node, right)
        assert isinstance(made, nodes.Expression)
        return made

    return said(tree, False)


def taken(scope: Scope) -> set[str]:
    """Names that an alias would hide where it stands."""
    model: Model = scope.model
    names = {*scope.visible(), *model.entities, *MOMENTS, *BY_NAME}
    types = (
        *model.types.values(),
        *(r.type for r in model.rules.values()),
        *(p.type for p in model.parameters.values()),
    )
    facts = [f.type for e in model.entities.values() for f in e.facts.values()]
    names |= {m for t in (*types, *facts) for m in t.members}
    return names | ({*scope.outer.visible(), *scope.outer.aliases()} if scope.outer is not None else set())
