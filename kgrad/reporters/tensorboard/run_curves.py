"""The curves that TensorBoard shows of the run and its sampled steps.

It lists them by name: those of `batch` and `epoch`, loss and metrics, come
before all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from kgrad.records import (
    Activity,
    Epoch,
    Sample,
    Snapshot,
    TimeProfile,
    guarded,
)
from kgrad.reporters.tensorboard.event_file import Point
from kgrad.signs.oscillation import oscillation_by_epoch
from kgrad.signs.series import main_metric
from kgrad.signs.through_time import measures_memory

TIME = {
    "horizon": (
        "Number of time steps, back from the last, over which the gradient "
        "stays above 1% of its largest. Healthy: at least as many as the task "
        "has to remember; in an untrained model there may be fewer."
    ),
    "decay": (
        "Decades (factors of 10) by which the gradient falls per time step on "
        "its way back. Healthy: near 0. At 0.1 a tenth is left after 10 "
        "steps; below 0 the gradient grows."
    ),
    "growth": (
        "Ratio of the largest gradient of all time steps to that of the last "
        "one. Healthy: near 1. In the thousands, it explodes on its way back."
    ),
}
"""What is shown of a profile, in the order of the charts."""

_EVERY_STEP = (
    " The loss reads every time step here: up to their number is expected, "
    "and there is neither horizon nor decay."
)

ACTIVITY = {
    "silent_unit_share": (
        "Share of units, 0 to 1, whose output is below 0.001 on every sample "
        "and time step. Healthy: near 0."
    ),
    "saturated_unit_share": (
        "Share of units, 0 to 1, with more than half of their outputs at a "
        "bound of the activation. Healthy: near 0."
    ),
    "output_mean": (
        "Mean of the outputs over batch, time and units, in their own unit. "
        "Healthy: steady; near 0 for tanh."
    ),
    "output_spread": (
        "Standard deviation of the outputs over batch, time and units, in "
        "their own unit. Healthy: steady, and not near 0."
    ),
    "gate_saturated_share": (
        "Share of a gate's outputs, 0 to 1, below 0.05 or above 0.95. "
        "Healthy: well below 1, where a gate hardly learns; but a forget gate "
        "that stays open preserves memory."
    ),
}
"""What is shown of activities, in the order of the charts."""


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
            yield Point("batch/loss", float(mean), text + "mean.")
            yield Point("batch/loss_max", float(largest), text + "maximum.")
        yield Point(
            "batch/learning_rate",
            float(snapshot.learning_rate[-1]),
            "Learning rate of the last step of a window.",
        )
        by_action = guarded(snapshot.steps, snapshot.actions)
        self._skipped += int((snapshot.skipped & ~by_action).sum())
        if snapshot.setup.loss_scaling:
            yield Point(
                "batch/skipped_steps",
                self._skipped,
                "Number of steps so far that loss scaling skipped. "
                "Healthy: a few at the beginning, and now and then.",
            )


def epoch_points(epochs: Sequence[Epoch]) -> Iterator[Point]:
    """Metrics of the last of these epochs, and the oscillation of one."""
    for name, value in epochs[-1].logs.items():
        yield Point(
            epoch_tag(name), value, f"Keras' `{name}` at the end of an epoch."
        )
    metric = main_metric(epochs)
    if metric:
        yield Point(
            epoch_tag("oscillation"),
            float(oscillation_by_epoch(epochs, metric)[-1]),
            f"How far `{metric}` turned back in an epoch, in its own unit; 0 "
            "where it kept its direction. Healthy: near 0, or approaching it.",
        )


def sample_points(sample: Sample, labels: Mapping[str, str]) -> Iterator[Point]:
    """The points of one step."""
    for profile in sample.profiles:
        of_memory = measures_memory(profile, sample)
        yield from _of_profile(profile, of_memory, labels)
    for activity in sample.activities:
        yield from _of_activity(activity, labels)


def _of_profile(
    profile: TimeProfile, of_memory: bool, labels: Mapping[str, str]
) -> Iterator[Point]:
    label = f"{labels.get(profile.layer, profile.layer)}[{profile.state}]"
    where = f" Layer: `{profile.layer}`, state {profile.state}."
    for name, text in TIME.items():
        if of_memory:
            described = text + where
        elif name == "growth":
            described = text + _EVERY_STEP + where
        else:
            continue
        yield Point(f"time/{name}/{label}", getattr(profile, name), described)


def _of_activity(
    activity: Activity, labels: Mapping[str, str]
) -> Iterator[Point]:
    label = labels.get(activity.layer, activity.layer)
    for name, value in activity.values.items():
        gate = re.fullmatch("gate_(.+)_saturated_share", name)
        kind = "gate_saturated_share" if gate else name
        yield Point(
            f"units/{kind}/{label}" + (f"[{gate[1]}]" if gate else ""),
            value,
            f"{ACTIVITY.get(kind, kind)} Layer: `{activity.layer}`.",
        )
