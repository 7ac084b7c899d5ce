"""Training continues in a new process; two train in one folder."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kgrad.storage.history import RunHistory
from kgrad.storage.run_file import run_files
from tests.faults.fault import NOTHING, fault, require
from tests.faults.scene import Outcome, Scene
from tests.faults.training import (
    BATCH,
    EPOCHS,
    PER_EPOCH,
    STEPS,
    WINDOW,
    Count,
    at,
    build,
    data,
    fit,
    monitor,
)

_ONE = "one history, without overlap or gap"


def _train_with_backup(
    scene: Scene, save_freq: Any, then: Callable[[int], None]
) -> None:
    """A run with a backup; the monitor before or after it in the list."""
    model, (x, y) = build(), data()
    watching = [
        monitor(scene.folder),
        keras.callbacks.BackupAndRestore(
            scene.place / "backup", save_freq=save_freq
        ),
    ]
    if scene.step % 2:
        watching.reverse()
    # The count comes first: a backup is not whole while Keras writes it.
    count = Count(scene.folder.with_suffix(".count"), then)
    model.fit(
        x,
        y,
        BATCH,
        shuffle=False,
        epochs=EPOCHS,
        verbose=0,
        callbacks=[count, *watching],
    )
    iterations = int(model.optimizer.iterations)
    (scene.place / "iterations").write_text(str(iterations))


def _killed_and_resumed(scene: Scene, save_freq: Any) -> RunHistory:
    def kill() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    scene.train(
        lambda: _train_with_backup(scene, save_freq, at(scene.step, kill))
    )
    scene.train(lambda: _train_with_backup(scene, save_freq, lambda step: None))
    return RunHistory.load(scene.folder)


@fault("killed, then `BackupAndRestore` of each epoch", _ONE)
def restored_by_epoch(scene: Scene) -> Outcome:
    history = _killed_and_resumed(scene, "epoch")
    outcome = scene.judge(made=STEPS, missing=0, damage=None)
    epochs = [epoch.epoch for epoch in history.epochs]
    require(outcome, epochs == list(range(EPOCHS)), f"the epochs are {epochs}")
    return outcome


@fault(
    "killed, then `BackupAndRestore` of every 7 steps",
    "one history, without overlap; at most one window is lost",
)
def restored_by_step(scene: Scene) -> Outcome:
    """Keras makes the epoch again from its first batch, on newer weights."""
    history = _killed_and_resumed(scene, 7)
    made = int((scene.place / "iterations").read_text())
    # The kill comes before the backup of the same step.
    backed_up = (scene.step - 1) // 7 * 7
    steps = history.steps
    missing = sorted({*range(1, made + 1)} - {*steps.tolist()})
    outcome = Outcome(made, len(missing), said=history.damage)
    require(outcome, len(missing) < WINDOW, f"{len(missing)} steps are lost")
    require(outcome, bool((np.diff(steps) > 0).all()), "steps overlap")
    # What was measured after the last window that was read, before the kill.
    of_last = all(backed_up - WINDOW < step <= backed_up for step in missing)
    require(outcome, of_last, f"the gap is {missing}")
    before = steps[steps <= backed_up] - 1
    always = RunHistory.load(scene.reference)["gradient_norm"][before]
    same = np.array_equal(history["gradient_norm"][: len(before)], always)
    require(outcome, same, "numbers differ from an undisturbed run's")
    return outcome


@fault("ended, then `initial_epoch` with the saved model", _ONE)
def initial_epoch(scene: Scene) -> Outcome:
    saved = str(scene.place / "model.keras")
    epochs = scene.random.randrange(1, EPOCHS)

    def train(start: int, end: int, model: Any = None) -> None:
        model = model or keras.saving.load_model(saved)
        fit(
            scene.folder,
            model=model,
            start=start * PER_EPOCH,
            initial_epoch=start,
            epochs=end,
        )
        model.save(saved)

    scene.train(lambda: train(0, epochs, build()))
    scene.train(lambda: train(epochs, EPOCHS))
    outcome = scene.judge(missing=0)
    found = [epoch.epoch for epoch in RunHistory.load(scene.folder).epochs]
    require(outcome, found == list(range(EPOCHS)), f"the epochs are {found}")
    return outcome


def _is_whole(scene: Scene, folder: Path) -> Outcome:
    return scene.judge(made=STEPS, missing=0, folder=folder)


@fault("two processes train in one folder", "two histories, never mixed")
def two_at_once(scene: Scene) -> Outcome:
    children = [scene.start(lambda: fit(scene.folder)) for _ in range(2)]
    for child in children:
        scene.wait(child)
    outcome = _is_whole(scene, scene.folder)
    second = scene.folder / "writer-2"
    if run_files(second):
        require(outcome, not _is_whole(scene, second).wrong, "the second lacks")
        said = "is recorded in" in scene.output
        require(outcome, said, "the second does not say where it is")
    else:
        # The first had ended when the second wrote its first window.
        files = len(run_files(scene.folder))
        require(outcome, files == 2, f"{files} files")
    for folder in (scene.folder, second):
        events = len(list(folder.glob("events*")))
        require(
            outcome,
            events == len(run_files(folder)),
            f"{events} event files in {folder.name}",
        )
    return outcome


@fault("another run was killed in the folder: its lock", NOTHING)
def stale_lock(scene: Scene) -> Outcome:
    child = scene.start(lambda: fit(scene.folder))
    scene.wait_for_step(max(scene.step, WINDOW))
    os.kill(child, signal.SIGKILL)
    scene.wait(child)
    scene.train(lambda: fit(scene.folder))
    outcome = _is_whole(scene, scene.folder)
    require(outcome, not (scene.folder / "writer-2").exists(), "it moved away")
    return outcome
