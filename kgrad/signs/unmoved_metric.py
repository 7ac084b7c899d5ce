"""A metric that stands still while the model learns."""

from __future__ import annotations

import math

import numpy as np

from kgrad.records import GLOBAL, Finding, Snapshot
from kgrad.records.numbers import number
from kgrad.remedies import metrics
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.checks.base import CLASS_LOSSES
from kgrad.signs.data_checks import OutputAndLoss
from kgrad.signs.metric import LEARNED
from kgrad.signs.series import higher_is_better


class UnmovedMetric(EpochSign):
    """The same value in every epoch, to the last digit, as the loss falls.

    A metric that looks at something else than the loss does: `MeanIoU` of
    probabilities, which it cuts down to whole numbers. It is a note, for the
    model may well learn. An accuracy does not move either while every answer
    is on the same side of its threshold, as of a rare class; so the answers
    of the last sample must be of several classes.

    Args:
        fall: Gain of the loss from which on a model has learned for certain.
        luck: Chance that a metric that does count the answers is the same in
            all epochs. Two counts of n answers, p of them right, agree with
            probability 1 / (2 sqrt(pi n p (1 - p))).
        samples: Fewest that it must count: of a few samples, the answers can
            be the same because none of them is near a threshold.
    """

    name = "output_and_loss"
    rule = "unmoved_metric"
    description = "a metric that stands still while the loss falls"
    rank = OutputAndLoss.rank
    shown_by = ("metric",)

    def __init__(
        self, *, fall: float = LEARNED, luck: float = 1e-6, samples: int = 1000
    ) -> None:
        require_positive(fall=fall, luck=luck, samples=samples)
        self.fall, self.luck, self.samples = fall, luck, samples
        self._answers = 0

    def update(self, snapshot: Snapshot) -> None:
        """Remembers how many classes the model last answered with."""
        for sample in snapshot.samples:
            if sample.data is None:
                continue
            said = [
                sum(count > 0 for count in prediction.class_counts)
                for prediction in sample.data.of("prediction")
            ]
            self._answers = min(said, default=0)

    def examine(self) -> tuple[Finding, ...]:
        """One, of the first metric that stands still."""
        progress = self.state.progress
        outputs = progress.setup.outputs
        # Of several outputs, the loss of one may fall while another's stays.
        if len(outputs) != 1 or outputs[0].loss not in CLASS_LOSSES:
            return ()
        if self._answers < 2:
            return ()
        gains = progress.gains("loss")
        if not len(gains) or not gains[-1] >= self.fall:
            return ()
        known = progress.chance_is_known("loss")
        level = "that of guessing" if known else "where it began"
        for name in progress.epochs[-1].logs:
            is_judged = higher_is_better(name) and not name.startswith("val_")
            if not is_judged or not self._stands_still(name):
                continue
            value = progress.series(name)[-1]
            return (
                self.finding(
                    GLOBAL,
                    (progress.first_step, progress.last_step),
                    float(gains[-1]),
                    self.fall,
                    f"`{name}` is {number(value, 6)} in each of "
                    f"{len(progress.epochs)} epochs, though the loss has "
                    f"fallen to {gains[-1]:.0%} below {level}",
                    (metrics.that_counts_answers(),),
                    details="The answers are of several classes and change as "
                    "the loss falls: the metric does not count them.",
                    severity="note",
                ),
            )
        return ()

    def _stands_still(self, name: str) -> bool:
        """Whether it is constant, in validation too, and that is no luck."""
        progress = self.state.progress
        for metric in (name, f"val_{name}"):
            values = progress.series(metric)
            if metric != name and np.isnan(values).all():
                continue
            if not (values == values[0]).all() or not 0 < values[0] < 1:
                return False
        counts = np.array(
            [
                e.samples.get(name) or e.samples.get("loss", 0)
                for e in progress.epochs
            ]
        )
        if counts.min() < self.samples:
            return False
        right = progress.series(name)[0]
        spread = np.sqrt(counts[1:] * right * (1 - right))
        agree = np.minimum(1 / (2 * math.sqrt(math.pi) * spread), 1)
        return bool(np.prod(agree) < self.luck)
