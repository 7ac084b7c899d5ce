"""What the units of each layer did in the last sample, as a table."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from kgrad.records import Sample
from kgrad.report.cases import known, share
from kgrad.report.tables import legend, plain_table

_LEGEND = {
    "silent": "units near 0 on every sample and time step; healthy: near 0%",
    "saturated": "units mostly at their activation's bound; healthy: near 0%",
    "mean, spread": "of all outputs; healthy: a spread well above 0",
    "gates": "outputs nearly 0 or 1; healthy: below 100%, except f",
}


def activity_table(
    samples: Sequence[Sample], labels: Mapping[str, str]
) -> Iterator[RenderableType]:
    """One row per layer.

    Args:
        samples: Of the whole run; without activities, there is nothing to
            show.
        labels: Short names of layers.
    """
    seen = [sample for sample in samples if sample.activities]
    if not seen:
        return
    table = plain_table()
    step = seen[-1].step
    table.add_column(f"activity,\nstep {step}", overflow="fold", ratio=1)
    for title in ("\nsilent", "\nsaturated", "\nmean", "\nspread"):
        table.add_column(title, justify="right", no_wrap=True)
    gates = [_gates(activity.values) for activity in seen[-1].activities]
    if any(gates):
        table.add_column("gates\nsaturated", overflow="fold", ratio=1)
    for activity, text in zip(seen[-1].activities, gates, strict=True):
        values = activity.values
        table.add_row(
            Text(labels.get(activity.layer, activity.layer)),
            share(values.get("silent_unit_share", math.nan)),
            share(values.get("saturated_unit_share", math.nan)),
            known(values.get("output_mean", math.nan)),
            known(values.get("output_spread", math.nan)),
            *([text] if any(gates) else []),
        )
    yield table
    told = dict(_LEGEND)
    if not any(gates):
        del told["gates"]
    yield legend(told)


def _gates(values: Mapping[str, float]) -> str:
    """`"i 3%, f 20%, o 5%"`."""
    found = (
        (re.fullmatch("gate_(.+)_saturated_share", name), value)
        for name, value in values.items()
    )
    return ", ".join(f"{gate[1]} {share(v)}" for gate, v in found if gate)
