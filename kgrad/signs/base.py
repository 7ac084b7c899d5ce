"""What every sign promises: it is fed snapshots, it answers with findings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar

from kgrad.records import Finding, Snapshot
from kgrad.signs.blocks import Block, Blocks
from kgrad.signs.metric import Progress


class Sign(ABC):
    """One way in which training can be ill.

    A sign sees every step of the run, one `Snapshot` after the other, and
    keeps what it must remember in its own attributes. The same stream of
    steps gives the same findings, live or read from disk.

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
        """What is wrong as of now, at most one finding per target.

        A finding may go away again: slow progress ends when the model
        learns after all.
        """


class BlockSign(Sign):
    """A sign that judges blocks of steps in the light of the metric.

    However the steps come in, they are judged in the same blocks, so that
    epochs and windows of any length give the same findings.

    Attributes:
        progress: How the metric goes, as of the last snapshot.
    """

    def __init__(self) -> None:
        self.progress = Progress()
        self._blocks = Blocks(self.needs)

    def update(self, snapshot: Snapshot) -> None:
        """Passes on every block that is complete."""
        self.progress.update(snapshot)
        for block in self._blocks.push(snapshot):
            self.judge(block)

    @abstractmethod
    def judge(self, block: Block) -> None:
        """Takes the next 32 steps into account."""


def worse(old: Finding | None, new: Finding) -> Finding:
    """The worse of two findings of one target, from the first to the last."""
    if old is None:
        return new
    kept = new if new.value / new.limit > old.value / old.limit else old
    return replace(kept, first_step=old.first_step, last_step=new.last_step)


def require_positive(**limits: float) -> None:
    """Refuses a limit that is not a number above zero.

    Raises:
        ValueError: If one is not.
    """
    for name, value in limits.items():
        if not isinstance(value, int | float) or not value > 0:
            raise ValueError(
                f"`{name}` must be a number above 0. Received: {name}={value!r}"
            )
