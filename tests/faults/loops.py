"""The training is not one `fit` of one optimizer whose loss is a number."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import kgrad
from kgrad.report.report import Report
from kgrad.storage.run_file import run_files
from tests.faults.fault import NOTHING, fault, require
from tests.faults.parts import Loop, fit_part
from tests.faults.scene import Outcome, Scene
from tests.faults.training import STEPS, build, monitor

_SAID = (
    "training continues; it says that nothing is measured, and so does the "
    "report"
)


class TracedOnce(keras.Model):
    """As in TensorFlow's tutorial on text generation."""

    @tf.function
    def train_step(self, data: Any) -> Any:
        return keras.Model.train_step(self, data)


@fault(
    "a `tf.function` `train_step` goes on when the monitor is gone",
    "training continues, what was watched is there, and nothing else",
)
def traced_once(scene: Scene) -> Outcome:
    def train() -> None:
        model = build(TracedOnce)
        fit_part(scene, model, 0, scene.step, monitor(scene.folder))
        gc.collect()
        fit_part(scene, model, scene.step, STEPS)

    return _watched_until(scene, scene.step, scene.train(train))


@fault(
    "Ctrl-C in another callback, then another monitor, then none",
    "what was watched is there, and nothing else",
)
def interrupted(scene: Scene) -> Outcome:
    """The first monitor and the exception are still there, as in a notebook."""
    random = scene.random
    end = random.randrange(scene.step, STEPS)
    when = random.choice(["on_train_batch_begin", "on_train_batch_end"])
    is_last = random.random() < 0.5

    class Interrupts(keras.callbacks.Callback):
        def interrupt(self, batch: int, logs: Any = None) -> None:
            if batch == scene.step - (when == "on_train_batch_end"):
                raise KeyboardInterrupt

    def train() -> None:
        model, first, kept = build(), monitor(scene.folder), None
        interrupts = Interrupts()
        setattr(interrupts, when, interrupts.interrupt)
        both = [first, interrupts] if is_last else [interrupts, first]
        try:
            fit_part(scene, model, 0, STEPS, *both)
        except KeyboardInterrupt as error:
            kept = error
        assert kept is not None
        fit_part(scene, model, scene.step, end, monitor(scene.folder))
        fit_part(scene, model, end, STEPS)
        assert len(first.history.steps) == scene.step

    return _watched_until(scene, end, scene.train(train))


def _watched_until(scene: Scene, end: int, status: int) -> Outcome:
    outcome = scene.judge(made=end, missing=0)
    recorded = len(kgrad.RunHistory.load(scene.folder).steps)
    require(outcome, status == 0, f"it ended with {status}")
    require(outcome, scene.made == STEPS, "training did not continue")
    require(outcome, recorded == end, f"{recorded} steps are recorded")
    return outcome


@fault(
    "a loop that does not tell its loss, after a `fit` that did",
    "nothing is lost, and no loss is called NaN",
)
def untold_loss(scene: Scene) -> Outcome:
    def train() -> None:
        model, watching = build(), monitor(scene.folder)
        fit_part(scene, model, 0, scene.step, watching)
        with watching.watch(model):
            Loop(scene, model).run(scene.step, STEPS)

    status = scene.train(train)
    outcome = scene.judge(missing=0)
    require(outcome, status == 0, f"it ended with {status}")
    require(outcome, not _lost(scene), "it says that something is NaN")
    return outcome


@fault(
    "the loss is NaN, from a step on or in every one; the gradients are not",
    "nothing is lost, and the step is told",
)
def lost_loss(scene: Scene) -> Outcome:
    first = scene.random.choice([1, scene.step])

    def train() -> None:
        model = build()

        def loss(y: Any, predicted: Any) -> Any:
            is_lost = model.optimizer.iterations + 1 >= first
            lost = keras.ops.where(is_lost, np.nan, 0.0)
            told = keras.losses.mean_squared_error(y, predicted)
            return told + keras.ops.stop_gradient(lost)

        model.compile(model.optimizer, loss)
        fit_part(scene, model, 0, STEPS, monitor(scene.folder))

    status = scene.train(train)
    outcome = scene.judge(missing=0)
    require(outcome, status == 0, f"it ended with {status}")
    require(outcome, _lost(scene) == [first], f"it says {_lost(scene)}")
    return outcome


def _lost(scene: Scene) -> list[int]:
    """From which steps on something is not finite, as the findings say."""
    found = kgrad.RunHistory.load(scene.folder).findings
    return [f.first_step for f in found if f.sign == "nonfinite"]


@fault("a step of one's own that was traced before `watch`", NOTHING)
def traced_before(scene: Scene) -> Outcome:
    def train() -> None:
        model = build()
        loop = Loop(scene, model)
        loop.run(0, scene.step)
        with monitor(scene.folder).watch(model):
            loop.run(scene.step, STEPS)

    status = scene.train(train)
    outcome = scene.judge(first=scene.step + 1, missing=0)
    require(outcome, status == 0, f"it ended with {status}")
    return outcome


def _says_that_nothing_is_measured(
    scene: Scene, train: Callable[[kgrad.GradientMonitor], None]
) -> Outcome:
    def told() -> None:
        watching = monitor(scene.folder)
        train(watching)
        print(Report.of("run", watching.history).headline)

    status = scene.train(told)
    outcome = Outcome(scene.made, 0)
    require(outcome, status == 0, f"it ended with {status}")
    require(outcome, scene.made == STEPS, "training did not continue")
    require(outcome, scene.output.count("is never called") == 1, "no warning")
    headline = "Nothing was measured: no step was seen."
    require(outcome, headline in scene.output, "the report does not say so")
    if run_files(scene.folder):
        steps = len(kgrad.RunHistory.load(scene.folder).steps)
        require(outcome, not steps, f"{steps} steps are recorded")
    return outcome


@fault("a loop that is watched with the wrong optimizer", _SAID)
def wrong_optimizer(scene: Scene) -> Outcome:
    def train(watching: kgrad.GradientMonitor) -> None:
        model = build()
        loop = Loop(scene, model)
        loop.run(0, scene.step)
        with watching.watch(model, keras.optimizers.SGD(name="other")):
            loop.run(scene.step, STEPS)

    return _says_that_nothing_is_measured(scene, train)


@fault("a `fit` whose optimizer is never called", _SAID)
def unused_optimizer(scene: Scene) -> Outcome:
    """That of `compile`; the one that is used is none of the model's."""
    used: list[keras.optimizers.Optimizer] = []

    class Own(keras.Model):
        def train_step(self, data: Any) -> Any:
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x, y, self(x, training=True))
            weights = self.trainable_variables
            used[0].apply(tape.gradient(loss, weights), weights)
            return {"loss": loss}

    class Says(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 3:
                print("four steps were made", flush=True)

    def train(watching: kgrad.GradientMonitor) -> None:
        model = build(Own)
        used.append(keras.optimizers.SGD(0.01))
        fit_part(scene, model, 0, STEPS, watching, Says())

    outcome = _says_that_nothing_is_measured(scene, train)
    at_once, _, _ = scene.output.partition("four steps were made")
    require(outcome, "is never called" in at_once, "it says so too late")
    return outcome
