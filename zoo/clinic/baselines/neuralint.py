"""NeuraLint: rules on a program that has not run yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from kgrad.records import Output
from zoo.clinic.baselines.base import Baseline, Seen
from zoo.clinic.baselines.observation import Observation
from zoo.clinic.baselines.setting import NOTHING, Setting

REGRESSION = (
    "hinge",
    "huber",
    "mean_squared_error",
    "mean_absolute_error",
)
"""Losses that it takes for those of a regression."""


@dataclass(frozen=True, kw_only=True)
class NeuraLint(Baseline):
    """The rules of NeuraLint on output and loss.

    Missing last activation of a classifier (its faults 8 and 12), wrong last
    activation of a binary one (17), and a loss that does not fit its input (15
    and 20) are all `output_and_loss`.

    Left out, because no sign of ours means them: advice on the structure of
    convolutional networks (pooling, filters, window sizes, widths), on
    dropout and bias next to BatchNormalization, on redundant and missing
    activations of hidden layers, and on initial values; and mismatched
    shapes and a missing training loop, with which Keras does not train.

    Read in its favor, where the tool does otherwise:

    - It knows convolutional and dense layers only; here the last activation is
      known after any layer, recurrent ones, too.
    - Its Keras parser never reaches the rule that a softmax is missing; here
      the rule is as the paper has it.
    - What it asks of a categorical cross-entropy is asked of a sparse one.
    - It does not know `from_logits`; here it is asked nothing of such a loss.
    """

    name: ClassVar[str] = "NeuraLint"
    source: ClassVar[str] = (
        "Nikanjam, Ben Braiek, Morovati and Khomh: Automatic Fault Detection "
        "for Deep Learning Programs Using Graph Transformations, ACM TOSEM "
        "31(1), 2022, doi:10.1145/3470006, and its public rules"
    )
    rules: ClassVar[tuple[str, ...]] = (
        "output_and_loss: a linear output for a cross-entropy, a binary one "
        "without one sigmoid unit, a categorical one without softmax over "
        "two or more, one unit with softmax, or a regression loss after an "
        "activation",
    )

    def signs(
        self, observations: Sequence[Observation], setting: Setting = NOTHING
    ) -> dict[str, int]:
        """Of the program alone, whatever becomes of it."""
        seen = Seen()
        seen.note_before(output_and_loss=any(map(_misfits, setting.outputs)))
        return seen.steps


def _misfits(output: Output) -> bool:
    last, loss, units = output.activation, output.loss, output.units
    if not last or not units or output.from_logits:
        return False
    if units == 1 and last == "softmax":
        return True
    if loss == "binary_crossentropy":
        return last != "sigmoid" or units != 1
    if loss in ("categorical_crossentropy", "sparse_categorical_crossentropy"):
        return last != "softmax" or units == 1
    return loss in REGRESSION and last != "linear"
