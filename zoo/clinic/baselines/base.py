"""The interface of a baseline, and the simplest one: `TerminateOnNaN`."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from kgrad.signs import SIGNS
from zoo.clinic.baselines.observation import Observation
from zoo.clinic.baselines.setting import NOTHING, Setting


class Baseline(ABC):
    """The rules of another tool, restated in our own code.

    Attributes:
        name: Name in a table: `"AUTOTRAINER"`.
        source: The paper or the web page, with its year.
        rules: Its rules, one per line: `"sign, sign: the rule"`.
    """

    name: ClassVar[str]
    source: ClassVar[str]
    rules: ClassVar[tuple[str, ...]]

    @classmethod
    def known(cls) -> frozenset[str]:
        """The signs that it has rules for."""
        ruled = {
            sign
            for rule in cls.rules
            for sign in rule.partition(":")[0].split(", ")
        }
        return frozenset(ruled & {kind.name for kind in SIGNS})

    @abstractmethod
    def signs(
        self, observations: Sequence[Observation], setting: Setting = NOTHING
    ) -> dict[str, int]:
        """What the tool reports on a run.

        Args:
            observations: The run, in order.
            setting: What is trained, and on what.

        Returns:
            The step at which each sign was first seen, by kgrad's names;
            what a tool tells before training is seen at the first step.
        """


class Seen:
    """The signs that were seen, with the first step of each."""

    def __init__(self) -> None:
        self.steps: dict[str, int] = {}

    def note(self, observation: Observation, **signs: bool) -> None:
        """Notes those that are present at this step, if they are new."""
        self._note(observation.step, signs)

    def note_before(self, **signs: bool) -> None:
        """Notes those that are present before training."""
        self._note(1, signs)

    def _note(self, step: int, signs: Mapping[str, bool]) -> None:
        for sign, is_there in signs.items():
            if is_there:
                self.steps.setdefault(sign, step)


def ended(observations: Iterable[Observation]) -> list[Observation]:
    """The observations at the end of an epoch."""
    return [seen for seen in observations if seen.ends_epoch]


def unchanged(values: Sequence[float], length: int) -> bool:
    """Whether the last `length` values exist, are finite and all equal."""
    recent = values[-length:]
    return len(recent) == length and all(
        value == recent[0] and math.isfinite(value) for value in recent
    )


def require_count(name: str, value: int) -> None:
    """Refuses what is not an integer of 1 or more.

    Raises:
        TypeError: If it is not an integer.
        ValueError: If it is below 1.
    """
    if type(value) is not int:
        raise TypeError(
            f"`{name}` must be an integer. Received: {name}={value!r}"
        )
    if value < 1:
        raise ValueError(
            f"`{name}` must be at least 1. Received: {name}={value}"
        )


class TerminateOnNaN(Baseline):
    """`keras.callbacks.TerminateOnNaN`: one rule, checked in every step.

    It does not see what becomes large before, so it knows only `nonfinite`.
    """

    name = "TerminateOnNaN"
    source = "Keras 3, keras.callbacks.TerminateOnNaN, 2023"
    rules = ("nonfinite: the loss is NaN or Inf",)

    def signs(
        self, observations: Sequence[Observation], setting: Setting = NOTHING
    ) -> dict[str, int]:
        """`nonfinite`, or nothing."""
        seen = Seen()
        for observation in observations:
            seen.note(observation, nonfinite="loss" in observation.nonfinite)
        return seen.steps
