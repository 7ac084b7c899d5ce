"""The curves that TensorBoard shows of the steps looked at more closely."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kgrad.records import Activity, Sample, TimeProfile
from kgrad.reporters.tensorboard.curves import Point
from kgrad.signs.through_time import measures_memory

TIME = {
    "horizon": (
        "Time steps back from the last for which the gradient stays above "
        "1 % of its largest. Healthy: at least as many as the task has to "
        "remember; in a new model it may be less."
    ),
    "decay": (
        "Decades (factors of 10) by which the gradient falls per time step on "
        "its way back. Healthy: near 0. At 0.1 a tenth is left after 10 "
        "steps; below 0 it grows."
    ),
    "growth": (
        "Largest gradient of all time steps over that of the last one, a "
        "ratio. Healthy: near 1. Thousands: it explodes on its way back."
    ),
}
"""What is shown of a profile, in the order of the charts."""

FRESH = (
    " The loss reads every time step here: up to their number is expected, "
    "and there is no horizon and decay."
)

ACTIVITY = {
    "silent_unit_share": (
        "Share of units, 0 to 1, whose output is below 0.001 on every sample "
        "and time step. Healthy: near 0."
    ),
    "saturated_unit_share": (
        "Share of units, 0 to 1, of which more than half of the outputs are "
        "at a bound of the activation. Healthy: near 0."
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
        "Healthy: well below 1, where a gate hardly learns; a forget gate "
        "that stays open keeps memory, though."
    ),
}
"""What is shown of activities, in the order of the charts."""


def sample_points(sample: Sample, labels: Mapping[str, str]) -> Iterator[Point]:
    """The points of one step.

    Args:
        sample: What was seen in it.
        labels: Short names of layers.
    """
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
            described = text + FRESH + where
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
            f"activity/{kind}/{label}" + (f"[{gate[1]}]" if gate else ""),
            value,
            f"{ACTIVITY.get(kind, kind)} Layer: `{activity.layer}`.",
        )
