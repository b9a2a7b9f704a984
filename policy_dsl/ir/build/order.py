"""The order of rules: each stands after those that it reads."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ...diagnostics.report import Report
from ...source import Place
from .. import nodes as ir
from ..traverse import formulas, references, walk


def in_order(rules: list[ir.Rule], report: Report) -> list[ir.Rule]:
    """Rules so that each comes after those it reads; a cycle is reported once, with its whole path."""
    by_key = {(r.entity, r.name): r for r in rules}
    done: dict[tuple[str, str], bool] = {}
    out: list[ir.Rule] = []
    for start in by_key:
        if start in done:
            continue
        stack: list[tuple[tuple[str, str], Iterator[tuple[str, str]]]] = [(start, iter(_reads(by_key[start], by_key)))]
        done[start] = False
        while stack:
            key, following = stack[-1]
            for other in following:
                if other not in done:
                    done[other] = False
                    stack.append((other, iter(_reads(by_key[other], by_key))))
                    break
                if not done[other]:
                    path = [k for k, _ in stack]
                    loop = [*path[path.index(other) :], other]
                    said = [by_key[k].called for k in loop]  # a rule and what it reads as 原值 are one to the drafter
                    once = [n for n, _ in itertools.groupby(said)]
                    names = " → ".join(once if len(once) > 1 else once * 2)
                    hidden = next((by_key[k] for k in loop if by_key[k].hidden), None)
                    if hidden is not None:
                        report.error("P1008", hidden.place, name=hidden.name, path=names)
                        continue
                    labels = [
                        (_read_at(by_key[k], n), f"「{a}」要用「{b}」", f"“{a}” reads “{b}”")
                        for (k, n), (a, b) in zip(itertools.pairwise(loop), itertools.pairwise(said), strict=True)
                        if a != b or len(set(said)) == 1
                    ]
                    hint = _look_back(loop, by_key)
                    report.error("P0206", labels[0][0], path=names, labels=labels, hint=hint)
            else:
                done[key] = True
                out.append(by_key[key])
                stack.pop()
    return out


def _read_at(rule: ir.Rule, other: tuple[str, str]) -> Place:
    """Where a rule reads another one: in its own layer or in a lower one that amends it."""
    refs = (node for formula in formulas(rule) for node in walk(formula) if isinstance(node, ir.RuleRef))
    return next((r.place for r in refs if (r.entity, r.name) == other), rule.place)


def _look_back(loop: list[tuple[str, str]], by_key: dict[tuple[str, str], ir.Rule]) -> tuple[str, str] | None:
    """The way out of a cycle through a status: what it reads of last month."""
    at = next((n for n, key in enumerate(loop[:-1]) if by_key[key].status), None)
    if at is None:
        return None
    name = by_key[loop[at + 1]].called
    if loop[at] == loop[at + 1]:
        return (
            "转换的左边就是上月的状态，条件里不用再写",
            "the left side of a transition is last month's state already: leave it out of the condition",
        )
    default = " 0" if by_key[loop[at + 1]].type.is_amount else " …"
    return (
        f"条件里改用上个月的值：上月({name}, 默认{default})",
        f"read last month's value in the condition: previous({name}, default{default})",
    )


def _reads(rule: ir.Rule, by_key: dict[tuple[str, str], ir.Rule]) -> list[tuple[str, str]]:
    return [key for key in references(rule) if key in by_key]
