"""Several runs in one table, a row each."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from kgrad.records import GLOBAL
from kgrad.report.cases import number, share
from kgrad.report.digest import digests
from kgrad.report.labels import labels
from kgrad.report.printable import printable
from kgrad.report.reach import first_of_memory, horizon_text
from kgrad.report.tables import plain_table
from kgrad.signs.metric import judged
from kgrad.signs.wording import plain_name
from kgrad.storage.history import RunHistory


def comparison(runs: Mapping[str, RunHistory]) -> Table:
    """What became of each run, and why.

    Args:
        runs: Name to history; at least one.
    """
    metrics = {name: judged(history.epochs) for name, history in runs.items()}
    shared = len(set(metrics.values())) == 1
    title = (next(iter(metrics.values())) if shared else "") or "metric"
    table = plain_table()
    table.add_column("run", overflow="fold", width=min(24, max(map(len, runs))))
    table.add_column(
        Text(title.replace("_", "_\n")), justify="right", overflow="fold"
    )
    for column in ("steps", "gradient\nnorm", "\nlargest", "\nclipped"):
        table.add_column(column, justify="right")
    horizons = {name: _horizon(history) for name, history in runs.items()}
    if any(horizons.values()):
        table.add_column("horizon", justify="right", overflow="fold")
    table.add_column("cause, first step", ratio=1, overflow="fold")
    for name, history in runs.items():
        metric = metrics[name]
        whole = digests(history).get(GLOBAL)
        table.add_row(
            Text(name),
            _final(history, metric, named=not shared),
            str(len(history.steps)),
            number(whole.median_norm) if whole else "-",
            number(whole.largest_norm) if whole else "-",
            share(whole.clipped) if whole else "-",
            *([horizons[name] or "-"] if any(horizons.values()) else []),
            _signs(history),
        )
    return table


def _final(history: RunHistory, metric: str, named: bool) -> Text:
    if not metric:
        return Text("-")
    value = number(history.epochs[-1].logs[metric], 4)
    return Text(f"{metric} {value}" if named else value)


def _horizon(history: RunHistory) -> str:
    """Of the first recurrent layer at the last sample, if it has any."""
    profile = first_of_memory(history.samples)
    return horizon_text(profile) if profile else ""


def _signs(history: RunHistory) -> Text:
    """Of each diagnosis the cause, and what came of it; the report has all."""
    short = labels(history.target_records)
    lines = []
    for diagnosis in history.diagnoses:
        cause = diagnosis.cause
        where = short.get(cause.target, cause.target)
        others = {f.sign for f in diagnosis.because} - {cause.sign}
        signs = [f.sign for f in diagnosis.because if f.sign in others]
        came = ", ".join(plain_name(sign) for sign in dict.fromkeys(signs))
        lines.append(
            Text.assemble(
                (printable(cause.sign), "bold red"),
                printable(f", {cause.first_step}\n  {where}"),
                (printable(f"\n  then {came}") if came else "", "dim"),
            )
        )
    return Text("\n").join(lines) if lines else Text("none", "green")
