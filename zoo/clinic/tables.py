"""The clinic's results as tables in a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rich.table import Table
from rich.text import Text

from zoo.clinic.baselines import BASELINES
from zoo.clinic.case import Case
from zoo.clinic.located import LocatedRun
from zoo.clinic.scoring import Marks, Total
from zoo.clinic.treatment import Treated


def tools_table(part: str, totals: Mapping[str, Mapping[str, Total]]) -> Table:
    """One row per tool, on one part of the clinic.

    Args:
        part: Its name.
        totals: By tool, then by half.
    """
    rows = Table(title=f"Tools, {part}", title_justify="left", padding=(0, 0))
    rows.add_column("tool", no_wrap=True, min_width=max(map(len, totals)))
    for half in next(iter(totals.values())):
        for name in (f"{half}\nF1", "own\nsigns", "cases\nright", "alarmed"):
            rows.add_column(name, justify="right")
    for tool, of_half in totals.items():
        cells = [
            text
            for each in of_half.values()
            for text in (
                number(each.macro_f1),
                number(of_its_own_signs(tool, each)),
                share(each.right, each.cases),
                share(each.alarmed, each.healthy),
            )
        ]
        rows.add_row(tool, *cells)
    return rows


def rules_table(part: str, totals: Mapping[str, Mapping[str, Total]]) -> Table:
    """F1 of every tool by sign, tuning half above scored half.

    Args:
        part: Its name.
        totals: By tool, then by half.
    """
    rows = Table(
        title=f"F1 by sign, {part}: tuning half above scored half",
        title_justify="left",
        padding=(0, 0),
    )
    rows.add_column("sign", no_wrap=True)
    for tool in totals:
        rows.add_column(tool, justify="right", overflow="fold")
    names = [s.sign for s in next(iter(totals.values()))["tuning"].scores]
    for place, name in enumerate(names):
        cells = []
        for tool, of_half in totals.items():
            values = [half.scores[place].f1 for half in of_half.values()]
            ruled = tool not in BASELINES.names
            ruled = ruled or name in BASELINES[tool].known()
            text = "\n".join(number(value) or "-" for value in values)
            cells.append(text if ruled else "")
        rows.add_row(name, *cells)
    return rows


def of_its_own_signs(tool: str, total: Total) -> float:
    """Macro F1 over the signs it has rules for; ours has some for all."""
    if tool not in BASELINES.names:
        return total.macro_f1
    return total.macro_f1_of(BASELINES[tool].known())


def signs_table(part: str, totals: Mapping[str, Total]) -> Table:
    """One row per sign, of one tool, on one part of the clinic.

    Args:
        part: Its name.
        totals: By half.
    """
    rows = Table(
        title=f"kgrad, {part}, by sign", title_justify="left", padding=(0, 0)
    )
    rows.add_column("sign", no_wrap=True)
    for half in totals:
        for name in (f"{half}\nprecision", "recall", "F1", "at step"):
            rows.add_column(name, justify="right")
    names = [score.sign for score in next(iter(totals.values())).scores]
    for place, name in enumerate(names):
        cells = []
        for of_half in totals.values():
            score = of_half.scores[place]
            cells += [
                number(score.precision),
                number(score.recall),
                number(score.f1),
                number(score.delay, 0),
            ]
        rows.add_row(name, *cells)
    return rows


def mistakes_table(marked: Sequence[tuple[Case, Marks]]) -> Table:
    """Every case in which something was missed, late or wrong."""
    rows = Table(title="Mistakes", title_justify="left")
    for name in ("case", "half", "missed", "late", "wrong"):
        rows.add_column(name, no_wrap=name == "case")
    for case, marks in marked:
        if not marks.is_right:
            rows.add_row(
                Text(case.name),
                case.half,
                *(
                    ", ".join(sorted(signs))
                    for signs in (marks.missed, marks.late, marks.wrong)
                ),
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
    for name in (*signs, "none"):
        rows.add_column(
            name[:5].strip("_"), justify="right", no_wrap=True, min_width=5
        )
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
    return Text(f"{count:>4} ", f"bold #000000 on {background}")


def treatments_table(treated: Sequence[Treated]) -> Table:
    """One row per case: the remedy that was tried first, and its effect."""
    rows = Table(title="The first remedy of each case", title_justify="left")
    for name in ("case", "signs", "first remedy", "against", "gone", "metric"):
        rows.add_column(name, no_wrap=name == "case")
    for each in treated:
        if not each.attempts:
            rows.add_row(each.case, ", ".join(each.signs), "by hand")
            continue
        first = each.attempts[0]
        done = "yes" if first.removed else Text("no", "red")
        change = f"{metric_text(first.before)} to {metric_text(first.after)}"
        rows.add_row(
            each.case,
            ", ".join(each.signs),
            first.error or first.name,
            ", ".join(first.named_for),
            done,
            Text(change, "" if first.better else "red"),
        )
    return rows


def located_table(runs: Sequence[LocatedRun]) -> Table:
    """One row per way of compiling: what is located exactly, by its tensor."""
    kinds = ("input", "target", "label", "sample_weight")
    rows = Table(title="Bad entries, located exactly", title_justify="left")
    rows.add_column("mode", no_wrap=True)
    for kind in (*kinds, "told"):
        rows.add_column(kind.replace("_", " "), justify="right")
    for mode in dict.fromkeys(each.run.mode for each in runs):
        there = [
            x for each in runs if each.run.mode == mode for x in each.located
        ]
        cells = []
        for kind in kinds:
            some = [x for x in there if x.entry.tensor == kind]
            cells.append(f"{sum(x.is_exact for x in some)} of {len(some)}")
        told = sum(x.is_told for x in there)
        rows.add_row(mode, *cells, f"{told} of {len(there)}")
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
