"""From the windows in the graph to what signs and reporters see."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from kgrad._warnings import warn
from kgrad.actions.graph_records import GraphRecords
from kgrad.records import Epoch, Measure, Origin, Sample, Setup, Snapshot
from kgrad.session.setup import completed
from kgrad.step.optimizer_tap import OptimizerTap
from kgrad.step.targets import TargetLayout, layers_of, layout_of
from kgrad.step.window import Rows, Window, in_order


class Snapshots:
    """Makes snapshots of what the taps have written, in order.

    Args:
        model: The `keras.Model`, or None.
        taps: Those of its optimizers.
        measures: What the columns of a window are.
        describe: Describes what an optimizer trains.

    Attributes:
        last_step: The last step that was read.
    """

    def __init__(
        self,
        model: Any,
        taps: Sequence[OptimizerTap],
        measures: Sequence[Measure],
        describe: Callable[[Any], Setup],
    ) -> None:
        self._model = model
        self._taps = taps
        self._measures = tuple(measures)
        self._describe = describe
        self._graph_records = GraphRecords()
        self._setup = Setup()
        self._described = False
        self._lost = False
        self.last_step = 0

    def begin(self, step: int) -> None:
        """A training begins after this step: what was not to be seen is lost.

        Graphs of the user's own may have been run in between.
        """
        for window in self._windows():
            window.read()
        self.last_step = step
        self._setup = self._describe(self._taps[0].optimizer)
        self._described = self._is_built()

    def read(
        self,
        epochs: tuple[Epoch, ...],
        samples: tuple[Sample, ...],
        origins: tuple[Origin, ...],
    ) -> list[Snapshot]:
        """What is new.

        Args:
            epochs: Those that have ended.
            samples: Those that were taken.
            origins: Where steps stopped being finite.
        """
        read = [(window, window.read()) for window in self._windows()]
        self._complete_setup()
        snapshots = [
            self._of(window.layout, rows) for window, rows in in_order(read)
        ]
        self._count(snapshots)
        if epochs or samples or origins:
            last = snapshots.pop() if snapshots else self.none()
            snapshots.append(
                replace(last, epochs=epochs, samples=samples, origins=origins)
            )
        return snapshots

    def none(self) -> Snapshot:
        """A snapshot without steps, to carry epochs or action records."""
        windows = self._windows()
        layout = windows[-1].layout if windows else layout_of(self._model, [])
        shape = (len(layout.measured), len(self._measures))
        return self._of(layout, Rows.none(*shape))

    def _of(self, layout: TargetLayout, rows: Rows) -> Snapshot:
        """The steps of a window, with what the graph did in them."""
        snapshot = Snapshot(
            steps=rows.steps,
            targets=layout.targets,
            measures=self._measures,
            values=rows.values,
            loss=rows.loss,
            learning_rate=rows.learning_rate,
            skipped=rows.skipped,
            has_loss=rows.has_loss,
            seconds=time.time(),
            setup=self._setup,
        )
        records = tuple(self._graph_records.of(snapshot, rows))
        return replace(snapshot, actions=records) if records else snapshot

    def _windows(self) -> list[Window]:
        return [window for tap in self._taps for window in tap.windows]

    def _is_built(self) -> bool:
        return all(layer.built for layer in layers_of(self._model))

    def _complete_setup(self) -> None:
        """Adds what is known only now: layers, and what is really trained."""
        if not self._described and self._is_built():
            self._described = True
            self._setup = completed(self._setup, self._model)
        if len(self._taps) > 1 and not self._taps[0].windows:
            used = [tap.optimizer for tap in self._taps if tap.windows]
            if used:
                self._setup = self._describe(used[0])
        # Another thread may be tracing.
        found = [list(tap.unreached.values()) for tap in self._taps]
        unreached = [variable for each in found for variable in each]
        if unreached and not self._setup.without_gradient:
            targets = layout_of(self._model, unreached).measured
            layers = tuple(dict.fromkeys(t.layer for t in targets))
            self._setup = replace(self._setup, without_gradient=layers)

    def _count(self, snapshots: Sequence[Snapshot]) -> None:
        """Warns if steps were overwritten before they were read."""
        read = sum(len(snapshot.steps) for snapshot in snapshots)
        if not read:
            return
        last = int(snapshots[-1].steps[-1])
        lost = last - self.last_step - read
        self.last_step = last
        if lost > 0 and not self._lost:
            self._lost = True
            warn(
                f"{lost} steps before step {last} were made faster than they "
                f"could be read and are missing from the history"
            )
