"""The curves that TensorBoard shows of the run itself: loss and metrics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kgrad.records import Epoch, Snapshot, guarded
from kgrad.reporters.tensorboard.curves import Point
from kgrad.signs.metric import judged
from kgrad.signs.oscillation import oscillation_by_epoch


def epoch_tag(metric: str) -> str:
    """`epoch/val_loss`."""
    return f"epoch/{metric}"


class StepCurves:
    """Makes the points of what each step has once, whatever the targets."""

    def __init__(self) -> None:
        self._loss_known = False
        self._skipped = 0

    def points(self, snapshot: Snapshot) -> Iterator[Point]:
        """The points of a window that has steps."""
        # A loss that was known before and now is NaN has become NaN.
        self._loss_known |= not np.isnan(snapshot.loss).all()
        if self._loss_known:
            text = "Loss of a step, before its update. Over a window: "
            mean, largest = snapshot.loss.mean(), snapshot.loss.max()
            yield Point("training/loss", float(mean), text + "mean.")
            yield Point("training/loss_max", float(largest), text + "maximum.")
        yield Point(
            "training/learning_rate",
            float(snapshot.learning_rate[-1]),
            "Learning rate of the last step of a window.",
        )
        by_action = guarded(snapshot.steps, snapshot.actions)
        self._skipped += int((snapshot.skipped & ~by_action).sum())
        if snapshot.setup.loss_scaling:
            yield Point(
                "training/skipped_steps",
                self._skipped,
                "Steps so far that loss scaling skipped for an overflow. "
                "Healthy: a few at the beginning, and now and then.",
            )


def epoch_points(epochs: Sequence[Epoch]) -> Iterator[Point]:
    """Metrics of the last of these epochs, and how the judged one swings."""
    for name, value in epochs[-1].logs.items():
        yield Point(
            epoch_tag(name), value, f"Keras' `{name}` at the end of an epoch."
        )
    metric = judged(epochs)
    if metric:
        yield Point(
            epoch_tag("oscillation"),
            float(oscillation_by_epoch(epochs, metric)[-1]),
            f"How far `{metric}` turned back in an epoch, in its own unit; 0 "
            "where it went on as before. Healthy: near 0, or getting there.",
        )
