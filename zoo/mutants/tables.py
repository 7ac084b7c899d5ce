"""What was told of the mutants as tables in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from zoo.mutants.operators import OPERATORS
from zoo.mutants.operators.operator import Operator
from zoo.mutants.scoring import Score, Share, Verdict, score


def tools_table(
    half: str, ours: Sequence[Verdict], scores: Mapping[str, Score]
) -> FittedTable:
    """A row for each tool.

    Args:
        half: Its name.
        ours: What was counted.
        scores: By tool.
    """
    rows = FittedTable(
        (
            Column("tool"),
            Column("ill\nfound"),
            Column("cause\nfirst", spare=2),
            Column("among\ntwo"),
            Column("healthy\nalarmed"),
            Column("between\nalarmed", spare=1),
            Column("balanced"),
            Column("in the\nfirst half", spare=3),
            Column("healthy\nnoted", spare=4),
        ),
        f"Mutants, {half}: {counts(ours)}",
    )
    for tool, each in scores.items():
        rows.add(
            tool,
            text(each.detected),
            text(each.first),
            text(each.among_two),
            text(each.alarms),
            text(each.between),
            f"{each.balanced:.2f}",
            text(each.in_time),
            text(each.noted),
        )
    return rows


def counts(verdicts: Sequence[Verdict]) -> str:
    """How many of what there are."""
    bases = sum(not v.mutant.operator for v in verdicts)
    of = {
        what: sum(v.label == what for v in verdicts)
        for what in ("ill", "healthy", "between")
    }
    return (
        f"{len(verdicts)} programs, {bases} of them bases; {of['ill']} ill, "
        f"{of['healthy']} healthy, {of['between']} between"
    )


def operators_table(
    verdicts: Mapping[str, Sequence[Verdict]],
) -> FittedTable:
    """A row for each operator that made ill mutants, ours alone.

    Args:
        verdicts: By half.
    """
    heads = [
        Column(f"{half}\n{what}")
        for half in verdicts
        for what in ("found", "among two")
    ]
    rows = FittedTable(
        (Column("operator"), Column("category", "text", 1), *heads),
        "kgrad, ill mutants by operator",
    )
    for operator, cells in by_operator(verdicts):
        rows.add(operator.name, operator.category, *cells)
    return rows


def by_operator(
    verdicts: Mapping[str, Sequence[Verdict]],
) -> Iterator[tuple[Operator, list[str]]]:
    """Operators that made ill mutants, with two cells for each half.

    Args:
        verdicts: By half.
    """
    for operator in OPERATORS:
        cells = []
        for every in verdicts.values():
            own = [v for v in every if v.mutant.operator == operator.name]
            each = score(own)
            cells += [fraction(each.detected), fraction(each.among_two)]
        if any(cells):
            yield operator, cells


def mistakes_table(verdicts: Sequence[Verdict]) -> FittedTable:
    """Every ill mutant that was missed or explained wrongly; false alarms."""
    rows = FittedTable(
        (Column("mutant"), Column("mistake", "text")), "Mistakes"
    )
    for verdict in verdicts:
        told = verdict.told
        mistake = ""
        if verdict.label == "ill" and not told.alarms:
            mistake = "missed"
        elif verdict.label == "ill" and not verdict.is_right(2):
            mistake = f"cause: {', '.join(told.causes[:2]) or 'none'}"
        elif verdict.label != "ill" and told.alarms:
            mistake = "false alarm" if verdict.label == "healthy" else "between"
        if mistake:
            notes = [f"note: {', '.join(told.notes)}"] if told.notes else []
            below = [Text(line, "dim") for line in (*told.words, *notes)]
            rows.add(verdict.mutant.name, mistake, below=below)
    return rows


def text(share: Share) -> str:
    """`"0.92"`; nothing of none."""
    return f"{share.value:.2f}" if share.of else ""


def fraction(share: Share) -> str:
    """`"3/4"`; nothing of none."""
    return f"{share.count}/{share.of}" if share.of else ""
