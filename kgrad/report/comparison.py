"""Several runs, a row each: as data for a page, and on a console."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from kgrad.records import GLOBAL
from kgrad.records.numbers import number
from kgrad.report.labels import labels, printable
from kgrad.report.profiles import first_of_memory, horizon_text
from kgrad.report.tables import target_cells
from kgrad.report.terminal import plain_table
from kgrad.signs.metric import main_metric
from kgrad.signs.wording import plain_name
from kgrad.storage.history import RunHistory

Cell = str | float | int | list[str] | None


def runs_table(
    histories: Mapping[str, RunHistory], *, dark: bool = False
) -> list[dict[str, Cell]]:
    """The outcome of each run, a row each, in the order given.

    Rows are plain and fit for JSON. Texts are as the files have them, NOT
    escaped: a page must show them as text.

    Args:
        histories: Name to run.
        dark: Of no effect; all that draws takes it.

    Returns:
        Per run `run`, its name; `task`, `cell` and `variant` as its hparams
        have them, or `""`; `metric`, the name of the metric it is judged
        by, or `""`; `value`, the metric's last value, None if it is not
        finite; `horizon`, in time steps, of the first recurrent layer at
        the last sample, None if it has none; `signs`, names, those of the
        most serious diagnosis first, in each the cause first.
    """
    return [_row(name, history) for name, history in histories.items()]


def _row(name: str, history: RunHistory) -> dict[str, Cell]:
    metric = main_metric(history.epochs)
    value = history.epochs[-1].logs[metric] if metric else math.nan
    hparams = history.setup.hparams
    profile = first_of_memory(history.samples)
    horizon = profile.horizon if profile else math.nan
    return {
        "run": name,
        **{key: str(hparams.get(key, "")) for key in _HPARAMS},
        "metric": metric,
        "value": float(value) if math.isfinite(value) else None,
        "horizon": None if math.isnan(horizon) else int(horizon),
        "signs": list(
            dict.fromkeys(f.sign for d in history.diagnoses for f in d.findings)
        ),
    }


_HPARAMS = ("task", "cell", "variant")


def comparison(runs: Mapping[str, RunHistory]) -> Table:
    """The outcome of each run, and why.

    Args:
        runs: Name to history; at least one.
    """
    metrics = {
        name: main_metric(history.epochs) for name, history in runs.items()
    }
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
        cells = target_cells(history).get(GLOBAL, ("-",) * 4)
        norm, largest, _, clipped = cells[:4]
        table.add_row(
            Text(name),
            _final(history, metric, named=not shared),
            str(len(history.steps)),
            norm,
            largest,
            clipped,
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
    """Of each diagnosis the cause and what followed; the report has all."""
    short = labels(history.target_records)
    lines = []
    for diagnosis in history.diagnoses:
        cause = diagnosis.cause
        where = short.get(cause.target, cause.target)
        others = {f.sign for f in diagnosis.because} - {cause.sign}
        signs = [f.sign for f in diagnosis.because if f.sign in others]
        then = ", ".join(plain_name(sign) for sign in dict.fromkeys(signs))
        lines.append(
            Text.assemble(
                (printable(cause.sign), "bold red"),
                printable(f", {cause.first_step}\n  {where}"),
                (printable(f"\n  then {then}") if then else "", "dim"),
            )
        )
    return Text("\n").join(lines) if lines else Text("none", "green")
