"""What was told of the mutants as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zoo.mutants.scoring import Score, Share, Verdict
from zoo.mutants.tables import by_operator, counts
from zoo.results.text import Section, markdown_table

SECTION = Section(
    "mutants",
    "python -m zoo mutants score --held-out --write docs/mutants.md",
)


def _scores(
    verdicts: Mapping[str, Sequence[Verdict]],
    of_half: Mapping[str, Mapping[str, Score]],
) -> str:
    """What was counted, and a row for each tool."""
    what = "\n".join(
        f"- {half}: {counts(every)}" for half, every in verdicts.items()
    )
    head = ["tool"]
    for half in of_half:
        head += [f"{half}: ill found", "cause among two", "healthy alarmed"]
    head.append("gap")
    tools = next(iter(of_half.values()))
    rows = []
    for tool in tools:
        row = [tool]
        for of_tool in of_half.values():
            each = of_tool[tool]
            row += [
                _text(each.detected),
                _text(each.among_two),
                _text(each.alarms),
            ]
        balanced = [of_tool[tool].balanced for of_tool in of_half.values()]
        row.append(f"{balanced[0] - balanced[-1]:+.2f}")
        rows.append(row)
    return f"{what}\n\n{markdown_table(head, rows)}"


def scores(
    verdicts: Mapping[str, Sequence[Verdict]],
    of_half: Mapping[str, Mapping[str, Score]],
) -> str:
    """What was counted, what tools told, and ours by operator.

    Args:
        verdicts: Ours, by half.
        of_half: By half, then by tool.
    """
    parts = [_scores(verdicts, of_half)]
    head = ["tool", "cause first", "in the first half", "between alarmed"]
    head += ["healthy noted", "balanced accuracy"]
    for half, of_tool in of_half.items():
        rows = [
            [
                tool,
                _text(each.first),
                _text(each.in_time),
                _text(each.between),
                _text(each.noted),
                f"{each.balanced:.2f}",
            ]
            for tool, each in of_tool.items()
        ]
        parts.append(
            f"More of the {half} half:\n\n{markdown_table(head, rows)}"
        )
    head = ["operator", "category"]
    for half in verdicts:
        head += [f"{half}: found", "cause among two"]
    rows = [
        [f"`{operator.name}`", operator.category, *cells]
        for operator, cells in by_operator(verdicts)
    ]
    parts.append(
        f"Ill mutants of kgrad by operator:\n\n{markdown_table(head, rows)}"
    )
    return "\n\n".join(parts)


def _text(share: Share) -> str:
    """`"0.92 (0.85 to 0.96)"`."""
    if not share.of:
        return ""
    low, high = share.interval
    return f"{share.value:.2f} ({low:.2f} to {high:.2f})"
