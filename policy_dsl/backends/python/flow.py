"""The plan → one function body: loops over lists, and what is carried from one walk over a list to the next."""

from __future__ import annotations

import ast

from ...ir import nodes as ir
from ..encoding import carried_width
from ..schedule import Step, all_gathers
from .ast_nodes import assign, name, store, tuple_
from .rules import Rules


class Flow:
    """Turns the plan into loops, and carries what a later loop or the result needs from one walk over a list to the next."""

    def __init__(self, emitter: Rules) -> None:
        self.e = emitter
        self.walks: dict[str, int] = {}
        self.total: dict[str, int] = {}

    def function(self, plan: tuple[Step, ...]) -> list[ast.stmt]:
        self._count(plan)
        e = self.e
        entity = e.entities[e.root]
        body: list[ast.stmt] = [self.unpack(entity, name("data"))]
        body += self.steps(plan, e.root)
        body.append(ast.Return(self.result(e.root)))
        self.trim(body)
        return body

    def _count(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if step.kind == "loop":
                self.total[step.entity] = self.total.get(step.entity, 0) + 1
                self._count(step.steps)

    def unpack(self, entity: ir.Entity, value: ast.expr) -> ast.stmt:
        return ast.Assign([self.unpacked(entity)], value)

    def unpacked(self, entity: ir.Entity) -> ast.Tuple:
        """The tuple of locals that an entry's data fill."""
        e = self.e
        targets: list[ast.expr] = [store(e.fact_local(entity.name, f.name)) for f in entity.facts]
        targets += [store(e.list_local(entity.name, m.name)) for m in entity.lists]
        targets.append(store("_"))
        targets += [store(n) for n in self.carried(entity)]
        return ast.Tuple(targets, ast.Store())

    def carried(self, entity: ir.Entity) -> list[str]:
        """The locals of what an entry carries over: an amount without a grid has its denominator behind it."""
        out: list[str] = []
        for c in entity.carried:
            local = self.e.carried_local(entity.name, c.name)
            out += [local, local + "_n"] if carried_width(c) == 2 else [local]
        return out

    def names(self, entity: ir.Entity) -> list[str]:
        """Every local that an entry may have after a walk: facts, lists, rules, saved inner walks."""
        e = self.e
        made = [e.fact_local(entity.name, f.name) for f in entity.facts] + [
            e.list_local(entity.name, m.name) for m in entity.lists
        ]
        made += self.carried(entity)
        for key in e.scheduler.rules.get(entity.name, ()):
            local = e.rule_local(key)
            made += [local, local + "_n", local + "_p"]
        for members in entity.lists:
            if members.entity in self.total:
                made += [
                    f"w{n}_{e.list_local(entity.name, members.name)}" for n in range(1, self.total[members.entity] + 1)
                ]
        for g in e.scheduler.gathers:
            if g.host == entity.name:
                local = e.local(("gather", g.host, g.node), g.node.function)
                made += [local, local + "_n"]
        return made

    def steps(self, steps: tuple[Step, ...], entity: str) -> list[ast.stmt]:
        e = self.e
        out: list[ast.stmt] = []
        for step in steps:
            e.entity = entity
            if step.rule is not None:
                with e.into(out):
                    e.rule(step.rule)
            elif step.gather is not None:
                with e.into(out):
                    e.gather(step.gather)
            else:
                out += self.loop(step, entity)
                e.entity = entity
                for gather in step.closes:
                    with e.into(out):
                        e.close_gather(gather)
        return out

    def loop(self, step: Step, entity: str) -> list[ast.stmt]:
        e = self.e
        inner = e.entities[step.entity]
        listed = e.list_local(entity, step.list)
        self.walks[step.entity] = walk = self.walks.get(step.entity, 0) + 1
        last = walk == self.total[step.entity]
        out: list[ast.stmt] = []
        for gather in all_gathers(step.steps):
            if gather.host == entity:
                out += e.open_gather(gather)
        spare = e.may_lack(next(m for m in e.entities[entity].lists if m.name == step.list))
        if spare:
            out += e.unlisted(all_gathers(step.steps), listed)
        saved = f"w{walk}_{listed}"
        out.append(assign(saved, ast.List([], ast.Load())))
        if walk == 1:
            target = self.unpacked(inner)
            source: ast.expr = name(listed)
            if spare:  # quicker than to walk over what nobody gave
                source = ast.IfExp(e.lacks(listed), tuple_(), source)
        else:
            before = f"w{walk - 1}_{listed}"
            target = ast.Tuple([store(n) for n in self.names(inner)], ast.Store())
            target.saved = before  # type: ignore[attr-defined]
            target.order = (self.depth(step.entity), walk)  # type: ignore[attr-defined]
            source = name(before)
        body = self.steps(step.steps, step.entity)
        e.entity = step.entity
        value: ast.expr = self.result(step.entity) if last else tuple_(*(name(n) for n in self.names(inner)))
        if not last:
            value.saved = saved  # type: ignore[attr-defined]
        body.append(ast.Expr(ast.Call(ast.Attribute(name(saved), "append", ast.Load()), [value], [])))
        out.append(ast.For(target, source, body, []))
        return out

    def result(self, entity: str) -> ast.expr:
        """The entry's values in the rules' order, then (recording) the lines that gave them, then its lists' results."""
        e = self.e
        items: list[ast.expr] = []
        for key in e.scheduler.rules.get(entity, ()):
            local = e.rule_local(key)
            items.append(name(local))
            if e.forms.get(key, (1, False))[1]:
                items.append(name(local + "_n"))
        if e.recording:
            items += [name(e.rule_local(key) + "_p") for key in e.scheduler.rules.get(entity, ())]
        for members in e.entities[entity].lists:
            if members.entity in self.total:
                made = name(f"w{self.total[members.entity]}_{e.list_local(entity, members.name)}")
                # most lists that may be left out are: nothing is kept of them
                items.append(made if members.low else ast.BoolOp(ast.Or(), [made, tuple_()]))
        return tuple_(*items)

    def depth(self, entity: str) -> int:
        levels = 0
        while entity != self.e.root:
            entity = self.e.entities[entity].holder
            levels += 1
        return levels

    def trim(self, body: list[ast.stmt]) -> None:
        """Saved tuples keep only what a later walk reads; names that nobody reads become `_`, or are not begun with a number."""
        saves: dict[str, list[ast.Tuple]] = {}
        loads: dict[str, ast.Tuple] = {}
        loops: dict[str, ast.For] = {}
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Tuple) and hasattr(node, "saved"):
                    if isinstance(node.ctx, ast.Store):
                        loads[node.saved] = node
                    else:
                        saves.setdefault(node.saved, []).append(node)
                if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and hasattr(node.target, "saved"):
                    loops[node.target.saved] = node
        # innermost and last walks first: what they keep is what the walks before them must save
        for saved in sorted(loads, key=lambda s: loads[s].order, reverse=True):  # type: ignore[attr-defined]
            target = loads[saved]
            read = _loaded(loops[saved].body)
            made = _made(loops[saved].body)
            keep = [t.id for t in target.elts if isinstance(t, ast.Name) and t.id in read and t.id not in made]
            target.elts = [store(n) for n in keep]
            for value in saves.get(saved, ()):
                value.elts = [name(n) for n in keep]
        used = _loaded(body)
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store) and not hasattr(node, "saved"):
                    for element in node.elts:
                        if isinstance(element, ast.Name) and element.id not in used:
                            element.id = "_"
                for statements in (getattr(node, "body", None), getattr(node, "orelse", None)):
                    if isinstance(statements, list):
                        statements[:] = [s for s in statements if not _idle(s, used)] or statements[:1]
        body[:] = [s for s in body if not _idle(s, used)]


def _loaded(body: list[ast.stmt]) -> set[str]:
    """Names that are read, or added to."""
    nodes = [n for s in body for n in ast.walk(s)]
    added = {n.target.id for n in nodes if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}
    return added | {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _idle(statement: ast.stmt, used: set[str]) -> bool:
    """Whether it only gives a written value to a local that nobody reads."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Constant):
        return False
    return all(isinstance(t, ast.Name) and t.id not in used for t in statement.targets)


def _made(body: list[ast.stmt]) -> set[str]:
    """Names that a loop's body makes itself. (A rule is computed once, so writing it means making it.)"""
    found: set[str] = set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign):
                found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
            elif isinstance(node, ast.For) and isinstance(node.target, ast.Tuple):
                found |= {
                    t.id for t in node.target.elts if isinstance(t, ast.Name) and not hasattr(node.target, "saved")
                }
    return found
