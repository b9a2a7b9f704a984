"""Why two decisions differ in an output, in words: causes (comparing.py), each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..backends.formatting import day_text
from ..decision import Decision
from ..explain.explainer import Explainer
from ..explain.explanation import Explanation
from ..model.reserved_keys import CARRIED_PARTS, PRESENT
from .causes import Cause, Entry, Fact, Nobody
from .coming import STILL, Stirred
from .comparing import Comparing
from .history import History
from .support import Support
from .wording import say
from .world import World

MOST_BACK = 12  # months that causes are followed back; before that it is what came over


class Compared:
    """One decision and what is found out about it when it is asked for: explanations, and why it differs from another.

    `before`: the decision of the month before in the same course, from which this one went on; `parted`: the one from which it has what is not
    yet paid of benefits in parts, where that is another. Where two decisions of one month have it, what
    came over is traced to the months in which it began to differ. `stirred`: who is there again, and, where nobody is there, who has died.
    """

    def __init__(
        self,
        decision: Decision | None,
        before: Callable[[], Compared | None] | None = None,
        parted: Callable[[], Compared | None] | None = None,
        stirred: Stirred = STILL,
    ) -> None:
        self.decision = decision
        self.stirred = stirred
        self._explainer: Explainer | None = None
        self._before = before
        self._parted = parted
        self._against: dict[int, tuple[Compared, World]] = {}  # by what it was compared with
        self._causes: dict[tuple[int, str, str, bool], list[Cause]] = {}

    def forget(self, comparisons: bool = False) -> None:
        """Lets go of what was found out, or of comparisons alone."""
        for _, world in self._against.values():
            world.forget()
        self._against, self._causes = {}, {}
        if not comparisons:
            self._explainer = None

    @property
    def explainer(self) -> Explainer:
        if self._explainer is None:
            assert self.decision is not None
            self._explainer = self.decision.explainer()
        return self._explainer

    @property
    def earlier(self) -> Compared | None:
        return None if self._before is None else self._before()

    @property
    def parted(self) -> Compared | None:
        return self.earlier if self._parted is None else self._parted()

    def of(self, path: str) -> Explanation | None:
        if self.decision is None or path not in self.decision:
            return None
        return self.explainer.of([path])

    def whole(self) -> Explanation | None:
        """The reasons for every output."""
        return None if self.decision is None else self.explainer.of(list(self.decision))

    def causes(self, before: Compared, path: str) -> list[Cause]:
        """Why an output is not what it was in another decision."""
        found = next((x for d in (self.decision, before.decision) if d is not None and (x := d.paths.get(path))), None)
        return self.between(before, found[0].path if found is not None else "", found[1] if found is not None else "")

    def between(self, before: Compared, path: str, name: str, paid: bool = False) -> list[Cause]:
        """The same for a rule of an entry; `paid`: why a month does not pay what it paid by it."""
        old, new = before.decision, self.decision
        if old is None or new is None:
            back = new is not None and new.root in self.stirred.returned
            known = (before if old is None else self).stirred.known
            return [Nobody(old is None, back, self.stirred.deaths, known)] if old is not new else []
        key = (id(before), path, name, paid)
        if key not in self._causes:
            world = self.against(before)
            self._causes[key] = Comparing(world, Support(world.at, MOST_BACK)).of(path, name, paid)
        return self._causes[key]

    def against(self, before: Compared) -> World:
        """Another decision as a world, its twin this one; the same one whoever asks."""
        if id(before) not in self._against:
            self._against[id(before)] = before, _worlds(before, self)
        return self._against[id(before)][1]


def _worlds(old: Compared, new: Compared) -> World:
    """The first of two decisions as a world, its twin the second."""
    on = [x.explainer.interpretation.on for x in (old, new)]
    at = on[1] // 10000 * 12 + on[1] // 100 % 100
    mine, other = World(old.explainer, at, False), World(new.explainer, at, True)
    mine.twin, other.twin = other, mine
    other.returned = new.stirred.returned
    if on[0] // 100 == on[1] // 100:
        mine.back = lambda parts: _before(old, new, parts)
        other.back = lambda parts: _twin(mine, parts)
    return mine


def _twin(world: World, parts: bool) -> World | None:
    found = world.earlier(CARRIED_PARTS[0] if parts else "")
    return None if found is None else found.twin


def _before(old: Compared, new: Compared, parts: bool) -> World | None:
    """The month before, where both courses have it and it is not one decision."""
    first, second = (old.parted, new.parted) if parts else (old.earlier, new.earlier)
    if first is None or second is None or first.decision is None or second.decision is None:
        return None
    return None if first.decision is second.decision else second.against(first)


def because(before: Compared, after: Compared, path: str, lang: str) -> list[str]:
    """The reasons in words, each once: what changed under the output, then how a status moved."""
    return list(dict.fromkeys(say(c, lang) for c in after.causes(before, path)))


def learned(history: History, causes: Iterable[Cause], then: int, now: int | None, month: int, lang: str) -> list[str]:
    """`乙 在列：2022-10-25 才获知`: which of the facts among the causes became known after the day `then`, by the day `now`."""
    found: dict[tuple[int, str, str, bool], str] = {}
    out: dict[str, None] = {}
    asked = [c for c in causes if isinstance(c, (Fact, Entry, Nobody))]
    for at in dict.fromkeys(c.month or month for c in asked):
        for track, name, since, moves in history.learned(at, then, now):
            named = track.path.removeprefix(f"{history.root}.") if track.path != history.root else ""
            word = PRESENT[1] if name == PRESENT[0] and lang != "zh" else name
            label, day = f"{track.called or named} {word}".strip(), day_text(since)
            found[at, track.path, name, moves] = (
                f"{label}：{day} 才获知" if lang == "zh" else f"{label}: not known until {day}"
            )
    for c in asked:
        at = c.month or month
        for (when, path, name, moves), text in found.items():
            mine = isinstance(c, Fact) and (path, name) == (c.path, c.name)
            below = isinstance(c, Nobody) or path == c.path or path.startswith(f"{c.path}.")
            if when == at and (mine or (moves and below and not isinstance(c, Fact))):
                out[text] = None
    return list(out)
