"""What a sign remembers of a run, however long the run is."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


class Downsampled(list[T]):
    """A list of what came over a run, at most so many, evenly spread.

    Up to the limit it holds everything. Then every second element is dropped,
    and of what comes from then on only every second is kept, and so on: a
    quantile or a half of it stays that of the whole run, and neither memory
    nor time grows with the run.

    Args:
        limit: Elements that it holds at most, an even number.
    """

    def __init__(self, limit: int = 1024) -> None:
        super().__init__()
        self._limit = limit
        self._every = 1
        self._came = 0

    def append(self, element: T) -> None:
        """Takes the next element, or passes it over."""
        if self._came % self._every == 0:
            super().append(element)
            if len(self) > self._limit:
                del self[1::2]
                self._every *= 2
        self._came += 1
