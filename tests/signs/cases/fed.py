"""Runs whose samples hold the numbers of a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from kgrad.records import ActionRecord, DataSummary, Origin, Sample, Snapshot
from tests.signs.checks.made import LABELS, Judged, judged
from tests.signs.runs import Data, run

SPARSE = "sparse_categorical_crossentropy"


def classifier(y: Any = LABELS, **arguments: Any) -> Judged:
    """A batch of five classes, of which guessing gets a fifth right."""
    arguments = {
        "units": 5,
        "activation": "softmax",
        "loss": SPARSE,
    } | arguments
    setup, data = judged(y=y, **arguments)
    classes = arguments["units"] if arguments["units"] > 1 else 2
    return replace(setup, classes=classes), data


def fed(
    *phases: Judged,
    starts: tuple[int, ...] = (1, 51),
    change: Callable[[Data], object] | None = None,
    **arguments: Any,
) -> list[Snapshot]:
    """A run that is fed one kind of batch after the other.

    Args:
        phases: What the batches are; the first says how the run is set up.
        starts: The step from which on each is fed.
        change: Changes the healthy numbers in place.
        arguments: Further arguments of `run`.
    """

    def sample(step: int) -> Sample:
        data: DataSummary | None = None
        for start, (_, batch) in zip(starts, phases, strict=False):
            if step >= start:
                data = batch
        return Sample(step, data=data)

    return run(change, setup=phases[0][0], samples_of=sample, **arguments)


def skipped(start: int, stop: int) -> Callable[[Data], None]:
    """Some steps whose gradients are NaN are not applied."""

    def change(data: Data) -> None:
        data["nonfinite_count"][start - 1 : stop - 1] = 1
        data["gradient_norm"][start - 1 : stop - 1] = np.nan
        data["skipped"][start - 1 : stop - 1] = True

    return change


def skips(start: int, stop: int) -> list[ActionRecord]:
    """What `Skip` says of the steps that it left out."""
    return [ActionRecord("skip", i, "Skipped.") for i in range(start, stop)]


def bad_input(step: int, **changes: Any) -> Origin:
    """NaN in the input of a step."""
    return replace(Origin(step, "input", "", (5, 2), 3), **changes)


def bad_label(step: int, low: int, high: int, count: int = 4) -> Origin:
    """Labels of a step that have no output among five."""
    return Origin(
        step, "target", "", (5,), count, "label", low, high, classes=5
    )
