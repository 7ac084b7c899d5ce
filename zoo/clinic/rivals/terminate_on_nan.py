"""The callback of Keras that stops when the loss is no number."""

from __future__ import annotations

from collections.abc import Sequence

from zoo.clinic.rivals.base import Rival, Seen
from zoo.clinic.rivals.observation import Observation


class TerminateOnNaN(Rival):
    """`keras.callbacks.TerminateOnNaN`: one rule, looked at in every step.

    It says nothing of what became large before; so it is `nonfinite` only.
    """

    name = "TerminateOnNaN"
    source = "Keras 3, keras.callbacks.TerminateOnNaN, 2023"
    rules = ("nonfinite: the loss is NaN or Inf",)

    def signs(self, observations: Sequence[Observation]) -> dict[str, int]:
        """`nonfinite`, or nothing."""
        seen = Seen()
        for observation in observations:
            seen.note(observation, nonfinite="loss" in observation.nonfinite)
        return seen.steps
