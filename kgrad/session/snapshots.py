"""From the rows of a window to what signs and reporters see."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kgrad.actions.graph_acts import GraphRecords
from kgrad.records import Measure, Setup, Snapshot
from kgrad.step.targets import TargetLayout, layout_of
from kgrad.step.window import Rows, Window


class Snapshots:
    """Makes snapshots of one training, one after the other.

    Args:
        model: The `keras.Model`, or None.
        measures: What the columns of a window are.
    """

    def __init__(self, model: Any, measures: Sequence[Measure]) -> None:
        self._model = model
        self._measures = tuple(measures)
        self._graph_acts = GraphRecords()

    def of(self, layout: TargetLayout, rows: Rows, setup: Setup) -> Snapshot:
        """The steps of a window, with what the graph did in them.

        Args:
            layout: That of the window.
            rows: What was read of it.
            setup: What is trained.
        """
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
            setup=setup,
        )
        acts = tuple(self._graph_acts.acts(snapshot, rows))
        return replace(snapshot, acts=acts) if acts else snapshot

    def none(self, windows: Sequence[Window], setup: Setup) -> Snapshot:
        """A snapshot without steps, to carry epochs or acts.

        Args:
            windows: Those that there are; the last gives the targets.
            setup: What is trained.
        """
        layout = windows[-1].layout if windows else layout_of(self._model, [])
        shape = (len(layout.measured), len(self._measures))
        return self.of(layout, Rows.none(*shape), setup)
