"""The outcome of a run: its metric, what that is compared with, findings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kgrad.records.schema import NumberOrNaN
from zoo import schema
from zoo.tasks.base import Verdict

FILE = "result.json"


@dataclass(frozen=True, kw_only=True)
class FindingRecord:
    """What is kept of a finding of the monitor.

    Args:
        sign: Name of the sign, `"exploding"`.
        target: Name of the target, as in `kgrad.Finding`.
        layer: Name of the layer, `""` for the whole model.
        first_step: The first step that shows it.
        explanation: Sentence with the numbers in it.
    """

    sign: str
    target: str
    layer: str
    first_step: int
    explanation: str = ""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The outcome of one finished run.

    Args:
        task: Name of the task.
        task_version: Its version.
        model: Cell and variant.
        seed: Seed of the run.
        metric: Name of the metric that the task is judged by.
        chance: Its value for guessing.
        solved: Its value at which the task counts as solved.
        test: Its value on the test data.
        validation: Its value on the validation data, after the last epoch;
            NaN without validation.
        train: Its value on the training data, over the last epoch.
        verdict: `"solved"`, `"learns"` or `"fails"`.
        epochs: Epochs trained.
        steps: Optimizer steps taken.
        steps_per_second: Of the median epoch, without validation.
        seconds: Training time, including compilation and validation.
        horizon: How many time steps back the gradient of the recurrent
            layer's state h still counts, as `kgrad.TimeProfile.horizon`, at
            the last sampled step; None if none was sampled.
        findings: What the monitor found, the gravest first.
        remedies: Ids of what its first diagnosis proposes, in order; None
            where that was not kept.
        longer: The metric on test data of other lengths, by length.
    """

    task: str
    task_version: int
    model: str
    seed: int
    metric: str
    chance: float
    solved: float
    test: NumberOrNaN
    validation: NumberOrNaN
    train: NumberOrNaN
    verdict: Verdict
    epochs: int
    steps: int
    steps_per_second: NumberOrNaN
    seconds: float
    horizon: int | None = None
    findings: tuple[FindingRecord, ...] = ()
    remedies: tuple[str, ...] | None = None
    longer: Mapping[int, NumberOrNaN] = field(default_factory=dict)

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Writes `result.json` into a run folder, as a whole or not at all.

        The file exists only if the run is finished, even if the process is
        killed while it writes.
        """
        schema.write(Path(folder) / FILE, schema.to_json(self))
