"""TheDeepChecker: properties of gradients, updates and activations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from zoo.clinic.baselines.base import Baseline, Seen, ended, require_count
from zoo.clinic.baselines.observation import Observation
from zoo.clinic.baselines.setting import NOTHING, Scale, Setting


@dataclass(frozen=True, kw_only=True)
class TheDeepChecker(Baseline):
    """The properties that TheDeepChecker validates while a model trains.

    Which of its checks is which of our signs: numerical instability is
    `nonfinite`, vanishing gradient `vanishing`, exploding gradient and
    diverging weights or loss `exploding`, fast and slow (or no) training of
    a weight `large_updates` and `small_updates`, dead layer `dead_units`,
    saturated layer `saturation`. Of its checks before training, constant and
    unnormalized features are `inputs`, unnormalized targets of a regression
    `targets`, unbalanced labels `labels`, and a poor initial loss of a
    classifier `output_and_loss`.

    Left out: its checks of initial weights and biases, of signs and spread of
    weights and activations, and of the gradient by differences, which are no
    sign of ours; and those of the loss's decrease and smoothness, which are
    meant for overfitting one batch and alarm on any run that has converged. So
    is the vanishing of a gradient by its decay alone: a healthy run's gradient
    decays.

    Read in its favor: a row of values is a row of epochs, not of steps, and
    the outputs of the model are neither dead nor saturated; features are
    judged together, as its `homogeneous` data, and ids of an embedding not at
    all.

    Its limits of labels and initial loss are not in its repository; they are
    those of a public tool that took these checks over, under the same names.

    Args:
        vanishing: Mean absolute gradient below which it has vanished: 1e-6.
        exploding: Mean absolute gradient above which it has exploded: 1e6.
        diverged: Mean absolute weight above which it has diverged: 1e8.
        growth: Growth from each value to the next of a gradient, a weight or
            a loss that explodes: 2.
        window: Over this many consecutive values: 5.
        fast: log10 of mean absolute update over mean absolute weight: -1.
        slow: The same, below: -4.
        dead_share: Share of units, of a layer other than tanh and sigmoid,
            that are nearer to zero than 1e-5 in 95% of the outputs: 0.5.
        saturated_share: Share of units, of a tanh or sigmoid layer, whose
            mean distance from the middle is above 0.85 of the largest: 0.5.
        tolerance: Numbers that are nearer are almost equal: 0.01.
        balance: (perplexity of the labels - 1) over (classes - 1), below
            which they are unbalanced: 0.5.
        loss_ratio: Distance of the initial loss of a classifier from that of
            guessing, in the latter: 1.

    Raises:
        TypeError: If `window` is not an integer.
        ValueError: If it is below 1.
    """

    name: ClassVar[str] = "TheDeepChecker"
    source: ClassVar[str] = (
        "Ben Braiek and Khomh: Testing Feedforward Neural Networks Training "
        "Programs, ACM TOSEM 32(4), 2023, arXiv:2204.00694, and its public "
        "settings"
    )
    rules: ClassVar[tuple[str, ...]] = (
        "nonfinite: a NaN or Inf in any tensor",
        "vanishing: mean absolute gradient of a kernel below 1e-6",
        "exploding: mean absolute gradient above 1e6 or weight above 1e8, or "
        "gradient, weight or loss doubles four times in a row",
        "large_updates: mean update above a tenth of the mean weight",
        "small_updates: mean update below 1e-4 of the mean weight",
        "dead_units: half of a layer nearer to zero than 1e-5",
        "saturation: half of a tanh or sigmoid layer near its bounds",
        "inputs, targets: neither from 0 or -1 to 1, nor of mean 0 and "
        "spread 1, all within 0.01; or constant",
        "labels: their perplexity - 1 below half of the classes - 1",
        "output_and_loss: initial loss twice that of guessing, or none",
    )

    vanishing: float = 1e-6
    exploding: float = 1e6
    diverged: float = 1e8
    growth: float = 2.0
    window: int = 5
    fast: float = -1.0
    slow: float = -4.0
    dead_share: float = 0.5
    saturated_share: float = 0.5
    tolerance: float = 0.01
    balance: float = 0.5
    loss_ratio: float = 1.0

    def __post_init__(self) -> None:
        require_count("window", self.window)

    def signs(
        self, observations: Sequence[Observation], setting: Setting = NOTHING
    ) -> dict[str, int]:
        """Each check on its own, to the end of the run."""
        seen = Seen()
        self._check_before(setting, seen)
        for observation in observations:
            seen.note(observation, nonfinite=bool(observation.nonfinite))
        epochs = ended(observations)
        for number, epoch in enumerate(epochs, 1):
            decades = [
                _decades(kernel.update_mean, kernel.weight_mean)
                for kernel in epoch.kernels
            ]
            seen.note(
                epoch,
                vanishing=any(
                    kernel.gradient_mean < self.vanishing
                    for kernel in epoch.kernels
                ),
                exploding=self._explodes(epochs[:number]),
                large_updates=any(x > self.fast for x in decades),
                small_updates=any(x < self.slow for x in decades),
                dead_units=any(
                    layer.kind in ("relu", "other")
                    and not layer.is_output
                    and layer.tiny_unit_share > self.dead_share
                    for layer in epoch.activations
                ),
                saturation=any(
                    not layer.is_output
                    and layer.bound_unit_share > self.saturated_share
                    for layer in epoch.activations
                ),
            )
        return seen.steps

    def _check_before(self, setting: Setting, seen: Seen) -> None:
        is_regression = any(
            output.loss and not output.loss.endswith("crossentropy")
            for output in setting.outputs
        )
        seen.note_before(
            inputs=self._is_unnormalized(setting.inputs),
            targets=is_regression and self._is_unnormalized(setting.targets),
        )
        if not setting.class_counts:
            return
        shares = np.array(setting.class_counts) / sum(setting.class_counts)
        entropy = -float((shares * np.log(shares)).sum())
        classes = max(2, setting.outputs[0].units, len(shares))
        guessing = math.log(classes)
        error = abs(setting.first_loss - guessing)
        seen.note_before(
            labels=math.exp(entropy) - 1 < self.balance * (classes - 1),
            output_and_loss=error >= self.loss_ratio * guessing,
        )

    def _is_unnormalized(self, scale: Scale) -> bool:
        def almost(value: float, *wanted: float) -> bool:
            return any(abs(value - w) <= self.tolerance for w in wanted)

        if math.isnan(scale.std):
            return False
        if almost(scale.maximum, 1) and almost(scale.minimum, 0, -1):
            return False
        return not (almost(scale.mean, 0) and almost(scale.std, 1))

    def _explodes(self, past: Sequence[Observation]) -> bool:
        here = past[-1].kernels
        if any(
            kernel.gradient_mean > self.exploding
            or kernel.weight_mean > self.diverged
            for kernel in here
        ):
            return True
        recent = past[-self.window :]
        gradients = [[k.gradient_mean for k in o.kernels] for o in recent]
        weights = [[k.weight_mean for k in o.kernels] for o in recent]
        return any(
            self._grows(course)
            for course in (
                *zip(*gradients, strict=False),
                *zip(*weights, strict=False),
                tuple(o.loss for o in recent),
            )
        )

    def _grows(self, course: Sequence[float]) -> bool:
        return len(course) >= self.window and all(
            before > 0 and after >= self.growth * before
            for before, after in pairwise(course)
        )


def _decades(update: float, weight: float) -> float:
    """log10 of their ratio; -inf of no update, NaN of what is not known."""
    if weight == 0 or math.isnan(update) or math.isnan(weight):
        return math.nan
    return math.log10(update / weight) if update > 0 else -math.inf
