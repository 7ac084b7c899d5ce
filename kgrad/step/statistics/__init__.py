"""Statistics: the flow of a step comes in, one number per target comes out."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kgrad._arguments import require
from kgrad.records import RATIOS, Measure
from kgrad.step.statistics.base import Flow, Statistic, per_target
from kgrad.step.statistics.table import BUILT_IN

__all__ = ["BUILT_IN", "Flow", "Measure", "Statistic", "chosen", "per_target"]

_RULE = "`statistics` must be a list of names and of `kgrad.Statistic`s."


def chosen(
    wanted: Iterable[str | Statistic], needed: Collection[str] = ()
) -> tuple[Statistic, ...]:
    """The statistics to measure, in the order of the window's columns.

    Args:
        wanted: What the user asked for: names of built-in statistics, `"all"`
            for all of them, and statistics of the user's own.
        needed: Names of built-in statistics that others need.

    Raises:
        TypeError: If something is neither a string nor a statistic.
        ValueError: If a name is unknown, or two statistics share one.
    """
    require(
        isinstance(wanted, Iterable) and not isinstance(wanted, str),
        _RULE,
        statistics=wanted,
    )
    known = {statistic.measure.name for statistic in BUILT_IN}
    names, taken = set(needed), {*known, *RATIOS}
    own: list[Statistic] = []
    for item in wanted:
        require(isinstance(item, str | Statistic), _RULE, statistics=item)
        if isinstance(item, Statistic):
            name = item.measure.name
            if name in taken:
                raise ValueError(
                    "`statistics` must have names of their own. Received: "
                    f"another {name!r}"
                )
            taken.add(name)
            own.append(item)
        elif item == "all":
            names |= known
        elif item in known:
            names.add(item)
        else:
            raise ValueError(
                f"`statistics` must be names among {['all', *sorted(known)]} "
                f"or instances of `kgrad.Statistic`. Received: {item!r}"
            )
    return (*(s for s in BUILT_IN if s.measure.name in names), *own)
