"""AUTOTRAINER: gradients of the first batch, the accuracy, and the output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from kgrad.records import Output
from zoo.clinic.baselines.base import Baseline, Seen, ended, require_count
from zoo.clinic.baselines.observation import Observation
from zoo.clinic.baselines.setting import NOTHING, Setting


@dataclass(frozen=True, kw_only=True)
class AutoTrainer(Baseline):
    """The five problems of AUTOTRAINER, and the three of its repository.

    Which of its problems is which of our signs: gradient vanish is
    `vanishing`, gradient explode `exploding`, and if it is recognized by NaN or
    Inf also `nonfinite`; dying ReLU is `dead_units`, oscillating loss
    `oscillation`, slow convergence `slow_progress`. The paper ends there. Its
    repository later adds abnormal data, which is `inputs`, and improper
    activation and improper loss, which both are `output_and_loss`.

    Read in its favor, where the tool does otherwise or is silent:

    - It names one problem and stops to repair it. Here it names all that
      hold, to the end of the run.
    - It takes a model's gradients as kernel and bias in turns, which a
      recurrent layer is not. Here the first kernel is the first weight of two
      or more axes, and the last kernel the last.
    - It is for classifiers. Where no accuracy is measured, its rules on
      gradients and on the output's activation count without it;
      `needs_accuracy=True` has them be silent.
    - The last epoch is checked, too, so that a short run is seen at all, and
      abnormal data are looked for after the first.
    - Improper loss, which is seen in what was compiled, is told before
      training. The tool calls every loss of a regression improper, in a line
      before the one that asks for a linear output. Here the latter counts
      where no accuracy is measured, and the former where one is.
    - It does not know `from_logits`; here it is asked nothing of such a loss.
    - Outputs are summed over the last axis, where the tool has the second, and
      only where an accuracy is measured.

    Left out: the check of the weights, whose outcome the tool does not use,
    and overfitting, which is commented out there.

    Args:
        interval: Epochs between two checks: 3 (its command line).
        vanish_ratio: The gradient of the first kernel over that of the last
            is below: 1e-3 (its beta 1).
        vanish_norm: And the gradient of the first is below: 1e-4 (beta 2).
        explode_ratio: The same ratio is above: 70 (beta 3).
        dying_share: Share of gradients that are exactly zero: 0.7 (gamma).
        swing: Fall of the accuracy from a peak to a trough: 0.03 (zeta).
        swing_rate: In at least this share of the epochs: 0.2 (eta).
        rise: The largest rise of accuracy in an epoch of a run that learns:
            0.01 (delta).
        accuracy: What a run that needs no doctor reaches: 0.6 (Theta).
        patience: Part of the planned epochs before accuracy is judged: 0.3.
        loss: Validation loss that counts as NaN: 1e5.
        needs_accuracy: Whether rules on gradients are silent in a run
            without an accuracy.
        abnormal_mean: Mean absolute output of a layer, but the last, from
            which the data are abnormal: 10 (omega 1).
        output_sum: Sum of absolute outputs of a sample, above which their
            activation is improper: 1.1 (omega 2, and 0.1).

    Raises:
        TypeError: If `interval` is not an integer.
        ValueError: If it is below 1.
    """

    name: ClassVar[str] = "AUTOTRAINER"
    source: ClassVar[str] = (
        "Zhang, Zhai, Ma and Shen: AUTOTRAINER: An Automatic DNN Training "
        "Problem Detection and Repair System, ICSE 2021, and its public "
        "settings"
    )
    rules: ClassVar[tuple[str, ...]] = (
        "every third epoch, on the first batch, in inference mode",
        "exploding, nonfinite: a NaN or Inf, or a validation loss of 1e5",
        "vanishing: first kernel's gradient below 1e-4 and below 1e-3 of the "
        "last kernel's",
        "exploding: first kernel's gradient above 70 times the last kernel's",
        "dead_units: 70% of the gradient is exactly zero",
        "slow_progress: from 30% of the epochs on, no rise of accuracy by "
        "0.01 in an epoch",
        "the three on gradients only if it is slow or accuracy is below 0.6",
        "oscillation: otherwise, a fall of accuracy by 0.03 in 20% of the "
        "epochs",
        "inputs: a layer but the last has a mean absolute output of 10, and "
        "the output's activation is proper",
        "output_and_loss: a loss below 0, or one unit without a binary loss, "
        "or several without a categorical one, or, where accuracy is low, "
        "slow or swings, no sigmoid or softmax before them, or outputs of a "
        "sample that add up to more than 1.1",
    )

    interval: int = 3
    vanish_ratio: float = 1e-3
    vanish_norm: float = 1e-4
    explode_ratio: float = 70.0
    dying_share: float = 0.7
    swing: float = 0.03
    swing_rate: float = 0.2
    rise: float = 0.01
    accuracy: float = 0.6
    patience: float = 0.3
    loss: float = 1e5
    needs_accuracy: bool = False
    abnormal_mean: float = 10.0
    output_sum: float = 1.1

    def __post_init__(self) -> None:
        require_count("interval", self.interval)

    def signs(
        self, observations: Sequence[Observation], setting: Setting = NOTHING
    ) -> dict[str, int]:
        """Goes from check to check; what a check has seen is remembered."""
        epochs = ended(observations)
        checks = epochs[self.interval - 1 :: self.interval]
        if epochs and epochs[-1] not in checks:
            checks.append(epochs[-1])
        seen = Seen()
        measured = any(not math.isnan(o.accuracy) for o in epochs)
        losses = [_fit_of(o, measured) for o in setting.outputs]
        is_improper = "activation" in losses
        if not is_improper:
            seen.note_before(output_and_loss="loss" in losses)
        for epoch in epochs[:1]:
            sums = measured and epoch.output_sum > self.output_sum
            proper = not is_improper and not sums
            seen.note(epoch, inputs=proper and self._is_abnormal(epoch))
        symptoms: set[str] = set()
        fails = is_slow = swings = False
        for check in checks:
            past = [o for o in epochs if o.step <= check.step]
            if any(o.nonfinite for o in past) or check.val_loss >= self.loss:
                seen.note(check, nonfinite=True, exploding=True)
                break
            if measured and check.output_sum > self.output_sum:
                is_improper = True
            seen.note(
                check,
                inputs=check.layer_mean >= self.abnormal_mean
                and not is_improper,
                output_and_loss=any(o.loss < 0 or o.val_loss < 0 for o in past),
            )
            symptoms |= self._of_gradients(check)
            if check.epoch >= self.patience * check.epochs:
                fails = fails or self._fails(past)
                is_slow = is_slow or self._is_slow(past)
                swings = swings or self._swings(past)
            judged = not math.isnan(check.accuracy) or self.needs_accuracy
            troubled = fails or is_slow or swings or not judged
            seen.note(check, output_and_loss=is_improper and troubled)
            if fails or is_slow or not judged:
                seen.note(check, slow_progress=is_slow)
                seen.note(check, **dict.fromkeys(symptoms, True))
            else:
                seen.note(check, oscillation=swings)
        return seen.steps

    def _is_abnormal(self, epoch: Observation) -> bool:
        return epoch.layer_mean >= self.abnormal_mean

    def _of_gradients(self, check: Observation) -> set[str]:
        found = set()
        if check.kernels:
            first = check.kernels[0].gradient_norm
            last = check.kernels[-1].gradient_norm
            ratio = first / last if last else math.inf if first else math.nan
            if ratio < self.vanish_ratio and first < self.vanish_norm:
                found.add("vanishing")
            if ratio > self.explode_ratio:
                found.add("exploding")
        if check.zero_gradient_share >= self.dying_share:
            found.add("dead_units")
        return found

    def _fails(self, past: Sequence[Observation]) -> bool:
        return any(
            values and max(values) < self.accuracy for values in _courses(past)
        )

    def _is_slow(self, past: Sequence[Observation]) -> bool:
        courses = [values for values in _courses(past) if values]
        return bool(courses) and all(
            max((b - a for a, b in pairwise(values)), default=0.0) < self.rise
            for values in courses
        )

    def _swings(self, past: Sequence[Observation]) -> bool:
        values = _courses(past)[0]
        peaks, troughs = [], []
        for before, here, after in zip(
            values, values[1:], values[2:], strict=False
        ):
            if here >= before and here >= after:
                peaks.append(here)
            if here <= before and here <= after:
                troughs.append(here)
        falls = sum(
            peak - trough >= self.swing
            for peak, trough in zip(peaks, troughs, strict=False)
        )
        return bool(values) and falls >= self.swing_rate * len(values)


def _courses(past: Sequence[Observation]) -> tuple[list[float], list[float]]:
    """Accuracy in training and validation, without what is not measured."""
    training = [o.accuracy for o in past if not math.isnan(o.accuracy)]
    validation = [
        o.val_accuracy for o in past if not math.isnan(o.val_accuracy)
    ]
    return training, validation


def _fit_of(output: Output, measured: bool) -> str:
    """What of an output is improper: `"activation"`, `"loss"` or `""`."""
    loss, activation = output.loss, output.activation
    if not loss or not output.units or output.from_logits:
        return ""
    if "binary" in loss and output.units == 1:
        return "" if activation in ("sigmoid", "") else "activation"
    if "categorical" in loss and output.units > 1:
        return "" if activation in ("softmax", "") else "activation"
    if not measured and not loss.endswith("crossentropy"):
        return "" if activation in ("linear", "") else "activation"
    return "loss"
