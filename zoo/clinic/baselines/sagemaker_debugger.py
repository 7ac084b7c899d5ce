"""Amazon SageMaker Debugger: one built-in rule per symptom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from zoo.clinic.baselines.base import Baseline, Seen, ended, require_count
from zoo.clinic.baselines.observation import Observation
from zoo.clinic.baselines.setting import NOTHING, Setting


@dataclass(frozen=True, kw_only=True)
class SageMakerDebugger(Baseline):
    """Eight of the built-in rules, with their default parameters.

    Which of its rules is which of our signs: VanishingGradient is
    `vanishing`, ExplodingTensor `exploding` and `nonfinite`,
    WeightUpdateRatio `large_updates` or `small_updates`, DeadRelu
    `dead_units`, SaturatedActivation `saturation`, LossNotDecreasing
    `slow_progress`, ClassImbalance `labels`. It has no rule on accuracy, and
    TensorVariance and UnchangedTensor have no default tensors or bounds.

    Read in its favor: gradients and updates of kernels only, for a bias
    that starts at zero has no ratio; the loss is the mean of each epoch, not
    that of a batch; the outputs of the model are not called saturated; what
    is inside a recurrent layer, which its tensor names do not reach, counts
    by its outputs; classes are counted before training, all at once.

    Left out: how often a rare class is mistaken, the second half of
    ClassImbalance, which needs the predictions of every batch; and
    CheckInputImages, whose default limits were not to be had.

    Args:
        vanishing: Mean absolute gradient below which it has vanished: 1e-7.
        large_update: Mean absolute update over mean absolute weight: 10.
        small_update: The same, below: 1e-8.
        epsilon: Added to the mean absolute weight: 1e-9.
        dead_share: Share of units, of a ReLU layer, that are active less
            than 1% of the time: 0.5.
        saturated_share: Share of units, of a tanh or sigmoid layer, of which
            less than 1% of the inputs lie within -9.4999 to 9.4999 (tanh) or
            -23 to 16.99999 (sigmoid): 0.5.
        loss_steps: Steps after which the loss must be lower: 10.
        loss_percent: By so much: 0, that is at all.
        imbalance: Samples of the largest class over those of the smallest: 10.
        samples: Labels that must be seen before: 500.

    Raises:
        TypeError: If `loss_steps` is not an integer.
        ValueError: If it is below 1.
    """

    name: ClassVar[str] = "SageMaker Debugger"
    source: ClassVar[str] = (
        "Amazon SageMaker Developer Guide, List of Debugger Built-in Rules, "
        "2023; Rauschmayr et al.: Amazon SageMaker Debugger, MLSys 2021"
    )
    rules: ClassVar[tuple[str, ...]] = (
        "vanishing: mean absolute gradient of a kernel below 1e-7",
        "exploding, nonfinite: a NaN or Inf in any tensor",
        "large_updates: mean update above 10 times the mean weight",
        "small_updates: mean update below 1e-8 of the mean weight",
        "dead_units: half of a ReLU layer active less than 1% of the time",
        "saturation: half of a tanh or sigmoid layer where the slope is "
        "below 1e-7",
        "slow_progress: loss not lower than ten or more steps before",
        "labels: a class with ten times the samples of another",
    )

    vanishing: float = 1e-7
    large_update: float = 10.0
    small_update: float = 1e-8
    epsilon: float = 1e-9
    dead_share: float = 0.5
    saturated_share: float = 0.5
    loss_steps: int = 10
    loss_percent: float = 0.0
    imbalance: float = 10.0
    samples: int = 500

    def __post_init__(self) -> None:
        require_count("loss_steps", self.loss_steps)

    def signs(
        self, observations: Sequence[Observation], setting: Setting = NOTHING
    ) -> dict[str, int]:
        """Each rule on its own, to the end of the run."""
        seen = Seen()
        seen.note_before(labels=self._is_imbalanced(setting.class_counts))
        for observation in observations:
            bad = bool(observation.nonfinite)
            ratios = [
                kernel.update_mean / (kernel.weight_mean + self.epsilon)
                for kernel in observation.kernels
            ]
            seen.note(
                observation,
                nonfinite=bad,
                exploding=bad,
                vanishing=any(
                    kernel.gradient_mean < self.vanishing
                    for kernel in observation.kernels
                ),
                large_updates=any(x > self.large_update for x in ratios),
                small_updates=any(x < self.small_update for x in ratios),
                dead_units=any(
                    layer.kind == "relu"
                    and layer.inactive_unit_share > self.dead_share
                    for layer in observation.activations
                ),
                saturation=any(
                    not layer.is_output
                    and layer.shut_unit_share > self.saturated_share
                    for layer in observation.activations
                ),
            )
        self._judge_loss(ended(observations), seen)
        return seen.steps

    def _is_imbalanced(self, counts: Sequence[int]) -> bool:
        if sum(counts) < self.samples:
            return False
        return max(counts) > self.imbalance * min(counts)

    def _judge_loss(self, epochs: Sequence[Observation], seen: Seen) -> None:
        before: Observation | None = None
        for epoch in epochs:
            if not math.isfinite(epoch.loss):
                break
            if before is None:
                before = epoch
            elif epoch.step - before.step >= self.loss_steps:
                fall = before.loss - epoch.loss
                least = self.loss_percent / 100 * abs(before.loss)
                seen.note(epoch, slow_progress=not fall > least)
                before = epoch
