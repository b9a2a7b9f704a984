"""A row of things that is made when it is first looked at: what deciding needs not is left as it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class Later(Sequence[T]):
    """Equal to the tuple that it will be, pickled as that."""

    __slots__ = ("_made",)

    def __init__(self, make: Callable[[], tuple[T, ...]]) -> None:
        self._made: Callable[[], tuple[T, ...]] | tuple[T, ...] = make

    @property
    def made(self) -> tuple[T, ...]:
        found = self._made
        if not isinstance(found, tuple):
            found = self._made = found()
        return found

    def __len__(self) -> int:
        return len(self.made)

    def __getitem__(self, place: Any) -> Any:
        return self.made[place]

    def __eq__(self, other: object) -> bool:
        return self.made == (other.made if isinstance(other, Later) else other)

    def __hash__(self) -> int:
        return hash(self.made)

    def __repr__(self) -> str:
        return repr(self.made)

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self.made,)
