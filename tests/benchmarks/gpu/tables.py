"""What was found out as tables, in a terminal and on a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from tests.benchmarks.gpu.agreement import Agreement
from tests.benchmarks.gpu.costs import Cost
from tests.benchmarks.gpu.running import Results
from tests.benchmarks.gpu.told import Told
from zoo.results.text import markdown_table

TITLES = {
    "costs": "Time, over that of a plain step",
    "agreement": "Weights and profiles, largest differences",
    "cases": "Runs of the clinic",
    "injections": "A NaN, and the variable and step in which it is found",
}

NUMBERS = ("costs", "agreement")
"""Tables of numbers, beside those of names."""

HEADS = {
    "costs": (
        "model",
        "plain\nstep",
        "plain\nagain",
        "watched",
        "middle half",
        "sample",
        "steps\napart",
        "runs",
    ),
    "agreement": (
        "model",
        "plain again",
        "no samples",
        "samples",
        "profile",
        "right",
    ),
    "cases": ("case", "has", "told", "right"),
    "injections": ("put into", "found", "right"),
}


def rows(kind: str, outcomes: Sequence[Any]) -> list[tuple[str, ...]]:
    """The cells of a table."""
    of = {
        "costs": _cost,
        "agreement": _agreement,
        "cases": _case,
        "injections": _told,
    }[kind]
    return [of(outcome) for outcome in outcomes]


def _cost(cost: Cost) -> tuple[str, ...]:
    low, middle, high = np.quantile(cost.watched, [0.25, 0.5, 0.75])
    return (
        cost.mode,
        f"{cost.plain * 1e3:.3g} ms",
        f"{np.median(cost.again):.3f}",
        f"{middle:.3f}",
        f"{low:.3f} to {high:.3f}",
        f"{cost.sample:.3g}",
        str(cost.distance),
        _kernel(cost.fused),
    )


def _kernel(fused: bool) -> str:
    return "cuDNN" if fused else "scan"


def _agreement(agreed: Agreement) -> tuple[str, ...]:
    return (
        agreed.mode,
        _size(agreed.again),
        _size(agreed.unsampled),
        _size(agreed.sampled),
        _size(agreed.profile),
        _yes(agreed.passed),
    )


def _size(difference: float) -> str:
    return f"{difference:.0e}" if difference else "none"


def _case(case: Told) -> tuple[str, ...]:
    """What may follow from its problem is counted, not named."""
    told, expected = case.found.split(", "), case.expected.split(", ")
    named = [sign for sign in told if sign in expected] or told
    if others := len(told) - len(named):
        named.append(f"{others} more")
    return case.title, case.expected, ", ".join(named), _yes(case.passed)


def _told(told: Told) -> tuple[str, ...]:
    found = told.found if told.passed else f"{told.found}, not {told.expected}"
    return told.title, found, _yes(told.passed)


def _yes(passed: bool) -> str:
    return "yes" if passed else "NO"


def shown(results: Results) -> Iterator[RenderableType]:
    """The parts of what a terminal shows."""
    for name, text in results.about.items():
        yield Text(f"{name}: {text}")
    for kind, title in TITLES.items():
        if kind in results.outcomes:
            head = [
                Column(name, "number" if kind in NUMBERS else "text")
                for name in HEADS[kind]
            ]
            table = FittedTable(head, title)
            for cells in rows(kind, results.outcomes[kind]):
                table.add(*cells)
            yield Text()
            yield table
    yield Text()
    yield from (Text(line) for line in ends(results))


def ends(results: Results) -> Iterator[str]:
    """How it ended, in sentences."""
    for name, error in results.failed.items():
        yield f"Failed: {name}: {error}."
    if results.left_out:
        yield f"Left out, for lack of time: {_by_kind(results.left_out)}."
    right = (
        "All that was run is right" if results.passed else "NOT ALL IS RIGHT"
    )
    yield f"{right}. It took {results.seconds:.0f} s."


def _by_kind(names: Sequence[str]) -> str:
    """`"costs of GRU, LSTM XLA; agreement of GRU"`."""
    titles: dict[str, list[str]] = {}
    for name in names:
        kind, title = name.split(": ", 1)
        titles.setdefault(kind, []).append(title)
    return "; ".join(f"{kind} of {', '.join(t)}" for kind, t in titles.items())


def page(results: Results) -> str:
    """The same in Markdown."""
    about = "; ".join(results.about.values())
    tables = [
        f"{TITLES[kind]}:\n\n"
        + markdown_table(
            [name.replace("\n", " ") for name in HEADS[kind]],
            rows(kind, results.outcomes[kind]),
        )
        for kind in TITLES
        if kind in results.outcomes
    ]
    return "\n\n".join([f"{about}.", *tables, "\n".join(ends(results))])
