"""The clinic's results as tables in a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rich.table import Table
from rich.text import Text

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from zoo.clinic.baselines import BASELINES
from zoo.clinic.case import Case
from zoo.clinic.located import LocatedRun
from zoo.clinic.scoring import Marks, Total
from zoo.clinic.treatment import Treated


def tools_table(
    part: str, totals: Mapping[str, Mapping[str, Total]]
) -> FittedTable:
    """A row for each half of each tool, on one part of the clinic.

    Args:
        part: Its name.
        totals: By tool, then by half.
    """
    names = ("F1", "own\nsigns", "cases\nright", "alarmed")
    rows = FittedTable(
        (
            Column("tool"),
            Column("half", "text"),
            *map(Column, names),
        ),
        f"Tools, {part}",
    )
    for tool, of_half in totals.items():
        for half, each in of_half.items():
            rows.add(
                tool if half == next(iter(of_half)) else "",
                half,
                number(each.macro_f1),
                number(of_its_own_signs(tool, each)),
                share(each.right, each.cases),
                share(each.alarmed, each.healthy),
            )
    return rows


def rules_table(
    part: str, totals: Mapping[str, Mapping[str, Total]]
) -> FittedTable:
    """F1 by sign: ours in a row, below it that of tools with rules for it.

    Args:
        part: Its name.
        totals: By tool, ours first, then by half.
    """
    ours, *others = totals
    halves = list(totals[ours])
    rows = FittedTable(
        (Column("sign"), *map(Column, halves)),
        f"F1 by sign, {part}: {ours}, and below it the other tools, "
        f"{'/'.join(halves)}",
    )
    names = [s.sign for s in next(iter(totals[ours].values())).scores]
    for place, name in enumerate(names):
        values = {
            tool: [
                number(half.scores[place].f1) or "-"
                for half in of_half.values()
            ]
            for tool, of_half in totals.items()
            if tool == ours or name in BASELINES[tool].known()
        }
        told = ", ".join(
            f"{tool} {'/'.join(values[tool])}"
            for tool in others
            if tool in values
        )
        below = [Text(told, "dim")] if told else []
        rows.add(name, *values[ours], below=below)
    return rows


def of_its_own_signs(tool: str, total: Total) -> float:
    """Macro F1 over the signs it has rules for; ours has some for all."""
    if tool not in BASELINES.names:
        return total.macro_f1
    return total.macro_f1_of(BASELINES[tool].known())


def signs_table(part: str, totals: Mapping[str, Total]) -> FittedTable:
    """A row for each half of each sign, of one tool, on a part of the clinic.

    Args:
        part: Its name.
        totals: By half.
    """
    rows = FittedTable(
        (
            Column("sign"),
            Column("half", "text"),
            Column("precision", spare=1),
            Column("recall", spare=2),
            Column("F1"),
            Column("at step"),
        ),
        f"kgrad, {part}, by sign",
    )
    names = [score.sign for score in next(iter(totals.values())).scores]
    for place, name in enumerate(names):
        for half, of_half in totals.items():
            score = of_half.scores[place]
            rows.add(
                name if half == next(iter(totals)) else "",
                half,
                number(score.precision),
                number(score.recall),
                number(score.f1),
                number(score.delay, 0),
            )
    return rows


def mistakes_table(marked: Sequence[tuple[Case, Marks]]) -> FittedTable:
    """Every case in which something was missed, late or wrong."""
    columns = Column("case"), Column("half", "text")
    rows = FittedTable(columns, "Mistakes")
    for case, marks in marked:
        if not marks.is_right:
            each = {
                "missed": marks.missed,
                "late": marks.late,
                "wrong": marks.wrong,
            }
            rows.add(
                case.name,
                case.half,
                below=[
                    Text(f"{what}: {', '.join(sorted(signs))}")
                    for what, signs in each.items()
                    if signs
                ],
            )
    return rows


def confusion(
    signs: Sequence[str], marked: Sequence[tuple[Case, Marks]]
) -> list[list[int]]:
    """How often each sign was reported in cases of each sign.

    Args:
        signs: The signs, as rows and as columns.
        marked: Cases with their marks.

    Returns:
        `len(signs) + 1` rows by label, the last one for healthy cases;
        `len(signs) + 1` columns by report, the last one for none. A case of
        several signs counts in several rows; signs that may follow from its
        problem are not counted.
    """
    counts = [[0] * (len(signs) + 1) for _ in range(len(signs) + 1)]
    for case, marks in marked:
        reports = marks.right | marks.late | marks.wrong
        labels = [i for i, sign in enumerate(signs) if sign in case.must]
        for row in labels or [len(signs)]:
            own = {signs[row]} if labels else set()
            # Another sign of the case is right, but not in this row.
            here = reports - (case.must.keys() - own)
            columns = [i for i, sign in enumerate(signs) if sign in here]
            for column in columns or [len(signs)]:
                counts[row][column] += 1
    return counts


def confusion_table(
    signs: Sequence[str], counts: Sequence[Sequence[int]]
) -> Table:
    """The counts of `confusion`, darker for a larger share of the row.

    Args:
        signs: The signs, as rows and as columns.
        counts: As `confusion` returns them.
    """
    rows = Table(
        title="Labels (rows) and reports (columns, by their first letters)",
        title_justify="left",
        padding=(0, 0),
    )
    rows.add_column("", no_wrap=True)
    for name in (*(sign[:3] for sign in signs), "-"):
        rows.add_column(name, justify="right", no_wrap=True, min_width=3)
    for place, (name, row) in enumerate(
        zip((*signs, "healthy"), counts, strict=True)
    ):
        cells = [
            _shaded(count, sum(row), right=place == column)
            for column, count in enumerate(row)
        ]
        rows.add_row(name, *cells)
    return rows


def _shaded(count: int, of: int, *, right: bool) -> Text:
    """A count, on a background that is darker for a larger share."""
    if not count:
        return Text("")
    light = round(225 - 85 * count / of)
    background = (
        f"rgb({light},{light},255)" if right else f"rgb(255,{light},{light})"
    )
    return Text(f"{count:>3}", f"bold #000000 on {background}")


def treatments_table(treated: Sequence[Treated]) -> FittedTable:
    """One row per case: the remedy that was tried first, and its effect."""
    rows = FittedTable(
        (Column("case"), Column("gone"), Column("metric")),
        "The first remedy of each case",
    )
    for each in treated:
        signs = Text(f"seen: {', '.join(each.signs)}", "dim")
        if not each.attempts:
            rows.add(each.case, "-", "-", below=[signs, Text("by hand")])
            continue
        first = each.attempts[0]
        done = "yes" if first.removed else Text("no", "red")
        change = f"{metric_text(first.before)} to {metric_text(first.after)}"
        against = f" against {', '.join(first.named_for)}"
        rows.add(
            each.case,
            done,
            Text(change, "" if first.better else "red"),
            below=[
                signs,
                Text(first.error or f"tried: {first.name}{against}"),
            ],
        )
    return rows


def located_table(runs: Sequence[LocatedRun]) -> FittedTable:
    """One row per way of compiling: what is located exactly, by its tensor."""
    kinds = ("input", "target", "label", "sample_weight")
    heads = [kind.replace("_", "\n") for kind in (*kinds, "told")]
    rows = FittedTable(
        (Column("mode"), *map(Column, heads)),
        "Bad entries, located exactly",
    )
    for mode in dict.fromkeys(each.run.mode for each in runs):
        there = [
            x for each in runs if each.run.mode == mode for x in each.located
        ]
        cells = []
        for kind in kinds:
            some = [x for x in there if x.entry.tensor == kind]
            cells.append(f"{sum(x.is_exact for x in some)} of {len(some)}")
        told = sum(x.is_told for x in there)
        rows.add(mode, *cells, f"{told} of {len(there)}")
    return rows


def first_remedies(treated: Sequence[Treated]) -> str:
    """How often the first remedy did its job, in a sentence or two."""
    firsts = [each.attempts[0] for each in treated if each.attempts]
    removed = sum(first.removed for first in firsts)
    better = sum(first.better for first in firsts)
    return (
        f"Of {len(treated)} sick cases, {len(firsts)} were given a remedy that "
        f"can be tried. The first one removed the sign in {removed} "
        f"({removed / max(len(firsts), 1):.0%}) and improved the metric in "
        f"{better} ({better / max(len(firsts), 1):.0%})."
    )


def metric_text(value: float | None) -> str:
    """A metric, with three digits."""
    return "NaN" if value is None else f"{value:.3g}"


def number(value: float, digits: int = 2) -> str:
    """A number with some decimals; nothing for NaN."""
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def share(count: int, of: int) -> str:
    """`"3/4"`; nothing of none."""
    return f"{count}/{of}" if of else ""
