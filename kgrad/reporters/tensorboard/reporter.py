"""Writes the run for TensorBoard: an event file in the run folder."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from tensorboard.compat.proto.summary_pb2 import Summary

from kgrad._arguments import require
from kgrad.records import Epoch, Finding, Setup, Snapshot, Target
from kgrad.report.labels import labels, layer_labels
from kgrad.reporters.base import Reporter
from kgrad.reporters.tensorboard import hparams
from kgrad.reporters.tensorboard.custom_scalars import custom_scalars
from kgrad.reporters.tensorboard.event_file import (
    EventFile,
    Scalars,
    layout_value,
)
from kgrad.reporters.tensorboard.histograms import histogram_values
from kgrad.reporters.tensorboard.run_curves import (
    StepCurves,
    epoch_points,
    epoch_tag,
    sample_points,
)
from kgrad.reporters.tensorboard.target_curves import TargetCurves
from kgrad.reporters.tensorboard.texts import COUNT, ActionTexts, FindingTexts
from kgrad.signs.layer_order import LayerOrder
from kgrad.signs.series import main_metric
from kgrad.storage.lock import FolderLock


class TensorBoardReporter(Reporter):
    """Writes what TensorBoard shows without a plugin of ours.

    Scalars (a point a window and variable, metrics once an epoch, layers
    in the steps that were looked at more closely), their layout in the
    custom scalars tab, findings as text, and the run as a row of the HParams
    tab. Each window is handed to the operating system when it is written,
    so that a killed run is shown up to its last window.

    Args:
        log_dir: The run folder, by default that of the monitor; made with the
            first window. If another process writes to it, a folder of its
            own inside it is used, as for the history.
        detailed: Whether each gate has curves of its own, and each target
            one of its largest value beside that of its mean. By default
            only the whole model has: they are twice as many.
        compared: Which of the monitor's `hparams` differ between runs, if that
            is known: TensorBoard's HParams tab shows these alone.

    Raises:
        TypeError: If `compared` is not a list of names.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        *,
        detailed: bool = False,
        compared: Sequence[str] = (),
    ) -> None:
        require(
            not isinstance(compared, str)
            and all(isinstance(name, str) for name in compared),
            "`compared` must be a list of names.",
            compared=compared,
        )
        self._compared = compared
        self._given = None if log_dir is None else os.fspath(log_dir)
        self._detailed = detailed
        self._log_dir = self._given
        self._file: EventFile | None = None
        self._lock: FolderLock | None = None
        self._began = time.time()
        self._step = 0
        self._setup = Setup()
        self._layer_order = LayerOrder()
        self._targets: tuple[Target, ...] = ()
        self._epochs: list[Epoch] = []
        self._target_curves = TargetCurves(detailed)
        self._step_curves = StepCurves()
        self._scalars = Scalars()
        self._laid_out = 0
        self._findings = FindingTexts()
        self._actions = ActionTexts()
        self._labels: dict[str, str] = {}
        self._listed = False

    def __getstate__(self) -> dict[str, Any]:
        """A copy has written nothing yet."""
        return vars(self) | vars(
            TensorBoardReporter(
                self._given, detailed=self._detailed, compared=self._compared
            )
        )

    def begin(self, log_dir: str) -> None:
        """Writes to the monitor's run folder, unless given another."""
        if self._log_dir is None:
            self._log_dir = log_dir

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Writes the points of a window, and what else is new."""
        self._setup = snapshot.setup
        self._layer_order.update(snapshot)
        if snapshot.targets is not self._targets:
            self._targets = snapshot.targets
            self._labels |= labels(snapshot.targets)
        self._write_samples(snapshot)
        self._write_actions(snapshot)
        values: list[Summary.Value] = []
        if len(snapshot.steps):
            self._step = int(snapshot.steps[-1])
            values += self._scalars(self._step_curves.points(snapshot))
            values += self._scalars(self._target_curves.points(snapshot))
        for epoch in snapshot.epochs:
            self._step = max(self._step, epoch.step)
            self._epochs.append(epoch)
            values += self._scalars(epoch_points(self._epochs))
        if self._findings.changed(findings):
            values += self._found(findings)
        if self._epochs:
            values += self._row()
        if self._actions.news:
            values += self._actions.texts(self._labels)
        self._write(values)

    def close(self, findings: Sequence[Finding]) -> None:
        """Writes the findings with their last steps, and how it ended."""
        if self._file is None:
            return
        # Whoever closes after an exception is still handling it.
        failed = sys.exception() is not None
        ending = hparams.end(failed, time.time())
        found = [*self._found(findings), *self._actions.texts(self._labels)]
        self._write([*found, *self._row(), ending])
        # The file stays open: what the next `fit` writes belongs to it.
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()

    def _write_samples(self, snapshot: Snapshot) -> None:
        """Each sample at its own step, not at the end of the window."""
        short = layer_labels(snapshot.targets, snapshot.samples)
        self._labels |= short
        for sample in snapshot.samples:
            points = self._scalars(sample_points(sample, short))
            histograms = histogram_values(sample, self._labels)
            self._append(sample.step, [*points, *histograms])

    def _write_actions(self, snapshot: Snapshot) -> None:
        """What each action did, at its own step."""
        for record in snapshot.actions:
            self._append(
                record.step, self._scalars(self._actions.points(record))
            )

    def _found(self, findings: Sequence[Finding]) -> list[Summary.Value]:
        return [
            *self._scalars(self._findings.points(findings)),
            *self._findings.texts(findings, self._layer_order, self._labels),
        ]

    def _row(self) -> list[Summary.Value]:
        """The row of the HParams tab, once the metrics are known."""
        if self._listed:
            return []
        self._listed = True
        first = main_metric(self._epochs)
        columns = {epoch_tag(first): first} if first else {}
        columns[COUNT] = "findings"
        for epoch in self._epochs[:1]:
            columns |= {epoch_tag(name): name for name in epoch.logs}
        return hparams.start(self._setup, columns, self._began, self._compared)

    def _layout(self) -> list[Summary.Value]:
        """The layout, when there are curves that it does not have."""
        if self._laid_out == len(self._scalars.tags):
            return []
        self._laid_out = len(self._scalars.tags)
        return [layout_value(custom_scalars(self._targets, self._scalars.tags))]

    def _write(self, values: Sequence[Summary.Value]) -> None:
        self._append(self._step, [*values, *self._layout()]).flush()

    def _append(self, step: int, values: Sequence[Summary.Value]) -> EventFile:
        if self._file is not None and not self._file.path.exists():
            # Removed, and with it what is written only once.
            self._file, self._laid_out, self._listed = None, 0, False
        if self._file is None:
            if self._log_dir is None:
                raise ValueError("`log_dir` must be given without a monitor.")
            self._lock = FolderLock(self._log_dir)
            self._file = EventFile(self._lock.folder)
        self._file.write(step, time.time(), values)
        return self._file
