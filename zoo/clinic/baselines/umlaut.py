"""UMLAUT: the program before training, and a few numbers of every epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from kgrad.records import Output
from zoo.clinic.baselines.base import Baseline, Seen, ended
from zoo.clinic.baselines.observation import Observation
from zoo.clinic.baselines.setting import NOTHING, Setting


@dataclass(frozen=True, kw_only=True)
class Umlaut(Baseline):
    """The errors and warnings of UMLAUT that say what a sign of ours says.

    Which of them is which: input exceeds typical limits and NaN in input are
    `inputs`; missing softmax before the loss, and a last layer with another
    activation, `output_and_loss`; a high learning rate is `large_updates`, a
    low one `small_updates`; possible overfitting is `overfitting`; and NaN in
    the loss, which an earlier version has, `nonfinite`.

    Left out, because no sign of ours means them: layers without an activation,
    a dropout rate above 0.5, images that are higher than wide, and validation
    accuracy above 0.95 or 0.05 above the training accuracy, of which the tool
    itself says that it may be well. Integer inputs are left out because the
    tool converts inputs before it looks.

    Read in its favor, where the tool does otherwise:

    - It wants a separate `Softmax` layer, and warns of any activation of the
      last layer before it. Here a softmax or sigmoid may be the last layer's
      own, if the loss is a cross-entropy; and it is missed only there.
    - It sees the inputs of the last batch of an epoch; here all of them count,
      but not ids of an embedding, which have no scale.
    - It compares losses of one epoch with those of the epoch before, and so
      does this.

    Args:
        limit: Inputs must lie within minus and plus: 1.
        high_rate: Learning rate above which it is high: 0.01.
        low_rate: Below which it is low: 1e-7.
    """

    name: ClassVar[str] = "UMLAUT"
    source: ClassVar[str] = (
        "Schoop, Huang and Hartmann: UMLAUT: Debugging Deep Learning Programs "
        "using Program Structure and Model Behavior, CHI 2021, "
        "doi:10.1145/3411764.3445538, and its public heuristics"
    )
    rules: ClassVar[tuple[str, ...]] = (
        "inputs: an input below -1 or above 1, or one that is NaN while the "
        "loss is NaN",
        "output_and_loss: neither softmax nor sigmoid before a cross-entropy "
        "that takes no logits, or another activation than linear",
        "large_updates: learning rate above 0.01",
        "small_updates: learning rate below 1e-7",
        "overfitting: in one epoch, validation loss rises and loss does not",
        "nonfinite: the loss is NaN",
    )

    limit: float = 1.0
    high_rate: float = 0.01
    low_rate: float = 1e-7

    def signs(
        self, observations: Sequence[Observation], setting: Setting = NOTHING
    ) -> dict[str, int]:
        """What is compiled, then epoch after epoch."""
        seen = Seen()
        seen.note_before(output_and_loss=any(map(_misfits, setting.outputs)))
        inputs = setting.inputs
        exceeds = inputs.minimum < -self.limit or inputs.maximum > self.limit
        for observation in observations:
            seen.note(observation, nonfinite="loss" in observation.nonfinite)
        epochs = ended(observations)
        for epoch in epochs:
            fails = "loss" in epoch.nonfinite
            seen.note(
                epoch,
                inputs=exceeds or (fails and setting.has_nan),
                large_updates=epoch.learning_rate > self.high_rate,
                small_updates=epoch.learning_rate < self.low_rate,
            )
        for before, epoch in pairwise(epochs):
            rises = epoch.val_loss > before.val_loss
            seen.note(epoch, overfitting=rises and epoch.loss <= before.loss)
        return seen.steps


def _misfits(output: Output) -> bool:
    if not output.activation or not output.loss:
        return False
    if output.loss.endswith("crossentropy"):
        wanted = ("linear",) if output.from_logits else ("softmax", "sigmoid")
        return output.activation not in wanted
    return output.activation != "linear"
