"""How early a problem is told, and what it costs to tell one too early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import RenderableType

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from zoo.mutants.scoring import Share, Verdict
from zoo.results.text import markdown_table

PARTS = tuple(range(10, 101, 10))
"""Percent of the epochs, at which the curve is read."""

_CLOSE = 1e-9
"""Shares of steps are not exact."""


def curve(verdicts: Sequence[Verdict]) -> list[Share]:
    """The share of ill mutants that were found by each of `PARTS`.

    Found is what is told from then on until the end: what is withdrawn, though
    told again later, counts from its last time on.

    Args:
        verdicts: Of one tool; what is not ill is left out.
    """
    ill = [v.told for v in verdicts if v.label == "ill"]
    return [
        Share.where(t.alarms and t.since <= part / 100 + _CLOSE for t in ill)
        for part in PARTS
    ]


@dataclass(frozen=True)
class Withdrawn:
    """Problems that healthy programs were told, and that were withdrawn.

    Args:
        programs: Of all healthy ones, those that were told any.
        signs: By sign, for how many epochs it stood, in each of them.
    """

    programs: Share
    signs: Mapping[str, tuple[float, ...]]

    @classmethod
    def of(cls, verdicts: Sequence[Verdict]) -> Withdrawn:
        """What was told of the healthy ones among some programs."""
        told = [v.told.withdrawn for v in verdicts if v.label == "healthy"]
        signs = sorted({sign for each in told for sign in each})
        return cls(
            Share.where(bool(each) for each in told),
            {
                sign: tuple(each[sign] for each in told if sign in each)
                for sign in signs
            },
        )


def times_table(verdicts: Mapping[str, Sequence[Verdict]]) -> FittedTable:
    """A row for each tool: the share of ill mutants found by then.

    Args:
        verdicts: By tool.
    """
    rows = FittedTable(
        (Column("tool"), *(Column(f"{part}%") for part in PARTS)),
        "Ill mutants found by this part of the epochs",
    )
    for tool, every in verdicts.items():
        rows.add(tool, *_cells(every))
    return rows


def withdrawn(verdicts: Sequence[Verdict]) -> RenderableType:
    """A row for each sign that was told of a healthy program and withdrawn.

    Args:
        verdicts: Ours.
    """
    found = Withdrawn.of(verdicts)
    title = (
        f"Told of {found.programs.count} of {found.programs.of} healthy "
        "programs, and withdrawn"
    )
    if not found.signs:
        return f"{title}."
    heads = ("programs", "epochs,\nmedian", "most")
    rows = FittedTable((Column("sign"), *map(Column, heads)), title)
    for sign, epochs in found.signs.items():
        rows.add(sign, *_spell(epochs))
    return rows


def markdown(verdicts: Mapping[str, Mapping[str, Sequence[Verdict]]]) -> str:
    """Both for the documentation.

    Args:
        verdicts: By half, then by tool, ours first.
    """
    rows = [
        [tool, half, *_cells(every)]
        for half, of_tool in verdicts.items()
        for tool, every in of_tool.items()
    ]
    head = ["tool", "half", *(f"{part} %" for part in PARTS)]
    parts = [
        "Ill mutants of which a problem that holds until the end was told by "
        "this part of the epochs:",
        markdown_table(head, rows),
    ]
    rows = []
    for half, of_tool in verdicts.items():
        found = Withdrawn.of(next(iter(of_tool.values())))
        parts.append(
            f"Of {found.programs.of} healthy programs of the {half} half, "
            f"kgrad told {found.programs.count} of a problem that it withdrew "
            f"later{'.' if not found.signs else ':'}"
        )
        rows = [[f"`{s}`", *_spell(x)] for s, x in found.signs.items()]
        if rows:
            head = ["sign", "programs", "epochs it stood, median", "most"]
            parts.append(markdown_table(head, rows))
    return "\n\n".join(parts)


def _cells(verdicts: Sequence[Verdict]) -> list[str]:
    return [f"{x.value:.2f}" if x.of else "" for x in curve(verdicts)]


def _spell(epochs: Sequence[float]) -> list[str]:
    return [
        str(len(epochs)),
        f"{median(epochs):.1f}",
        f"{max(epochs):.1f}",
    ]
