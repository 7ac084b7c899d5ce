"""What every rival promises: observations in, signs out."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar

from kgrad.signs import SIGNS
from zoo.clinic.rivals.observation import Observation


class Rival(ABC):
    """The rules of another tool, in our own words and code.

    Attributes:
        name: Name in a table: `"AUTOTRAINER"`.
        source: The paper or the page, with its year.
        rules: What it looks for, a line each: `"sign, sign: its rule"`.
    """

    name: ClassVar[str]
    source: ClassVar[str]
    rules: ClassVar[tuple[str, ...]]

    @classmethod
    def known(cls) -> frozenset[str]:
        """The signs that it has a rule for."""
        told = {
            sign
            for rule in cls.rules
            for sign in rule.partition(":")[0].split(", ")
        }
        return frozenset(told & {kind.name for kind in SIGNS})

    @abstractmethod
    def signs(self, observations: Sequence[Observation]) -> dict[str, int]:
        """What it says of a run.

        Args:
            observations: The run, in order.

        Returns:
            By kgrad's name of each sign that it has seen the first step at
            which it did.
        """


class Seen:
    """Signs by name, with the first step of each."""

    def __init__(self) -> None:
        self.steps: dict[str, int] = {}

    def note(self, observation: Observation, **signs: bool) -> None:
        """Notes those that are there at this step, if they are new."""
        for sign, is_there in signs.items():
            if is_there:
                self.steps.setdefault(sign, observation.step)


def ended(observations: Iterable[Observation]) -> list[Observation]:
    """Those at the end of an epoch."""
    return [seen for seen in observations if seen.ends_epoch]


def unchanged(values: Sequence[float], length: int) -> bool:
    """Whether there are so many values, and the last so many are one number."""
    recent = values[-length:]
    return len(recent) == length and all(
        value == recent[0] and math.isfinite(value) for value in recent
    )
