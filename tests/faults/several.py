"""Several monitors, models, copies and places; a place that cannot be."""

from __future__ import annotations

import copy
import gc
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

import kgrad
from kgrad.reporters.tensorboard.reporter import TensorBoardReporter
from kgrad.storage.run_file import run_files
from tests.faults.fault import fault, require
from tests.faults.parts import fit_part
from tests.faults.scene import Outcome, Scene
from tests.faults.training import STEPS, build, monitor

_TWO = "two whole histories, training continues"
_REFUSED = "refused before training, with what to do; nothing is written"


def _monitor(folder: Path) -> kgrad.GradientMonitor:
    """With an event file that is where the monitor says."""
    return monitor(folder, reporters=[TensorBoardReporter()])


def _both_whole(scene: Scene, first: Path, second: Path) -> Outcome:
    outcome, other = (
        scene.judge(missing=0, folder=folder) for folder in (first, second)
    )
    outcome.wrong += other.wrong
    require(outcome, scene.made == STEPS, "training did not continue")
    for folder in (first, second):
        files = len(run_files(folder)), len(list(folder.glob("events*")))
        require(outcome, files == (1, 1), f"{files} files in {folder.name}")
    return outcome


@fault("two monitors on one `fit`", _TWO)
def two_in_one_fit(scene: Scene) -> Outcome:
    first, second = scene.place / "first", scene.place / "second"

    def train() -> None:
        model, both = build(), (_monitor(first), _monitor(second))
        fit_part(scene, model, 0, scene.step, *both)
        fit_part(scene, model, scene.step, STEPS, *both)

    status = scene.train(train)
    outcome = _both_whole(scene, first, second)
    require(outcome, status == 0, f"it ended with {status}")
    require(outcome, "kgrad:" not in scene.output, "there is a warning")
    return outcome


@fault(
    "two monitors on one folder at once, of one `fit` or of two",
    "two whole histories, never mixed, and the second says so",
)
def two_in_one_folder(scene: Scene) -> Outcome:
    nested = scene.random.random() < 0.5

    class Inner(keras.callbacks.Callback):
        """Trains another model in the middle."""

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == scene.step - 1:
                path = scene.place / "inner.count"
                inside = build(), 0, STEPS, _monitor(scene.folder)
                fit_part(scene, *inside, path=path)

    def train() -> None:
        other = Inner() if nested else _monitor(scene.folder)
        fit_part(scene, build(), 0, STEPS, _monitor(scene.folder), other)

    status = scene.train(train)
    outcome = _both_whole(scene, scene.folder, scene.folder / "writer-2")
    require(outcome, status == 0, f"it ended with {status}")
    said = scene.output.count("is recorded in") == 1
    require(outcome, said, "the second does not say where it is")
    return outcome


@fault(
    "two monitors on one model and one folder, in turn",
    "one history, without overlap or gap",
)
def two_in_turn(scene: Scene) -> Outcome:
    def train() -> None:
        model = build()
        both = monitor(scene.folder), monitor(scene.folder)
        ends = sorted({scene.random.randrange(1, STEPS) for _ in range(3)})
        for i, (start, end) in enumerate(
            zip([0, *ends], [*ends, STEPS], strict=True)
        ):
            fit_part(scene, model, start, end, both[i % 2])

    status = scene.train(train)
    outcome = scene.judge(missing=0)
    require(outcome, status == 0, f"it ended with {status}")
    places = [path.name for path in scene.folder.iterdir() if path.is_dir()]
    require(outcome, not places, f"there is {places}")
    return outcome


@fault(
    "the folder holds the run of another model",
    "nothing is lost of either, the new one has a place and says so",
)
def another_model(scene: Scene) -> Outcome:
    def other() -> None:
        model = build(layers=(keras.layers.Dense(3, name="more"),))
        path = scene.place / "other.count"
        inside = model, 0, scene.step, _monitor(scene.folder)
        fit_part(scene, *inside, path=path)

    def train() -> None:
        fit_part(scene, build(), 0, STEPS, _monitor(scene.folder))

    def both() -> None:
        other()
        train()

    if scene.random.random() < 0.5:
        status = scene.train(other) or scene.train(train)
    else:
        status = scene.train(both)
    place = scene.folder / "run-2"
    outcome = scene.judge(missing=0, folder=place)
    require(outcome, status == 0, f"it ended with {status}")
    said = f"goes to {place}" in scene.output
    require(outcome, said, "it does not say where it is")
    old = kgrad.RunHistory.load(scene.folder).steps
    kept = np.array_equal(old, np.arange(1, scene.step + 1))
    require(outcome, kept, "the old run is not what it was")
    for folder in (scene.folder, place):
        files = len(run_files(folder)), len(list(folder.glob("events*")))
        require(outcome, files == (1, 1), f"{files} files in {folder.name}")
    return outcome


@fault(
    "the model is built again in one process, and trained into its folder",
    "the later run is the history, whole",
)
def built_again(scene: Scene) -> Outcome:
    """Keras gives its layers other names each time."""
    builds = scene.random.randrange(1, 4)

    def train() -> None:
        for _ in range(builds):
            fit_part(scene, build(), 0, scene.step, monitor(scene.folder))
        fit_part(scene, build(), 0, STEPS, monitor(scene.folder))

    status = scene.train(train)
    outcome = scene.judge(missing=0)
    require(outcome, status == 0, f"it ended with {status}")
    files = len(run_files(scene.folder))
    require(outcome, files == builds + 1, f"{files} files")
    return outcome


@fault(
    "a monitor is copied, or pickled, while it watches",
    "nothing is lost, training continues",
)
def copied(scene: Scene) -> Outcome:
    def by_pickle(watching: kgrad.GradientMonitor) -> Any:
        return pickle.loads(pickle.dumps(watching))  # noqa: S301

    ways: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy, by_pickle]
    way = scene.random.choice(ways)

    def train() -> None:
        watching = monitor(scene.folder)

        class Copies(keras.callbacks.Callback):
            def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
                if batch == scene.step - 1:
                    assert way(watching).log_dir == watching.log_dir
                    gc.collect()

        fit_part(scene, build(), 0, STEPS, watching, Copies())

    status = scene.train(train)
    outcome = scene.judge(missing=0)
    require(outcome, status == 0, f"it ended with {status}")
    require(outcome, scene.made == STEPS, "training did not continue")
    return outcome


@fault(
    "the run folder cannot be made",
    "training continues, the history is kept in memory",
)
def no_folder(scene: Scene) -> Outcome:
    """What would be above it is a file, or a device."""
    above = scene.random.choice([scene.place / "file", Path("/dev/null")])

    def train() -> None:
        (scene.place / "file").write_text("in the way")
        watching = monitor(above / "run")
        fit_part(scene, build(), 0, STEPS, watching)
        history = watching.history
        assert np.array_equal(history.steps, np.arange(1, STEPS + 1))
        assert scene.is_as_always(history)

    status = scene.train(train)
    outcome = Outcome(scene.made, 0)
    require(outcome, status == 0, f"it ended with {status}")
    require(outcome, scene.made == STEPS, "training did not continue")
    said = scene.output.count("The history cannot be written") == 1
    require(outcome, said, "no one warning")
    return outcome


def _refused(scene: Scene, folder: str, error: type[Exception]) -> Outcome:
    empty = scene.place / "empty"
    empty.mkdir()

    def construct() -> None:
        os.chdir(empty)
        try:
            kgrad.GradientMonitor(folder)
        except error as refusal:
            print(refusal)

    status = scene.train(construct)
    outcome = Outcome(0, 0)
    require(outcome, status == 0, f"it ended with {status}")
    written = sorted(path.name for path in empty.iterdir())
    require(outcome, not written, f"{written} is written")
    return outcome


@fault("the run folder is in a bucket: `gs://`, `s3://`, `hdfs://`", _REFUSED)
def bucket(scene: Scene) -> Outcome:
    scheme = scene.random.choice(["gs", "s3", "hdfs", "file"])
    folder = f"{scheme}://bucket/{scene.step}/run"
    outcome = _refused(scene, folder, ValueError)
    said = folder in scene.output and "copy it" in scene.output
    require(outcome, said, "it does not say what to do")
    return outcome


@fault("Keras has another backend than TensorFlow", _REFUSED)
def another_backend(scene: Scene) -> Outcome:
    """As far as the monitor can see: Keras' own is that of the process."""
    name = scene.random.choice(["jax", "torch", "numpy", "openvino"])
    before = keras.backend.backend
    keras.backend.backend = lambda: name
    try:
        outcome = _refused(scene, "run", RuntimeError)
    finally:
        keras.backend.backend = before
    said = "KERAS_BACKEND=tensorflow" in scene.output and name in scene.output
    require(outcome, said, "it does not say what to do")
    return outcome
