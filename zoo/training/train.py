"""From a recipe to a run folder: train, watch, test, save."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras

import kgrad
from kgrad import reporters
from zoo.model import compiled, stacked
from zoo.recipe import Recipe
from zoo.runs import run_folder
from zoo.runs.result import FindingRecord, Result
from zoo.runs.run_folder import WEIGHTS
from zoo.runs.weights import compact
from zoo.tasks import TASKS
from zoo.tasks.metrics import guessing
from zoo.training.callbacks import (
    Clock,
    OnProgress,
    ReportProgress,
    StopWhenSolved,
)
from zoo.training.compared import hparams
from zoo.training.workers import fitting, is_chief, processes, strategy

_TEST_BATCH = 500


def train(
    recipe: Recipe,
    runs: str | os.PathLike[str] = "runs",
    report: OnProgress | None = None,
    compared: Sequence[str] = (),
) -> Result:
    """Trains a recipe with the monitor on.

    It sets the random seeds of Python, NumPy and TensorFlow, and replaces
    the run folder of an earlier run of the same name.

    Where `TF_CONFIG` names several workers, each must call it with the same
    recipe, and they share its batches; only the chief writes the run folder
    and knows the horizon.

    Args:
        recipe: What to train. Its versions are replaced by those installed.
        runs: The folder of all runs.
        report: Called with the progress of training.
        compared: What the runs that it is compared with differ in, such as
            `"variant"`: TensorBoard hides the rest. By default not known.

    Returns:
        The result. The run folder holds it as `result.json`, next to
        `recipe.json`, the weights and what the monitor wrote.

    Raises:
        FileExistsError: If the run folder holds something else.
        BlockingIOError: If another process trains in the run folder.
    """
    recipe = recipe.with_installed_versions()
    if not is_chief(strategy()):
        with TemporaryDirectory() as folder:
            return _train(recipe, Path(folder), report, compared)
    with run_folder.begin(runs, recipe) as folder:
        return _train(recipe, folder, report, compared)


def _train(
    recipe: Recipe,
    folder: Path,
    report: OnProgress | None,
    compared: Sequence[str],
) -> Result:
    task = TASKS[recipe.task]
    keras.utils.set_random_seed(recipe.seed)
    with strategy().scope():
        model = compiled(recipe)
    monitor = kgrad.GradientMonitor(
        folder,
        # The caller shows the result: the console has nothing to say.
        reporters=[reporters.TensorBoardReporter(compared=compared)],
        chance={task.metric: guessing(task)},
        lag=task.lag(recipe.length) or None,
        hparams=hparams(recipe),
    )
    clock = Clock()
    callbacks = [monitor, clock]
    if recipe.stop_when_solved:
        callbacks.append(StopWhenSolved(task, recipe.stop_when_solved))
    if report is not None:
        callbacks.append(ReportProgress(task.metric, report))
    x, y = _data(recipe, "train")
    began = time.perf_counter()
    with fitting(model):
        logs = model.fit(
            x,
            y,
            batch_size=recipe.batch_size,
            epochs=recipe.epochs,
            validation_data=(
                _data(recipe, "validation") if recipe.validation_size else None
            ),
            validation_batch_size=_TEST_BATCH,
            callbacks=callbacks,
            verbose=0,
        ).history
    seconds = time.perf_counter() - began
    if processes(strategy()) > 1:
        # From here on no process waits for another.
        model = at_length(model, recipe, recipe.length)
    test = evaluate(model, recipe)
    result = Result(
        task=recipe.task,
        task_version=recipe.task_version,
        model=recipe.model,
        seed=recipe.seed,
        metric=task.metric,
        chance=task.chance,
        solved=task.solved,
        test=test,
        validation=float(logs.get(f"val_{task.metric}", [math.nan])[-1]),
        train=float(logs[task.metric][-1]),
        verdict=task.verdict(test),
        epochs=len(logs[task.metric]),
        steps=clock.steps,
        steps_per_second=clock.steps_per_second,
        seconds=seconds,
        horizon=_horizon(
            [p for s in monitor.history.samples for p in s.profiles]
        ),
        findings=_findings(monitor),
        remedies=tuple(
            remedy.id
            for diagnosis in monitor.diagnoses[:1]
            for remedy in diagnosis.remedies
        ),
        longer={
            length: evaluate(at_length(model, recipe, length), recipe, length)
            for length in task.longer
        },
    )
    _save_weights(model, recipe, folder)
    result.write(folder)
    return result


def evaluate(
    model: keras.Model, recipe: Recipe, length: int | None = None
) -> float:
    """The metric of a compiled model on test data.

    Args:
        model: The model.
        recipe: Its recipe.
        length: Time steps of a sample; those of the recipe by default.
    """
    if length is not None:
        recipe = replace(recipe, length=length)
    x, y = _data(recipe, "test")
    logs = model.evaluate(
        x, y, batch_size=_TEST_BATCH, verbose=0, return_dict=True
    )
    return float(logs[TASKS[recipe.task].metric])


def at_length(model: keras.Model, recipe: Recipe, length: int) -> keras.Model:
    """The same model for samples of another length.

    Args:
        model: A model of the recipe.
        recipe: Its recipe.
        length: Time steps of a sample.

    Returns:
        A compiled `keras.Model` with the same weights.
    """
    # XLA would take longer to compile than the test takes.
    other = compiled(replace(recipe, length=length, jit_compile=False))
    other.set_weights(model.get_weights())
    return other


def _data(recipe: Recipe, split: Any) -> Any:
    return TASKS[recipe.task].data(
        split,
        getattr(recipe, f"{split}_size"),
        length=recipe.length,
        seed=recipe.seed,
    )


def _horizon(profiles: Sequence[kgrad.TimeProfile]) -> int | None:
    """Of the state h of the first recurrent layer, where it was last seen."""
    seen = [profile for profile in profiles if profile.state == "h"]
    if not seen:
        return None
    found = next(p for p in seen if p.step == seen[-1].step).horizon
    return None if math.isnan(found) else int(found)


def _findings(monitor: kgrad.GradientMonitor) -> tuple[FindingRecord, ...]:
    layers = {t.name: t.layer for t in monitor.history.target_records}
    return tuple(
        FindingRecord(
            sign=finding.sign,
            target=finding.target,
            layer=layers.get(finding.target, "").split("/")[-1],
            first_step=finding.first_step,
            explanation=finding.explanation,
        )
        for finding in monitor.findings
        if not finding.is_note
    )


def _save_weights(model: keras.Model, recipe: Recipe, folder: Path) -> None:
    """Writes the weights alone: a compiled model would add its optimizer."""
    bare = stacked(recipe)
    bare.set_weights(model.get_weights())
    bare.save_weights(folder / WEIGHTS)
    compact(folder / WEIGHTS)
