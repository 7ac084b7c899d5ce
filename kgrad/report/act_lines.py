"""What actions did, in a few lines however often they did it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kgrad.records import ActionRecord
from kgrad.report.labels import shortened

FIRST = 2
"""So many acts of an action are told, and the last."""


@dataclass
class _Told:
    """The acts of one action, as far as they are told."""

    first: list[ActionRecord] = field(default_factory=list)
    last: ActionRecord | None = None
    total: int = 0


class ActionLines:
    """Keeps of each action its first acts, its last, and the total.

    Args:
        acts: What is known at first.

    Attributes:
        total: Number of acts so far.
    """

    def __init__(self, acts: Iterable[ActionRecord] = ()) -> None:
        self.total = 0
        self._told: dict[str, _Told] = {}
        self.add(acts)

    def add(self, acts: Iterable[ActionRecord]) -> None:
        """Takes further acts, in their order."""
        for act in acts:
            self.total += 1
            told = self._told.setdefault(act.action, _Told())
            told.total += act.count
            if len(told.first) < FIRST:
                told.first.append(act)
            else:
                told.last = act

    def lines(self, labels: Mapping[str, str]) -> Iterator[str]:
        """A sentence for each that is told, action by action.

        The last of an action says how many updates there were in all.

        Args:
            labels: Short names of targets.
        """
        for told in self._told.values():
            acts = [*told.first, *([told.last] if told.last else [])]
            lines = [shortened(act.what, labels) for act in acts]
            if told.total > 1:
                lines[-1] += f" ({told.total} in all)"
            yield from lines
