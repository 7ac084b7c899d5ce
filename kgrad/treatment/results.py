"""What became of each run of an experiment."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import overload

import keras
import numpy as np
from rich.console import Console, Group, RenderableType
from rich.text import Text

from kgrad.records import Edit, Finding, Remedy
from kgrad.records.edits import ChangeTargets, StopEarly
from kgrad.records.numbers import number
from kgrad.report.fitted_table import FittedTable
from kgrad.report.labels import printable
from kgrad.report.table import Column
from kgrad.report.terminal import code_block
from kgrad.signs.metric import Progress
from kgrad.signs.series import higher_is_better, main_metric, series
from kgrad.storage.history import RunHistory

STOPPED_BY = "val_loss"
"""What early stopping looks at."""


@dataclass(frozen=True)
class Treatment:
    """One training: of the model as it is, or of a remedy.

    Args:
        name: Name of the remedy, `"untreated"` if there is none.
        remedies: What was done to the model: nothing, one remedy, or the
            same one for several layers.
        log_dir: The run folder.
        findings: What the signs found, the gravest first.
        gone: The signs of the untreated run that this one does not show;
            none if it failed, whose findings end with the error.
        before: The metric of the untreated run after its last epoch, NaN
            where it is not known.
        after: That of this run.
        gain: How far the run came from guessing, 0, to perfect, 1: median
            of the last three epochs; NaN where chance is not known.
        steps: Number of optimizer steps.
        seconds: How long building and training took.
        error: Why the remedy could not be applied or training crashed, `""`
            if neither happened.
        model: The trained model, of the best run only: the others would take
            as much memory.
    """

    name: str
    remedies: tuple[Remedy, ...]
    log_dir: Path
    findings: tuple[Finding, ...] = ()
    gone: tuple[str, ...] = ()
    before: float = math.nan
    after: float = math.nan
    gain: float = math.nan
    steps: int = 0
    seconds: float = 0.0
    error: str = ""
    model: keras.Model | None = field(default=None, repr=False, compare=False)

    @property
    def remedy(self) -> Remedy | None:
        """The remedy, the first of several; None if there is none."""
        return self.remedies[0] if self.remedies else None

    @property
    def reason(self) -> str:
        """The first line of the error; Keras' errors have many."""
        return self.error.partition("\n")[0]

    @property
    def signs(self) -> tuple[str, ...]:
        """The signs that were found, each once, the gravest first."""
        return tuple(dict.fromkeys(f.sign for f in self.findings))


def metric_of(history: RunHistory, wanted: str | None) -> str:
    """The metric that runs are judged by, chosen or given."""
    logged = list(history.epochs[-1].logs) if history.epochs else []
    if wanted is None:
        return main_metric(history.epochs)
    if wanted not in logged:
        raise ValueError(
            f"`metric` must be among what `fit` logged, {logged}. "
            f"Received: metric={wanted!r}"
        )
    return wanted


def judged(
    run: Treatment, history: RunHistory, metric: str, first: Treatment
) -> Treatment:
    """The run with its metric, and compared with the untreated one."""
    progress = Progress()
    for snapshot in history.snapshots:
        progress.update(snapshot)
    kept = history.epochs[-1:]
    edits = [edit for remedy in run.remedies for edit in remedy.edits]
    if any(isinstance(edit, StopEarly) for edit in edits):
        # Early stopping restores the weights of its best epoch.
        losses = series(history.epochs, STOPPED_BY)
        if np.isfinite(losses).any():
            kept = history.epochs[int(np.nanargmin(losses)) :][:1]
    after = series(kept, metric)
    value = float(after[-1]) if len(after) else float("nan")
    value *= _in_units_of_the_targets(edits, metric, history.setup.loss)
    gone = [sign for sign in first.signs if sign not in run.signs]
    return replace(
        run,
        gone=() if run.error else tuple(gone),
        before=value if run is first else first.after,
        after=value,
        gain=progress.gain,
    )


_POWERS = {
    "mae": 1,
    "meanabsoluteerror": 1,
    "meansquarederror": 2,
    "mse": 2,
    "rootmeansquarederror": 1,
}
"""How an error grows with the scale of the targets."""


def _in_units_of_the_targets(
    edits: Sequence[Edit], metric: str, loss: str
) -> float:
    """What an error on scaled targets is multiplied with, NaN if not known."""
    scale = math.prod(
        edit.scale
        for edit in edits
        if isinstance(edit, ChangeTargets) and not edit.is_class
    )
    if scale == 1:
        return 1.0
    name = metric.removeprefix("val_")
    name = (loss if name == "loss" else name).lower().replace("_", "")
    return float(scale ** _POWERS.get(name, math.nan))


@dataclass(frozen=True)
class Treatments(Sequence[Treatment]):
    """The runs of an experiment, side by side; `print` shows a table.

    Args:
        metric: Name of the metric that they are judged by, `""` if no run
            finished an epoch.
        runs: The untreated run, then the others in the order in which they
            were tried.
        manual: Remedies that the findings name, too, and that only a
            person can carry out.
    """

    metric: str
    runs: tuple[Treatment, ...]
    manual: tuple[Remedy, ...] = ()

    @property
    def untreated(self) -> Treatment:
        """The run of the model as it is."""
        return self.runs[0]

    @property
    def best(self) -> Treatment:
        """The run with the best metric at its end.

        Of equals, the one with the fewest signs, then the first; never one
        with an error. The untreated run if no metric is finite.
        """
        finished = [
            run
            for run in self.runs
            if math.isfinite(run.after) and not run.error
        ]
        sign = -1 if higher_is_better(self.metric) else 1
        return min(
            finished,
            key=lambda run: (sign * run.after, len(run.signs)),
            default=self.untreated,
        )

    @overload
    def __getitem__(self, index: int) -> Treatment: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Treatment, ...]: ...

    def __getitem__(
        self, index: int | slice
    ) -> Treatment | tuple[Treatment, ...]:
        return self.runs[index]

    def __len__(self) -> int:
        return len(self.runs)

    def __str__(self) -> str:
        console = Console(file=io.StringIO(), width=80, color_system=None)
        with console.capture() as captured:
            console.print(self)
        return captured.get().rstrip()

    def __rich__(self) -> RenderableType:
        table = FittedTable((Column("run"), Column(self.metric or "metric")))
        best = self.best
        for run in self:
            style = "bold" if run is best else ""
            table.add(
                Text(run.log_dir.name, style),
                Text(number(run.after, 4), style),
                below=list(_told(run)),
            )
        return Group(table, *self._below())

    def _below(self) -> Iterator[RenderableType]:
        best = self.best
        if best.remedies:
            yield Text.assemble("\nBest: ", (best.name, "bold"))
            yield code_block("\n".join(x.code.strip() for x in best.remedies))
        elif not self.untreated.findings:
            yield Text("\nNothing was found, so nothing was tried.")
        elif len(self) > 1:
            yield Text("\nNo remedy did better than the model as it is.")
        if self.manual:
            names = dict.fromkeys(remedy.name for remedy in self.manual)
            yield Text(f"\nBy hand only: {', '.join(names)}", "dim")
        folder = self.untreated.log_dir.parent
        yield Text(f"\ntensorboard --logdir {folder}", "dim")


def _told(run: Treatment) -> Iterator[Text]:
    """The signs that are gone, and those that were seen, a line each."""
    if run.gone:
        yield Text(f"gone: {', '.join(run.gone)}", "green")
    if run.error:
        yield Text(printable(run.reason), "red")
    elif run.signs:
        yield Text(f"seen: {', '.join(run.signs)}", "red")
    else:
        yield Text("seen: none", "green")
