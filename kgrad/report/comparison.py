"""Several runs, a row each: as data for a page, and on a console."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich.text import Text

from kgrad.records import GLOBAL
from kgrad.records.numbers import number
from kgrad.report.fitted_table import FittedTable
from kgrad.report.labels import labels, printable
from kgrad.report.table import Column
from kgrad.report.tables import target_cells
from kgrad.signs.series import main_metric
from kgrad.signs.through_time import first_of_memory, horizon_text
from kgrad.signs.wording import plain_name
from kgrad.storage.by_target import ByTarget
from kgrad.storage.history import RunHistory

Cell = str | float | int | list[str] | None


def runs_table(
    histories: Mapping[str, RunHistory], *, dark: bool = False
) -> list[dict[str, Cell]]:
    """The outcome of each run, a row each, in the order given.

    Rows are plain and fit for JSON. Texts are as the files have them, NOT
    escaped: a page must show them as text. `dark` is of no effect; all that
    draws takes it.

    Returns:
        Per run `run`, its name; `task`, `cell` and `variant` as its hparams
        have them, or `""`; `metric`, the name of the metric it is judged
        by, or `""`; `value`, the metric's last value, None if it is not
        finite; `steps`, how many were measured; `horizon`, in time steps, of
        the first recurrent layer at the last sample, None if it has none;
        `signs`, names, those of the most serious diagnosis first, in each
        the cause first.
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
        "steps": len(history.steps),
        "horizon": None if math.isnan(horizon) else int(horizon),
        "signs": list(
            dict.fromkeys(f.sign for d in history.diagnoses for f in d.findings)
        ),
    }


_HPARAMS = ("task", "cell", "variant")


def comparison(runs: Mapping[str, RunHistory]) -> FittedTable:
    """The outcome of each run, and below it why."""
    metrics = {
        name: main_metric(history.epochs) for name, history in runs.items()
    }
    shared = len(set(metrics.values())) == 1
    title = (next(iter(metrics.values())) if shared else "") or "metric"
    horizons = {name: _horizon(history) for name, history in runs.items()}
    seen = [Column("horizon", spare=5)] if any(horizons.values()) else []
    table = FittedTable(
        (
            Column("run"),
            Column(printable(title)),
            Column("steps", spare=4),
            Column("gradient\nnorm", spare=3),
            Column("largest", spare=2),
            Column("clipped", spare=1),
            *seen,
        )
    )
    for name, history in runs.items():
        metric = metrics[name]
        norm, largest, _, clipped = (
            target_cells(ByTarget(history.snapshots), GLOBAL)[:4]
            if GLOBAL in history.targets
            else ("-",) * 4
        )
        table.add(
            printable(name),
            _final(history, metric, named=not shared),
            str(len(history.steps)),
            norm,
            largest,
            clipped,
            *([horizons[name] or "-"] if seen else []),
            below=_signs(history),
        )
    return table


def _final(history: RunHistory, metric: str, named: bool) -> Text:
    if not metric:
        return Text("-")
    value = number(history.epochs[-1].logs[metric], 4)
    return Text(printable(f"{metric} {value}" if named else value))


def _horizon(history: RunHistory) -> str:
    """Of the first recurrent layer at the last sample, if it has any."""
    profile = first_of_memory(history.samples)
    return horizon_text(profile) if profile else ""


def _signs(history: RunHistory) -> list[Text]:
    """Of each diagnosis the cause and what followed; the report has all."""
    short = labels(history.target_records)
    lines = []
    for diagnosis in history.diagnoses:
        cause = diagnosis.cause
        where = short.get(cause.target, cause.target)
        place = "" if cause.target == GLOBAL else f" in {where}"
        others = {f.sign for f in diagnosis.because} - {cause.sign}
        signs = [f.sign for f in diagnosis.because if f.sign in others]
        then = ", ".join(plain_name(sign) for sign in dict.fromkeys(signs))
        lines.append(
            Text.assemble(
                (printable(cause.sign), "bold red"),
                printable(f"{place} from step {cause.first_step}"),
                (printable(f", then {then}") if then else "", "dim"),
            )
        )
    return lines or [Text("no problem found", "green")]
