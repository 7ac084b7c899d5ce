"""What every check of a model's behavior promises."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from kgrad.records import Behavior, DataSummary, Finding, Setup
from kgrad.signs.checks.base import Check


class BehaviorCheck(Check):
    """A check of a model that was tried on a batch."""

    sign = "behavior"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Nothing: numbers of the data alone do not tell."""
        yield from ()

    @abstractmethod
    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """What is wrong with what the model does.

        Args:
            setup: What is trained, and how.
            data: The numbers of the batch.
            behavior: What the model does with it.
        """
