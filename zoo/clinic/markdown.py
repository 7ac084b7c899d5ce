"""The clinic's results as Markdown, for the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zoo.clinic.baselines import BASELINES
from zoo.clinic.case import Case
from zoo.clinic.scoring import Marks, Total
from zoo.clinic.tables import first_remedies, metric_text, number
from zoo.clinic.treatment import Treated
from zoo.results.text import Section, markdown_table

SCORES = Section("scores", "python -m zoo clinic score --readme README.md")
TREATMENTS = Section(
    "treatments", "python -m zoo clinic treat --readme README.md"
)

Totals = Mapping[str, Mapping[str, Total]]
"""By tool, then by half."""


def scores(
    totals: Mapping[int, Totals],
    marked: Mapping[int, Sequence[tuple[Case, Marks]]],
    ours: str,
) -> str:
    """A table of the tools, one of our own signs, and our own mistakes.

    Args:
        totals: By the seed that was added to those of the cases.
        marked: Our own marks, by the same seed.
        ours: Name of our own tool.
    """
    parts = [
        _tools(totals),
        f"`{ours}` by sign: F1 @ the median step at which it was reported.",
        _signs({seed: of_tool[ours] for seed, of_tool in totals.items()}),
        "Its mistakes:",
        "\n".join(
            line
            for seed, pairs in marked.items()
            for line in _wrong(seed, pairs)
        ),
    ]
    return "\n\n".join(parts)


def _tools(totals: Mapping[int, Totals]) -> str:
    """One row per tool: both halves of each seed, and the healthy runs."""
    head: list[str] = ["tool"]
    rows: dict[str, list[str]] = {}
    for seed, of_tool in totals.items():
        head += [f"seed {seed}: F1, tuning half", "F1, scored half"]
        head += ["of its own signs", "false alarms"]
        for tool, of_half in of_tool.items():
            halves = of_half.values()
            alarmed = sum(half.alarmed for half in halves)
            healthy = sum(half.healthy for half in halves)
            row = rows.setdefault(tool, [tool])
            row += [number(half.macro_f1) for half in halves]
            row.append(number(_of_its_own_signs(tool, of_half["scored"])))
            row.append(f"{alarmed} of {healthy}")
    return markdown_table(head, list(rows.values()))


def _of_its_own_signs(tool: str, total: Total) -> float:
    """Macro F1 over the signs it has rules for; ours has some for all."""
    if tool not in BASELINES.names:
        return total.macro_f1
    return total.macro_f1_of(BASELINES[tool].known())


def _signs(totals: Mapping[int, Mapping[str, Total]]) -> str:
    head: list[str] = ["sign"]
    rows: dict[str, list[str]] = {}
    for seed, of_half in totals.items():
        for half, total in of_half.items():
            head.append(f"seed {seed}: {half}")
            for score in total.scores:
                row = rows.setdefault(score.sign, [f"`{score.sign}`"])
                step = f" @ {score.delay:.0f}" if score.right else ""
                row.append(f"{number(score.f1)}{step}")
    return markdown_table(head, list(rows.values()))


def _wrong(seed: int, marked: Sequence[tuple[Case, Marks]]) -> list[str]:
    lines = []
    for case, marks in marked:
        kinds = {
            "missed": marks.missed,
            "reported late": marks.late,
            "reported, but not present": marks.wrong,
        }
        parts = [
            f"{what} {', '.join(f'`{sign}`' for sign in sorted(signs))}"
            for what, signs in kinds.items()
            if signs
        ]
        if parts:
            where = f"`{case.name}` ({case.half}, seed {seed})"
            lines.append(f"- {where}: {'; '.join(parts)}")
    return lines


def treatments(treated: Sequence[Treated]) -> str:
    """How often the first remedy helped, and the cases where it did not."""
    rows = []
    for each in treated:
        for first in each.attempts[:1]:
            if first.removed and first.better:
                continue
            left = sorted(set(first.named_for) - set(first.gone))
            before, after = map(metric_text, (first.before, first.after))
            rows.append(
                [
                    f"`{each.case}`",
                    first.name,
                    ", ".join(f"`{sign}`" for sign in left),
                    f"{each.metric}: {before} to {after}",
                ]
            )
    head = ["case", "first remedy", "sign that remains", "metric"]
    return (
        f"{first_remedies(treated)} Where it did not do both:\n\n"
        f"{markdown_table(head, rows)}"
    )
