"""A run, or several, as one flat table: what other programs read.

A table is a list of columns and rows in parts, so that a run of a million
steps is never in memory as a whole. Texts are as the files have them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from kgrad.records import with_ratios
from kgrad.report.labels import run_labels, shortened
from kgrad.signs.series import main_metric
from kgrad.signs.through_time import by_state, first_of_memory
from kgrad.storage.by_target import ByTarget
from kgrad.storage.history import RunHistory

Cell = str | int | float | bool | None
Cells = Sequence[Cell] | npt.NDArray[np.generic]

_WINDOWS = 64
"""Windows in a part: 4,096 steps of the monitor's own size."""


@dataclass(frozen=True)
class FlatTable:
    """Columns and rows, for a file.

    Args:
        columns: Kind of the cells, by the name of the column.
        parts: Some rows at a time: the cells of each column. None is a
            cell without a value.
    """

    columns: Mapping[str, type[str] | type[int] | type[float] | type[bool]]
    parts: Iterable[Mapping[str, Cells]]


def steps_table(history: RunHistory) -> FlatTable:
    """A row for each step.

    `step`, `loss`, `learning_rate` and `skipped`; each statistic of each
    target, `gradient_norm:sequential/lstm/lstm_cell/kernel`; of the steps that
    were sampled the horizons, `horizon:sequential/lstm`; and in the last step
    of each epoch `epoch`, from 0 on, and its metrics, `epoch:val_loss`.
    """
    measured = {snapshot.measures for snapshot in history.snapshots}
    statistics = sorted(
        {m.name for all_ in measured for m in with_ratios(all_)}
    )
    horizons = _horizons(history)
    metrics = dict.fromkeys(name for e in history.epochs for name in e.logs)
    columns = {
        "step": int,
        "loss": float,
        "learning_rate": float,
        "skipped": bool,
        **{
            f"{statistic}:{target}": float
            for statistic in statistics
            for target in history.targets
        },
        **dict.fromkeys(horizons, float),
        "epoch": int,
        **{f"epoch:{name}": float for name in metrics},
    }
    ends = {epoch.step: epoch for epoch in history.epochs}

    def part(some: RunHistory) -> Mapping[str, Cells]:
        steps = some.steps.tolist()
        epochs = [ends.get(step) for step in steps]
        numbers = ByTarget(some.snapshots)
        cells: dict[str, Cells] = {
            "step": some.steps,
            "loss": some.loss,
            "learning_rate": some.learning_rate,
            "skipped": some.skipped,
            "epoch": [None if e is None else e.epoch for e in epochs],
        }
        for statistic in statistics:
            for target in some.targets:
                column = numbers.column(statistic, target)
                cells[f"{statistic}:{target}"] = column
        for name, known in horizons.items():
            cells[name] = [known.get(step) for step in steps]
        for name in metrics:
            cells[f"epoch:{name}"] = [
                None if e is None else e.logs.get(name) for e in epochs
            ]
        return {name: cells.get(name, [None] * len(steps)) for name in columns}

    def parts() -> Iterator[Mapping[str, Cells]]:
        # Several fits may each have measured something else.
        for _, group in groupby(history.snapshots, lambda s: s.measures):
            alike = list(group)
            for first in range(0, len(alike), _WINDOWS):
                yield part(RunHistory(alike[first : first + _WINDOWS]))

    return FlatTable(columns, parts())


def _horizons(history: RunHistory) -> dict[str, dict[int, float]]:
    """By column, the horizon in each step that was sampled."""
    return {
        f"horizon:{layer}" if state == "h" else f"horizon:{layer}[{state}]": {
            profile.step: profile.horizon for profile, _ in profiles
        }
        for (layer, state), profiles in by_state(history.samples).items()
    }


def runs_table(runs: Iterable[tuple[str, RunHistory]]) -> FlatTable:
    """A row for each run; they are taken one after the other.

    `run`, its name; `steps`, `epochs`; `metric`, what it is judged by, and its
    last `value`; `horizon` of the first recurrent layer in the last sample;
    `diagnoses`, a sentence each; `signs`, those of the gravest first;
    `first_step`, of the gravest; `optimizer`, `learning_rate`; what runs are
    compared by, `hparam:cell`; and the metrics of the last epoch,
    `epoch:val_loss`.
    """
    rows = [_row(name, history) for name, history in runs]
    columns: dict[str, type] = {
        "run": str,
        "steps": int,
        "epochs": int,
        "metric": str,
        "value": float,
        "horizon": float,
        "diagnoses": str,
        "signs": str,
        "first_step": int,
        "optimizer": str,
        "learning_rate": float,
    }
    others = dict.fromkeys(name for row in rows for name in row)
    for name in others:
        kind = str if name.startswith("hparam:") else float
        columns.setdefault(name, kind)
    part = {name: [row.get(name) for row in rows] for name in columns}
    return FlatTable(columns, [part])


def _row(name: str, history: RunHistory) -> dict[str, Cell]:
    logs = history.epochs[-1].logs if history.epochs else {}
    metric = main_metric(history.epochs)
    found = history.diagnoses
    profile = first_of_memory(history.samples)
    setup, labels = history.setup, run_labels(history)
    rate = setup.optimizer_arguments.get("learning_rate")
    signs = dict.fromkeys(f.sign for d in found for f in d.findings)
    return {
        "run": name,
        "steps": len(history.steps),
        "epochs": len(history.epochs),
        "metric": metric or None,
        "value": float(logs[metric]) if metric else None,
        "horizon": profile.horizon if profile else None,
        "diagnoses": " ".join(shortened(d.sentence, labels) for d in found),
        "signs": ", ".join(signs),
        "first_step": found[0].first_step if found else None,
        "optimizer": setup.optimizer or None,
        "learning_rate": None if rate is None else _number(rate),
        **{f"hparam:{key}": str(x) for key, x in setup.hparams.items()},
        **{f"epoch:{key}": float(x) for key, x in logs.items()},
    }


def _number(value: object) -> float:
    """Of a schedule, which is text, NaN."""
    return float(value) if isinstance(value, int | float) else math.nan
