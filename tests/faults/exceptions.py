"""Something in the training raises; what was measured is on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from kgrad.reporters import Reporter
from kgrad.signs import Sign
from tests.faults.fault import NOTHING, fault, require
from tests.faults.scene import Outcome, Scene
from tests.faults.training import PER_EPOCH, STEPS, batches, build, fit


def _after(step: int, error: Exception) -> Callable[[], None]:
    """Raises when it is called for the next step after this one."""
    calls = 0

    def call() -> None:
        nonlocal calls
        calls += 1
        if calls > step:
            raise error

    return call


def _fails(scene: Scene, train: Callable[[], object], word: str) -> Outcome:
    """Training that must end with an exception, and lose nothing."""
    status = scene.train(train)
    outcome = scene.judge(missing=0)
    require(outcome, status == 1, f"it ended with {status}")
    require(outcome, word in scene.output, f"there is no {word}")
    return outcome


class _Breaking(keras.layers.Layer):
    """Calls something on the host in each step."""

    def __init__(self, call: Callable[[], None]) -> None:
        super().__init__()
        self._call = call

    def call(self, inputs: Any) -> Any:
        if isinstance(inputs, keras.KerasTensor):
            return inputs
        with tf.control_dependencies([_on_host(self._call)]):
            return tf.identity(inputs)


def _on_host(call: Callable[[], None]) -> Any:
    return tf.py_function(lambda: call(), [], [])


@fault("exception in a layer's `call`", NOTHING)
def in_the_model(scene: Scene) -> Outcome:
    def train() -> None:
        broken = _Breaking(_after(scene.step, ValueError("on purpose")))
        fit(scene.folder, model=build(layers=(broken,)))

    return _fails(scene, train, "on purpose")


@fault("exception in the loss", NOTHING)
def in_the_loss(scene: Scene) -> Outcome:
    def train() -> None:
        call = _after(scene.step, ValueError("on purpose"))

        def loss(y: Any, predicted: Any) -> Any:
            with tf.control_dependencies([_on_host(call)]):
                return keras.losses.mean_squared_error(y, predicted)

        fit(scene.folder, model=build(loss=loss))

    return _fails(scene, train, "on purpose")


class _Own(keras.Model):
    """A `train_step` of one's own, run eagerly."""

    raises: Callable[[], None]

    def train_step(self, data: Any) -> Any:
        self.raises()
        return super().train_step(data)


@fault("exception in a `train_step` of one's own", NOTHING)
def in_the_train_step(scene: Scene) -> Outcome:
    def train() -> None:
        model = build(_Own, run_eagerly=True)
        model.raises = _after(scene.step, ValueError("on purpose"))
        fit(scene.folder, model=model)

    return _fails(scene, train, "on purpose")


@fault("`ResourceExhaustedError`: out of memory", NOTHING)
def out_of_memory(scene: Scene) -> Outcome:
    def train() -> None:
        error = tf.errors.ResourceExhaustedError(None, None, "OOM on purpose")
        model = build(_Own, run_eagerly=True)
        model.raises = _after(scene.step, error)
        fit(scene.folder, model=model)

    return _fails(scene, train, "OOM on purpose")


@fault("exception in the data generator", NOTHING)
def in_the_data(scene: Scene) -> Outcome:
    def broken() -> Iterator[Any]:
        call = _after(scene.step, ValueError("on purpose"))
        for batch in batches():
            call()
            yield batch

    return _fails(
        scene, lambda: fit(scene.folder, batched=broken()), "on purpose"
    )


@fault("the data end too soon", "nothing is lost, training ends")
def data_end(scene: Scene) -> Outcome:
    def short() -> Iterator[Any]:
        for _, batch in zip(range(scene.step), batches(), strict=False):
            yield batch

    scene.train(lambda: fit(scene.folder, batched=short()))
    outcome = scene.judge(missing=0)
    require(outcome, scene.made == scene.step, f"{scene.made} steps were made")
    return outcome


def _in_a_callback(scene: Scene, method: str, calls: int) -> Outcome:
    def train() -> None:
        call = _after(calls, ValueError("on purpose"))
        broken = keras.callbacks.Callback()
        setattr(broken, method, lambda *given, **named: call())
        fit(scene.folder, callbacks=(broken,))

    return _fails(scene, train, "on purpose")


@fault("exception in another callback, `on_train_batch_begin`", NOTHING)
def at_batch_begin(scene: Scene) -> Outcome:
    return _in_a_callback(scene, "on_train_batch_begin", scene.step)


@fault("exception in another callback, `on_train_batch_end`", NOTHING)
def at_batch_end(scene: Scene) -> Outcome:
    return _in_a_callback(scene, "on_train_batch_end", scene.step)


@fault("exception in another callback, `on_epoch_end`", NOTHING)
def at_epoch_end(scene: Scene) -> Outcome:
    return _in_a_callback(scene, "on_epoch_end", scene.step // PER_EPOCH)


class _BrokenReporter(Reporter):
    def __init__(self, calls: int) -> None:
        self._call = _after(calls, ZeroDivisionError("on purpose"))

    def write(self, *given: Any) -> None:
        self._call()


class _BrokenSign(Sign):
    name = "broken"
    description = "on purpose"
    findings = ()

    def __init__(self, calls: int) -> None:
        self._call = _after(calls, ZeroDivisionError("on purpose"))

    def update(self, snapshot: Any) -> None:
        self._call()


def _goes_on(scene: Scene, **watched: Any) -> Outcome:
    scene.train(lambda: fit(scene.folder, watched=watched))
    outcome = scene.judge(missing=0)
    require(outcome, scene.made == STEPS, "training did not continue")
    require(outcome, scene.output.count("on purpose") == 1, "no one warning")
    return outcome


@fault("a reporter raises", "nothing is lost, training continues")
def in_a_reporter(scene: Scene) -> Outcome:
    calls = scene.random.randrange(6)
    return _goes_on(scene, reporters=[_BrokenReporter(calls)])


@fault("a sign raises", "nothing is lost, training continues")
def in_a_sign(scene: Scene) -> Outcome:
    return _goes_on(scene, signs=[_BrokenSign(scene.random.randrange(6))])


@fault("the clock jumps back", "nothing is lost, training continues")
def clock(scene: Scene) -> Outcome:
    def train() -> None:
        import time

        now, jumps = time.time, [0.0]
        time.time = lambda: now() + jumps[-1]
        fit(
            scene.folder,
            lambda step: jumps.append(
                -86400.0 * (step >= scene.step) * scene.random.random()
            ),
        )

    scene.train(train)
    outcome = scene.judge(missing=0)
    require(outcome, scene.made == STEPS, "training did not continue")
    return outcome
