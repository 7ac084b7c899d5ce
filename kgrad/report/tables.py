"""The tables of a report: of the data, by target, through time, by layer."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kgrad.records import Array, Sample, Target, TimeProfile
from kgrad.records.numbers import number, number_or_dash, share
from kgrad.report.data_table import data_table
from kgrad.report.pictures import Pictures, median_of, sparkline
from kgrad.report.table import Column, Table
from kgrad.signs.through_time import horizon_text
from kgrad.storage.by_target import ByTarget
from kgrad.storage.history import RunHistory

_TARGETS = {
    "gradient norm": "median over the steps",
    "update ratio": "median update relative to the weights; healthy: 0.001",
    "clipped": "steps in which clipping changed the gradient",
    "non-finite": "entries of gradients that were NaN or infinite; healthy: 0",
}
_TIME = {
    "gradient": "first to last time step; █ is the largest, a bar less a tenth",
    "horizon": "steps back above 1% of the largest; healthy: as the task needs",
    "decay": "decades lost per step back; healthy: near 0",
    "ratio": "of the first step to the last; healthy: near 1",
}
_ACTIVITY = {
    "silent": "units near 0 on every sample and time step; healthy: near 0%",
    "saturated": "units mostly at an activation's bound; healthy: near 0%",
    "mean, spread": "of the outputs; healthy: spread well above 0",
    "gates": "outputs close to 0 or 1; healthy: below 100%, except f",
}
_NO_MEMORY = (
    "the loss reads every time step, so gradient arrives at all of them and "
    "the profile does not measure memory. "
    "`kgrad.time_gradients(model, x, y, lags=True)` does."
)
_DECADES = 7
"""One for each bar above the lowest."""


def run_tables(
    history: RunHistory, labels: Mapping[str, str], pictures: Pictures
) -> Iterator[Table]:
    """The tables that the run has numbers for."""
    seen_data = [(s.step, s.data) for s in history.samples if s.data]
    for step, data in seen_data[-1:]:
        yield data_table(data, f"step {step}")
    if len(history.steps):
        yield _by_target(history.target_records, labels, pictures.numbers)
    if pictures.profiles:
        yield _through_time(pictures.profiles, labels)
    seen = [sample for sample in history.samples if sample.activities]
    if seen:
        yield _by_layer(seen[-1], labels)


def target_cells(numbers: ByTarget, target: str) -> tuple[str, ...]:
    """What a target did in the whole run.

    Median and largest gradient norm, median update ratio, share of steps
    that were clipped, non-finite entries, and the curve of the norm.
    """
    norm = numbers.column("gradient_norm", target)
    clipped = numbers.column("clipped_gradient_norm", target)
    return (
        number(_median(norm)),
        number(_largest(norm)),
        number_or_dash(_median(numbers.column("update_ratio", target))),
        share(_clipped_share(norm, clipped)),
        number(float(np.nansum(numbers.column("nonfinite_count", target)))),
        sparkline(norm, width=8, logarithmic=True),
    )


def is_clipped(norm: Array, clipped: Array) -> npt.NDArray[np.bool_]:
    """Where clipping changed the norm; not where either is NaN."""
    # Clipping that does nothing may still round.
    return clipped < norm * (1 - 1e-5)


def _by_target(
    targets: Sequence[Target], labels: Mapping[str, str], numbers: ByTarget
) -> Table:
    """A row per variable, the whole model last; gates are left out."""
    shown = [target for target in targets if not target.gate]
    # From the input to the output.
    shown.sort(key=lambda target: (not target.layer, target.depth))
    rows = [
        (labels[target.name], *target_cells(numbers, target.name))
        for target in shown
    ]
    return Table(
        "Gradients",
        (
            Column("target", "text"),
            Column("gradient norm"),
            Column("largest", spare=2),
            Column("update ratio", spare=4),
            Column("clipped", spare=1),
            Column("non-finite", spare=5),
            Column("norm, log", "curve", spare=3),
        ),
        tuple(rows),
        tuple(_TARGETS.items()),
    )


def _through_time(
    by_state: Mapping[tuple[str, str], Sequence[tuple[TimeProfile, bool]]],
    labels: Mapping[str, str],
) -> Table:
    """First and last profile of each state of each recurrent layer."""
    rows: list[tuple[str, ...]] = []
    no_memory: dict[str, None] = {}
    for profiles in by_state.values():
        shown = [profiles[0], profiles[-1]] if profiles[1:] else profiles
        for i, (profile, of_memory) in enumerate(shown):
            label = labels.get(profile.layer, profile.layer)
            name = "" if i else _state(profile, label)
            rows.append((name, *_profile_cells(profile, of_memory)))
            if not of_memory:
                no_memory[label] = None
    return Table(
        "Through time",
        (
            Column("through time", "text"),
            Column("step"),
            Column("gradient, log", "curve", spare=3),
            Column("horizon"),
            Column("decay", spare=1),
            Column("ratio", spare=2),
        ),
        tuple(rows),
        tuple(_TIME.items()),
        (f"{', '.join(no_memory)}: {_NO_MEMORY}",) if no_memory else (),
    )


def _state(profile: TimeProfile, label: str) -> str:
    """`"lstm[h]"`; what reads from the end falls to the right."""
    suffix = ", reads from the end" if profile.backwards else ""
    return f"{label}[{profile.state}]{suffix}"


def _profile_cells(profile: TimeProfile, of_memory: bool) -> tuple[str, ...]:
    return (
        str(profile.step),
        sparkline(profile.norm, logarithmic=True, span=_DECADES),
        horizon_text(profile) if of_memory else "-",
        number_or_dash(profile.decay) if of_memory else "-",
        number_or_dash(profile.ratio) if of_memory else "-",
    )


def _by_layer(sample: Sample, labels: Mapping[str, str]) -> Table:
    """What the units of each layer did in a sample."""
    gates = [_gates(activity.values) for activity in sample.activities]
    rows = []
    for activity, text in zip(sample.activities, gates, strict=True):
        values = activity.values
        row = (
            labels.get(activity.layer, activity.layer),
            share(values.get("silent_unit_share", math.nan)),
            share(values.get("saturated_unit_share", math.nan)),
            number_or_dash(values.get("output_mean", math.nan)),
            number_or_dash(values.get("output_spread", math.nan)),
        )
        rows.append((*row, text) if any(gates) else row)
    numbers = (
        Column("silent"),
        Column("saturated"),
        Column("mean", spare=1),
        Column("spread", spare=2),
    )
    of_gates = [Column("gates saturated", "text")] if any(gates) else []
    legend = {
        name: text
        for name, text in _ACTIVITY.items()
        if name != "gates" or of_gates
    }
    return Table(
        "Activity",
        (Column(f"activity, step {sample.step}", "text"), *numbers, *of_gates),
        tuple(rows),
        tuple(legend.items()),
    )


def _gates(values: Mapping[str, float]) -> str:
    """`"i 3%, f 20%, o 5%"`."""
    found = (
        (re.fullmatch("gate_(.+)_saturated_share", name), value)
        for name, value in values.items()
    )
    return ", ".join(f"{gate[1]} {share(v)}" for gate, v in found if gate)


def _median(values: Array) -> float:
    return median_of(values, np.isfinite(values))


def _largest(values: Array) -> float:
    return float(np.fmax.reduce(values, initial=np.nan))


def _clipped_share(norm: Array, clipped: Array) -> float:
    known = ~(np.isnan(norm) | np.isnan(clipped))
    count = int(known.sum())
    return int(is_clipped(norm, clipped).sum()) / count if count else np.nan
