"""What actions did, in a few lines however often they did it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kgrad.records import ActionRecord
from kgrad.report.labels import shortened

FIRST = 2
"""So many records of each action are shown, and the last."""


@dataclass
class _OfOne:
    """The records of one action, as far as they are shown."""

    first: list[ActionRecord] = field(default_factory=list)
    last: ActionRecord | None = None
    updates: int = 0


class ActionSummary:
    """Keeps the first records of each action, its last, and the total.

    Args:
        records: What is known at first.

    Attributes:
        total: Number of records so far.
    """

    def __init__(self, records: Iterable[ActionRecord] = ()) -> None:
        self.total = 0
        self._by_action: dict[str, _OfOne] = {}
        self.add(records)

    def add(self, records: Iterable[ActionRecord]) -> None:
        """Takes further records, in their order."""
        for record in records:
            self.total += 1
            kept = self._by_action.setdefault(record.action, _OfOne())
            kept.updates += record.count
            if len(kept.first) < FIRST:
                kept.first.append(record)
            else:
                kept.last = record

    def lines(self, labels: Mapping[str, str]) -> Iterator[str]:
        """A sentence for each record that is kept, action by action.

        The last of an action says how many updates there were in all.

        Args:
            labels: Short names of targets.
        """
        for kept in self._by_action.values():
            records = [*kept.first, *([kept.last] if kept.last else [])]
            lines = [shortened(record.what, labels) for record in records]
            if kept.updates > 1:
                lines[-1] += f" ({kept.updates} in all)"
            yield from lines
