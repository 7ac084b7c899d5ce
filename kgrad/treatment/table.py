"""The runs of an experiment in one table, a row each."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from kgrad.records.numbers import number
from kgrad.report.terminal import plain_table
from kgrad.treatment.results import Treatment, Treatments


def table(treatments: Treatments) -> RenderableType:
    """What became of each run, and the code of the best one's remedy."""
    rows = plain_table()
    rows.add_column("run", overflow="fold", ratio=3)
    rows.add_column(
        Text((treatments.metric or "metric").replace("_", "_\n")),
        justify="right",
        overflow="fold",
    )
    rows.add_column("signs gone", overflow="fold", ratio=3)
    rows.add_column("signs seen", overflow="fold", ratio=3)
    best = treatments.best
    for run in treatments:
        rows.add_row(
            Text(run.folder.name, "bold" if run is best else ""),
            Text(number(run.after, 4), "bold" if run is best else ""),
            Text(", ".join(run.gone) or "-", "green" if run.gone else ""),
            _seen(run),
        )
    return Group(rows, *_below(treatments))


def _seen(run: Treatment) -> Text:
    if run.error:
        return Text(run.reason, "red")
    if run.signs:
        return Text(", ".join(run.signs), "bold red")
    return Text("none", "green")


def _below(treatments: Treatments) -> Iterator[RenderableType]:
    best = treatments.best
    if best.remedies:
        yield Text.assemble("\nBest: ", (best.name, "bold"))
        code = "\n".join(remedy.code.strip() for remedy in best.remedies)
        yield Padding(
            Syntax(
                code,
                "python",
                theme="ansi_dark",
                background_color="default",
                word_wrap=True,
            ),
            (0, 0, 0, 4),
        )
    elif not treatments.untreated.findings:
        yield Text("\nNothing was found, so nothing was tried.")
    elif len(treatments) > 1:
        yield Text("\nNo remedy did better than the model as it is.")
    if treatments.by_hand:
        names = dict.fromkeys(remedy.name for remedy in treatments.by_hand)
        yield Text(f"\nBy hand only: {', '.join(names)}", "dim")
    folder = treatments.untreated.folder.parent
    yield Text(f"\ntensorboard --logdir {folder}", "dim")
