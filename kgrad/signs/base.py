"""What every sign promises: it is fed snapshots, it answers with findings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from kgrad.records import Finding, Snapshot


class Sign(ABC):
    """One way in which training can be ill.

    A sign sees every step of the run, one `Snapshot` after the other, and
    keeps what it must remember in its own attributes. The same stream of
    snapshots gives the same findings, live or read from disk.

    Attributes:
        name: The sign's name, in the words of a lecture: `"exploding"`.
        description: One line that says what the sign means.
        needs: The statistics that it reads; the monitor measures the union
            of what its signs need, and nothing else.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def update(self, snapshot: Snapshot) -> None:
        """Takes the next steps of the run into account."""

    @property
    @abstractmethod
    def findings(self) -> tuple[Finding, ...]:
        """What was found so far, oldest first, at most one per target."""
