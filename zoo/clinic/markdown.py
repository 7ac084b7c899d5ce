"""The clinic's results as Markdown, for the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zoo.clinic.case import Case
from zoo.clinic.scoring import Totals
from zoo.clinic.tables import (
    first_remedies,
    metric_text,
    number,
    of_its_own_signs,
    share,
)
from zoo.clinic.treatment import Treated
from zoo.results.text import Section, markdown_table

SCORES = Section("scores", "python -m zoo clinic score --write docs/clinic.md")
TREATMENTS = Section(
    "treatments", "python -m zoo clinic treat --write docs/clinic.md"
)


def scores(
    totals: Mapping[int, Mapping[str, Totals]], cases: Sequence[Case]
) -> str:
    """What the cases are, and a table of the tools for each seed.

    Args:
        totals: By the seed that was added to those of the cases, then by
            tool, ours first.
        cases: What was scored.
    """
    parts = [_what(cases)]
    for seed, of_tool in totals.items():
        if len(totals) > 1:
            parts.append(f"Seed {seed}:")
        ours = next(iter(of_tool.values()))
        parts += [_tools(of_tool), _signs(ours)]
    return "\n\n".join(parts)


def _what(cases: Sequence[Case]) -> str:
    """How many cases of how many families each half of each part has."""
    from zoo.clinic.cases import PARTS, part_of

    lines = []
    for part in PARTS:
        inside = [case for case in cases if part_of(case) == part]
        halves = []
        for half in ("tuning", "scored"):
            own = [case for case in inside if case.half == half]
            families = len({case.family for case in own})
            ill = sum(case.is_sick for case in own)
            if own:
                halves.append(
                    f"{half}: {len(own)} cases, {ill} ill, families: {families}"
                )
        if inside:
            lines.append(f"- {part}; {'; '.join(halves)}")
    return "\n".join(lines)


def _tools(of_tool: Mapping[str, Totals]) -> str:
    """One row per tool: F1 of each half of each part, and its mistakes."""
    head = ["tool"]
    for part in next(iter(of_tool.values())):
        head += [f"{part}: F1, tuning", "scored", "its own signs"]
    head += ["cases right, tuning", "scored", "healthy alarmed"]
    rows = []
    for tool, of_part in of_tool.items():
        row = [tool]
        for of_half in of_part.values():
            row += [number(half.macro_f1) for half in of_half.values()]
            row.append(number(of_its_own_signs(tool, of_half["scored"])))
        for half in ("tuning", "scored"):
            each = [of_half[half] for of_half in of_part.values()]
            row.append(
                share(sum(t.right for t in each), sum(t.cases for t in each))
            )
        every = [t for of_half in of_part.values() for t in of_half.values()]
        row.append(
            share(sum(t.alarmed for t in every), sum(t.healthy for t in every))
        )
        rows.append(row)
    return markdown_table(head, rows)


def _signs(of_part: Totals) -> str:
    """F1 of kgrad alone, a row per sign that the runs of a part show."""
    halves = ("tuning", "scored")
    rows = []
    for part, of_half in of_part.items():
        for place, score in enumerate(of_half["scored"].scores):
            row = [f"`{score.sign}`", part]
            for half in halves:
                each = of_half[half].scores[place]
                row += [number(each.f1), share(each.right, each.present)]
            rows.append(row)
    head = ["kgrad", "part", "F1, tuning", "told", "F1, scored", "told"]
    return markdown_table(head, rows)


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
