"""What a name means where it stands: a fact, a rule, a parameter, a key, a value of an enumeration, a list."""

from __future__ import annotations

from ...diagnostics.report import suggestion
from ...model.functions import MOMENTS
from ...model.symbols import FactSymbol, RuleSymbol
from ...model.types import DATE, Type
from ...source import Place
from ...syntax import nodes
from ...syntax.traverse import walk
from .. import nodes as ir
from .captures import way_out
from .errors import Skip
from .formulas import Formulas
from .scope import MEASURES, Scope


class Names(Formulas):
    """Formulas that are names."""

    def name(self, node: nodes.Name, scope: Scope, want: Type | None, place: Place) -> ir.Expression:
        path = node.path
        if path == (scope.alias,):
            one = next(iter(self.model.entities[scope.entity].facts), "…")
            hint = (f"写出它的哪一项，例如 {path[0]}.{one}", f"say which one of its values, as in {path[0]}.{one}")
            raise self.fail("P0201", node.span, name=path[0], hint=hint)
        if scope.prefix and path[: len(scope.prefix)] == scope.prefix and len(path) > len(scope.prefix):
            path = path[len(scope.prefix) :]
            return self._member(path, 0, scope.entity, node, scope, place)
        if len(path) == 1:
            name = path[0]
            found = self.unqualified(name, scope, place)
            value = want is not None and want.kind == "enumeration" and name in want.members
            if value and found is not None:
                raise self.fail("P0207", node.span, name=name)
            if value:
                assert want is not None
                return ir.Constant(want.members.index(name), want, place)
            if found is not None:
                if isinstance(found, ir.Expression):
                    return found
                raise self.fail("P0212", node.span, name=name)
            if want is not None and want.kind == "enumeration" and name not in self.model.broken:
                zh, en = suggestion(name, [*want.members, *scope.visible()])
                if name not in scope.visible():
                    raise self.fail(
                        "P0208",
                        node.span,
                        name=name,
                        type=want.show("zh"),
                        type_en=want.show("en"),
                        members="、".join(want.members),
                        hint=(
                            zh or f"可用的值：{'、'.join(want.members)}",
                            en or f"its values: {', '.join(want.members)}",
                        ),
                    )
            raise self.unknown(name, node.span, scope)
        head = path[0]
        levels = scope.levels_out(path)
        if levels:
            return self.outside(self.name(node, scope.further(levels), want, place), scope, levels)
        if head == scope.alias:
            return self._member(path[1:], 0, scope.entity, node, scope, place)
        chain = scope.chain()
        if head in chain[: scope.lists] and self._stands_outside(head, scope):
            raise self.means_the_entry(node, scope)
        if head in chain:
            return self._member(path[1:], chain.index(head), head, node, scope, place)
        for up, entity in enumerate(chain):
            if scope.list_of(entity, head):
                raise self.fail("P0212", node.span, name=head)
            if scope.member(entity, head) is not None and up <= chain.index(scope.base):
                raise self.fail(
                    "P0201",
                    node.span,
                    name=".".join(path),
                    hint=(
                        f"「{head}」是一个值，里面没有「{path[1]}」",
                        f"“{head}” is a value and holds no “{path[1]}”",
                    ),
                )
        if head in self.model.entities:
            raise self.fail(
                "P0201",
                node.span,
                name=".".join(path),
                hint=(
                    f"从这里到不了「{head}」；往下要用 合计({head}…) 之类",
                    f"“{head}” cannot be reached from here; below, use sum and the like",
                ),
            )
        raise self.unknown(".".join(path), node.span, scope)

    def unqualified(self, name: str, scope: Scope, place: Place) -> ir.Expression | str | None:
        """What an unqualified name means: a formula, "list" for a list, or nothing."""
        levels = scope.levels_out((name,))
        if levels:
            found = self.unqualified(name, scope.further(levels), place)
            return found if found is None or isinstance(found, str) else self.outside(found, scope, levels)
        if scope.keys is not None:
            for index, (key, type_) in enumerate(scope.keys):
                if key == name:
                    return ir.KeyRef(index, type_, place)
        chain = scope.chain()
        if chain:
            for up, entity in enumerate(chain[: chain.index(scope.base) + 1]):
                symbol = scope.member(entity, name)
                if symbol is not None:
                    return self._reference(symbol, up, entity, place)
                if scope.list_of(entity, name):
                    return "list"
        if name in self.model.parameters:
            parameter = self.model.parameters[name]
            if parameter.keys:
                return None
            return ir.ParameterRef(name, (), False, parameter.type, place)
        if self.measures is not None and name in MEASURES:
            return ir.Measure(MEASURES[name], self.measures, place)
        if name in MOMENTS:
            return ir.Moment(MOMENTS[name], DATE, place)
        return None

    @staticmethod
    def outside(value: ir.Expression, scope: Scope, levels: int) -> ir.Expression:
        """What is read so many list functions further out than the scope; what is the same everywhere stays as it is."""
        if isinstance(value, (ir.Constant, ir.Moment, ir.Measure)) or (
            isinstance(value, ir.ParameterRef) and not value.keys
        ):
            return value
        for level in range(levels, 0, -1):
            value = ir.Outside(value, scope.further(level).entity, "", value.type, value.place)
        return value

    @staticmethod
    def _stands_outside(entity: str, scope: Scope) -> bool:
        """Whether an entry of the entity is at hand outside the list function, too."""
        outer = scope.outer
        return outer is not None and (entity in outer.chain() or Names._stands_outside(entity, outer))

    def means_the_entry(self, node: nodes.Name, scope: Scope) -> Skip:
        """`个人.年龄` inside a list of 个人: the list's entry, where it looks like the one outside."""
        zh, en = way_out(node, scope)
        own = ".".join(node.path[1:])
        hint = (
            f"名单里的那一个直接写 {own}；要说外面的那一个，给名单里的起个名：{zh}",
            f"of the list's entry write {own}; to speak of the one outside give the list's a name: {en}",
        )
        return self.fail("P0337", node.span, name=".".join(node.path), entity=node.path[0], hint=hint)

    def _member(
        self, path: tuple[str, ...], up: int, entity: str, node: nodes.Name, scope: Scope, place: Place
    ) -> ir.Expression:
        if len(path) > 1 and path[0] in self.model.ancestors(entity)[1:]:
            outward = self.model.ancestors(entity).index(path[0])
            return self._member(path[1:], up + outward, path[0], node, scope, place)
        name = path[0]
        if scope.list_of(entity, name):
            raise self.fail("P0212", node.span, name=name)
        symbol = scope.member(entity, name)
        if symbol is None or len(path) > 1:
            if symbol is not None:
                raise self.unknown(".".join(path[1:]), node.span, scope)
            known = [*self.model.entities[entity].facts, *(n for e, n in self.model.rules if e == entity)]
            raise self.unknown(name, node.span, Scope(self.model, entity), known)
        return self._reference(symbol, up, entity, place)

    @staticmethod
    def _reference(symbol: FactSymbol | RuleSymbol, up: int, entity: str, place: Place) -> ir.Expression:
        if isinstance(symbol, FactSymbol):
            return ir.FactRef(up, entity, symbol.name, symbol.type, place)
        return ir.RuleRef(up, entity, symbol.name, symbol.type, place)

    def displaced(self, node: nodes.Displaced, scope: Scope, place: Place) -> ir.Expression:
        """原值: a reference to the part of the rule that would count without the line at hand."""
        if scope.gathers:
            raise self.fail(
                "P0613", node.span, problem="名单的统计里不能用", problem_en="it cannot stand in an aggregate"
            )
        if scope.displaced is None:
            raise self.fail(
                "P0613",
                node.span,
                problem="这一行没有取代什么",
                problem_en="the line stands in the place of nothing",
            )
        found = scope.displaced(place)
        if found is None:
            raise self.fail("P0613", node.span, problem="它下面没有别的行", problem_en="there is no line below it")
        return found

    def list_over(self, node: nodes.Call, scope: Scope) -> tuple[int, tuple[str, ...], str] | None:
        """The list that the call ranges over: levels out, path of lists, entity of its entries; None for a call on values."""
        if len(node.arguments) != 1:
            return None
        for name in names_in(node.arguments[0]):
            found = self.list_path(name.path, scope)
            if found:
                return found
        return None

    def list_path(self, path: tuple[str, ...], scope: Scope) -> tuple[int, tuple[str, ...], str] | None:
        if scope.levels_out(path):
            return None
        chain = scope.chain()
        starts: list[tuple[int, str, tuple[str, ...]]] = []
        if path[0] == scope.alias:
            starts.append((0, scope.entity, path[1:]))
        if scope.prefix and path[: len(scope.prefix)] == scope.prefix:
            starts.append((0, scope.entity, path[len(scope.prefix) :]))
        if path[0] in chain:
            starts.append((chain.index(path[0]), path[0], path[1:]))
        starts += (
            [(up, entity, path) for up, entity in enumerate(chain[: chain.index(scope.base) + 1])] if chain else []
        )
        for up, entity, rest in starts:
            lists: list[str] = []
            here = entity
            while rest and scope.list_of(here, rest[0]):
                lists.append(rest[0])
                here = scope.list_of(here, rest[0])
                rest = rest[1:]
            if lists:
                return up, tuple(lists), here
        return None


def names_in(node: nodes.Node) -> list[nodes.Name]:
    """Names in the order of the text, calls' inside included."""
    return [n for n in walk(node) if isinstance(n, nodes.Name)]
