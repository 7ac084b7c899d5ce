"""The gradient through time of a run, as a table with small profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from kgrad.records import Sample, TimeProfile
from kgrad.report.cases import known
from kgrad.report.reach import by_state, horizon_text
from kgrad.report.sparkline import sparkline
from kgrad.report.tables import legend, plain_table

_LEGEND = {
    "gradient": "first to last time step; █ largest, each bar lower a tenth",
    "horizon": "steps back above 1% of its largest; healthy: as the task needs",
    "decay": "decades lost per step back; healthy: near 0",
    "ratio": "first step to last; healthy: near 1",
}

_FRESH = (
    ": the loss reads every step, so that gradient arrives all along and the "
    "profile does not show memory. "
    "`kgrad.time_gradients(model, x, y, lags=True)` does."
)

_DECADES = 7
"""One for each bar above the lowest."""


def time_table(
    samples: Sequence[Sample], labels: Mapping[str, str]
) -> Iterator[RenderableType]:
    """First and last profile of each state of each recurrent layer.

    Args:
        samples: Of the whole run; without profiles, there is nothing to show.
        labels: Short names of layers.
    """
    profiles_of = by_state(samples)
    if not profiles_of:
        return
    table = plain_table()
    table.add_column("through\ntime", overflow="fold", ratio=1)
    table.add_column("\nstep", justify="right")
    table.add_column("gradient,\nlog", no_wrap=True)
    for title in ("\nhorizon", "\ndecay", "\nratio"):
        table.add_column(title, justify="right", no_wrap=True)
    fresh: dict[str, None] = {}
    for profiles in profiles_of.values():
        shown = [profiles[0], profiles[-1]] if profiles[1:] else profiles
        for i, (profile, of_memory) in enumerate(shown):
            label = labels.get(profile.layer, profile.layer)
            name = "" if i else _name(profile, label)
            table.add_row(Text(name), *_row(profile, of_memory))
            if not of_memory:
                fresh[label] = None
    yield table
    yield legend(_LEGEND)
    if fresh:
        yield Text(", ".join(fresh) + _FRESH, "yellow")


def _name(profile: TimeProfile, label: str) -> str:
    """`"lstm[h]"`; what reads from the end falls to the right."""
    suffix = ", reads from the end" if profile.backwards else ""
    return f"{label}[{profile.state}]{suffix}"


def _row(profile: TimeProfile, of_memory: bool) -> list[str]:
    return [
        str(profile.step),
        sparkline(profile.norm, logarithmic=True, span=_DECADES),
        horizon_text(profile) if of_memory else "-",
        known(profile.decay) if of_memory else "-",
        known(profile.ratio) if of_memory else "-",
    ]
