"""How fine the amounts are that entries carry from month to month.

A carried amount is as fine as the rule that gives it, which may itself read what was carried: so the grid is guessed, the rules are
measured with it, and where they turn out finer the guess is refined. What does not settle has no grid; it is carried as a fraction.
"""

from __future__ import annotations

from math import lcm

from ..model.reserved_keys import CARRIED_PARTS
from ..model.types import grid as fact_grid
from ..syntax.characters import MAX_CARRIED, MAX_CARRIED_PARTS
from . import nodes as ir
from .bounds import Analysis
from .periods import MONTHS_OF_A_YEAR

ROUNDS = 6
CARRIED = 10**MAX_CARRIED  # in base units: what is larger is not carried into the next month, nor what is finer
PARTS = 10**MAX_CARRIED_PARTS


def settle_grids(program: ir.Program) -> ir.Program:
    """The program with the grid of every carried amount filled in."""
    amounts = {(e.name, c.name): c for e in program.entities for c in e.carried if c.type.is_amount}
    if not amounts:
        return program
    grids = {key: _least(c) for key, c in amounts.items()}
    for _ in range(ROUNDS):
        analysis = Analysis(_with(program, grids))
        finer = {key: _grid(analysis, key[0], c, grids[key]) for key, c in amounts.items()}
        if finer == grids:
            break
        grids = finer
    else:
        grids = _again(program, grids, amounts)
    return _with(program, grids)


def _least(c: ir.Carried) -> int:
    """Money is at least as fine as the 分 of its own period: a month that is given may have any whole 分, whatever the rule gives now.
    What is left of a benefit in parts is at least as fine as the twelfths of a year's 分."""
    if c.given[0] in CARRIED_PARTS:
        return len(MONTHS_OF_A_YEAR)
    return c.type.own.coin.denominator if c.type.unit.is_money else 1


def _again(
    program: ir.Program, grids: dict[tuple[str, str], int], amounts: dict[tuple[str, str], ir.Carried]
) -> dict[tuple[str, str], int]:
    """Gives up on what still changes, until the rest holds with nothing known of it."""
    while True:
        analysis = Analysis(_with(program, grids))
        finer = {key: _grid(analysis, key[0], c, grids[key]) for key, c in amounts.items()}
        if finer == grids:
            return grids
        grids = {key: g if finer[key] == g else 0 for key, g in grids.items()}


def _grid(analysis: Analysis, entity: str, c: ir.Carried, guess: int) -> int:
    if guess == 0:
        return 0
    if c.source == "fact":
        return (fact_grid(c.type) * c.type.own.scale).denominator
    found = analysis.rules.get((entity, c.of))
    return 0 if found is None or found.grid is None else lcm(guess, found.grid)


def _with(program: ir.Program, grids: dict[tuple[str, str], int]) -> ir.Program:
    return program._replace(
        entities=tuple(
            e._replace(carried=tuple(c._replace(grid=grids.get((e.name, c.name), 0)) for c in e.carried))
            for e in program.entities
        )
    )
