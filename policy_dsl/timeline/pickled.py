"""A history as a pickle holds it: plain values, entities by their names."""

from __future__ import annotations

from typing import Any

from ..backends.entries import NOBODY
from ..ir import nodes as ir
from .history import History
from .tracks import Track


def plain(history: History) -> tuple[Any, ...]:
    return history.root, _plain(history.track), history.findings, history.given_state


def history_of(held: tuple[Any, ...], program: ir.Program) -> History:
    """The history that `plain` made so."""
    root, track, findings, given_state = held
    return History(root, _track(track, {e.name: e for e in program.entities}), findings, given_state)


def _plain(track: Track) -> tuple[Any, ...]:
    lists = [
        None if tracks is None else () if tracks is NOBODY else [_plain(t) for t in tracks] for tracks in track.lists
    ]
    own = (track.fixed, track.dated, track.undated, track.presence, track.carried, track.ledger)
    return track.entity.name, track.path, track.number, own, lists


def _track(held: tuple[Any, ...], entities: dict[str, ir.Entity]) -> Track:
    entity, path, number, own, lists = held
    made = Track(entities[entity], path, number)
    made.fixed, made.dated, made.undated, made.presence, made.carried, made.ledger = own
    made.lists = [
        None if tracks is None else NOBODY if tracks == () else [_track(t, entities) for t in tracks]
        for tracks in lists
    ]
    return made
