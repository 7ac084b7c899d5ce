"""DeepDiagnosis: symptoms at the end of each epoch, on the first batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from kgrad.records import Output
from zoo.clinic.baselines.base import (
    Baseline,
    Seen,
    ended,
    require_count,
    unchanged,
)
from zoo.clinic.baselines.observation import Observation
from zoo.clinic.baselines.setting import NOTHING, Setting

BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, math.inf),
    "elu": (-1.0, math.inf),
    "linear": (-math.inf, math.inf),
}
"""What the activations that the tool knows can put out; softmax it skips."""


@dataclass(frozen=True, kw_only=True)
class DeepDiagnosis(Baseline):
    """The symptoms of DeepDiagnosis.

    Which of its symptoms is which of our signs: numerical error, exploding
    tensor and invalid loss are `nonfinite` and `exploding`, vanishing
    gradient is `vanishing`, dead node `dead_units`, saturated activation
    `saturation`, unchanged weight `small_updates`, loss not decreasing and
    accuracy not increasing `slow_progress`, out of range `output_and_loss`.

    Left out: the variance of the weights, the scale of the inputs and the
    learning rate, which the tool asks for only to explain a symptom that it has
    already seen.

    Read in its favor: it continues after the first symptom, where the tool
    stops; all kernels are checked, not only those of dense layers; a mean
    that is exactly zero is no numerical error; the outputs of the model are
    not called saturated; no output is out of range of a loss that takes
    logits, which the tool does not know.

    Args:
        vanishing: Mean absolute gradient below which it has vanished: 1e-7.
        dead_share: Share of the outputs of a ReLU layer that are not above
            zero, at the end of the run: 0.7.
        saturated_share: Share of the inputs of a tanh or sigmoid layer at or
            beyond -5 and 5 is above: 0.5.
        window: Epochs, one after the other, whose loss, or mean weight, is
            one number: 5. They are checked once every this many epochs.
        accuracy_window: The same for accuracy: 20.
        span: Range of linear outputs, in that of the targets, above which
            they are out of range: 10.

    Raises:
        TypeError: If a window is not an integer.
        ValueError: If it is below 1.
    """

    name: ClassVar[str] = "DeepDiagnosis"
    source: ClassVar[str] = (
        "Wardat, Cruz, Le and Rajan: DeepDiagnosis: Automatically Diagnosing "
        "Faults and Recommending Actionable Fixes in Deep Learning Programs, "
        "ICSE 2022, arXiv:2112.04036, and its public settings"
    )
    rules: ClassVar[tuple[str, ...]] = (
        "nonfinite, exploding: a NaN or Inf in a tensor or in the loss",
        "vanishing: mean absolute gradient of a kernel below 1e-7",
        "dead_units: at the end, 70% of a ReLU layer's outputs are zero",
        "saturation: more than half of the inputs of a tanh or sigmoid layer "
        "at or beyond 5",
        "small_updates: mean weight unchanged over five epochs",
        "slow_progress: loss unchanged over five epochs, or accuracy over 20",
        "output_and_loss: after the first epoch, linear or relu outputs for a "
        "categorical loss, linear outputs over ten times the range of the "
        "targets, or targets beyond the output's activation",
    )

    vanishing: float = 1e-7
    dead_share: float = 0.7
    saturated_share: float = 0.5
    window: int = 5
    accuracy_window: int = 20
    span: float = 10.0

    def __post_init__(self) -> None:
        require_count("window", self.window)
        require_count("accuracy_window", self.accuracy_window)

    def signs(
        self, observations: Sequence[Observation], setting: Setting = NOTHING
    ) -> dict[str, int]:
        """Each symptom on its own, to the end of the run."""
        seen = Seen()
        for observation in observations:
            bad = bool(observation.nonfinite)
            seen.note(observation, nonfinite=bad, exploding=bad)
        epochs = ended(observations)
        for epoch in epochs[:1]:
            seen.note(
                epoch,
                output_and_loss=any(
                    self._is_out_of_range(output, setting, epoch)
                    for output in setting.outputs
                ),
            )
        for number, epoch in enumerate(epochs, 1):
            past = epochs[:number]
            seen.note(
                epoch,
                vanishing=any(
                    kernel.gradient_mean < self.vanishing
                    for kernel in epoch.kernels
                ),
                dead_units=number == len(epochs) and self._is_dead(epoch),
            )
            if number % self.window == 0:
                seen.note(
                    epoch,
                    saturation=self._is_saturated(epoch),
                    small_updates=self._stands(past),
                    slow_progress=unchanged(
                        [o.loss for o in past], self.window
                    ),
                )
            if number % self.accuracy_window == 0:
                accuracy = [o.accuracy for o in past]
                seen.note(
                    epoch,
                    slow_progress=unchanged(accuracy, self.accuracy_window),
                )
        return seen.steps

    def _is_out_of_range(
        self, output: Output, setting: Setting, epoch: Observation
    ) -> bool:
        kind, targets = output.activation, setting.targets
        if output.from_logits or kind not in BOUNDS:
            return False
        if kind in ("linear", "relu") and "categorical" in output.loss:
            return True
        span = targets.maximum - targets.minimum
        if kind == "linear" and epoch.output_span > self.span * span:
            return True
        low, high = BOUNDS[kind]
        return targets.minimum < low or targets.maximum > high

    def _is_dead(self, epoch: Observation) -> bool:
        return any(
            layer.kind == "relu" and layer.nonpositive_share >= self.dead_share
            for layer in epoch.activations
        )

    def _is_saturated(self, epoch: Observation) -> bool:
        return any(
            not layer.is_output
            and layer.beyond_five_share > self.saturated_share
            for layer in epoch.activations
        )

    def _stands(self, past: Sequence[Observation]) -> bool:
        means = [[k.weight_mean for k in o.kernels] for o in past]
        return any(
            unchanged(course, self.window)
            for course in zip(*means, strict=False)
        )
