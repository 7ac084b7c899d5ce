"""Traces of the user's own functions: taps are in them when they should be."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from tests.loops.training import (
    batches,
    data,
    loss_of,
    model,
    monitor,
    sampled,
    step_of,
    steps_of,
    told,
)


class Custom(keras.Model):
    """Text generation of TensorFlow's tutorial: its `train_step` is traced
    once for all."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = keras.layers.GRU(3, name="rnn")
        self.out = keras.layers.Dense(1)

    def call(self, x: Any) -> Any:
        return self.out(self.rnn(x))

    @tf.function
    def train_step(self, batch: Any) -> dict[str, Any]:
        x, y = batch[:2]
        with tf.GradientTape() as tape:
            loss = loss_of(self, x, y)
        weights = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return {"loss": loss}


def custom(**arguments: Any) -> Custom:
    keras.utils.set_random_seed(1)
    made = Custom()
    made.compile(keras.optimizers.SGD(0.1), **arguments)
    made(np.zeros((1, 5, 2)))
    return made


def fit(trained: keras.Model, *callbacks: Any) -> None:
    trained.fit(*data(), 8, shuffle=False, verbose=0, callbacks=callbacks)


@pytest.mark.parametrize("eager", [False, True])
def test_monitors_in_turn_and_at_once(eager: bool, tmp_path: Path) -> None:
    plain = custom(run_eagerly=eager)
    for _ in range(5):
        fit(plain)
    trained = custom(run_eagerly=eager)
    first = monitor(tmp_path / "1")
    fit(trained, first)
    assert steps_of(first) == [1, 2, 3, 4]
    assert sampled(first) == [1, 4]
    fit(trained)
    assert steps_of(first) == [1, 2, 3, 4]
    del first
    gc.collect()
    fit(trained)  # The variables of the monitor are gone.
    second, third = monitor(tmp_path / "2"), monitor(tmp_path / "3")
    fit(trained, second, third)
    assert steps_of(second) == steps_of(third) == [13, 14, 15, 16]
    assert sampled(second) == sampled(third) == [13, 16]
    fit(trained, second)
    assert steps_of(second) == list(range(13, 21))
    assert steps_of(third) == [13, 14, 15, 16]
    for a, b in zip(plain.get_weights(), trained.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_compile_in_between(tmp_path: Path) -> None:
    trained, watching = custom(), monitor(tmp_path)
    fit(trained, watching)
    trained.compile(keras.optimizers.SGD(0.1))
    fit(trained)
    fit(trained, watching)
    assert len(steps_of(watching)) == 8
    trained.compile(keras.optimizers.SGD(0.1))
    fit(trained, watching)
    assert len(steps_of(watching)) == 12


def test_train_on_batch_after_a_traced_fit(tmp_path: Path) -> None:
    trained, watching = custom(), monitor(tmp_path)
    fit(trained, watching)
    for batch in batches(2):
        trained.train_on_batch(*batch)
    assert steps_of(watching) == [1, 2, 3, 4]
    with watching.watch(trained):
        for batch in batches(4):
            trained.train_on_batch(*batch)
    assert steps_of(watching) == [1, 2, 3, 4, 7, 8, 9, 10]
    assert sampled(watching) == [1, 4, 9]  # Every third of those watched.
    for batch in batches(2):
        trained.train_on_batch(*batch)
    assert len(steps_of(watching)) == 8


def test_a_model_that_makes_its_train_function(tmp_path: Path) -> None:
    """Keras' way to leave out what it does around a step."""
    traces = []

    class Makes(keras.Sequential):
        def make_train_function(self, force: bool = False) -> Any:
            if self.train_function is None or force:

                @tf.function
                def train(iterator: Any) -> Any:
                    traces.append(iterator)
                    return self.train_step(next(iterator))

                self.train_function = train
            return self.train_function

    keras.utils.set_random_seed(1)
    layers = [keras.Input((5, 2)), keras.layers.GRU(3, name="rnn")]
    trained = Makes([*layers, keras.layers.Dense(1)])
    trained.compile("sgd", "mse")
    trained.optimizer.build(trained.trainable_variables)
    watching = monitor(tmp_path)
    for _ in range(3):
        fit(trained, watching)
    fit(trained)
    assert steps_of(watching) == list(range(1, 13))
    assert sampled(watching) == [1, 4, 7, 10]
    assert len(traces) == 3  # Sampled, not sampled, not watched.


def test_a_function_traced_before_a_block_and_run_after_it(
    tmp_path: Path,
) -> None:
    traces = []
    trained, watching = model(), monitor(tmp_path)
    own = step_of(trained)

    @tf.function
    def step(x: Any, y: Any) -> Any:
        traces.append(x)
        return own(x, y)

    for batch in batches(2):
        step(*batch)
    before = len(traces)
    with watching.watch(trained):
        for batch in batches(6):
            step(*batch)
    assert steps_of(watching) == list(range(3, 9))
    assert sampled(watching) == [3, 6]
    assert len(traces) == before + 2
    for batch in batches(2):
        step(*batch)
    assert len(traces) == before + 2
    assert len(steps_of(watching)) == 6


def test_a_concrete_function_cannot_be_watched_and_is_told_of(
    tmp_path: Path,
) -> None:
    trained, watching = model(), monitor(tmp_path)
    step = tf.function(step_of(trained))
    concrete = step.get_concrete_function(*next(batches(1)))
    with told() as messages, watching.watch(trained):
        for batch in batches(8):
            concrete(*batch)
    assert not steps_of(watching)
    (message,) = messages
    assert "is called by a graph that was traced before" in message


def test_a_concrete_function_of_a_block_runs_on_and_is_not_recorded(
    tmp_path: Path,
) -> None:
    trained, watching = model(), monitor(tmp_path)
    with watching.watch(trained):
        step = tf.function(step_of(trained))
        concrete = step.get_concrete_function(*next(batches(1)))
        for batch in batches(3):
            concrete(*batch)
    assert steps_of(watching) == [1, 2, 3]
    for batch in batches(2):
        concrete(*batch)
    assert steps_of(watching) == [1, 2, 3]
    with watching.watch(trained):
        for batch in batches(2):
            concrete(*batch)
    assert steps_of(watching) == [1, 2, 3, 6, 7]
    del watching
    gc.collect()
    concrete(*batch)


def test_a_forward_pass_that_is_traced_alone(tmp_path: Path) -> None:
    """The optimizer is called outside of the function."""
    trained, watching = model(), monitor(tmp_path)

    @tf.function
    def gradients(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = loss_of(trained, x, y)
        return tape.gradient(loss, trained.trainable_variables)

    def loop(count: int) -> None:
        for batch in batches(count):
            trained.optimizer.apply(
                gradients(*batch), trained.trainable_variables
            )

    with watching.watch(trained):
        loop(7)
    assert steps_of(watching) == list(range(1, 8))
    assert sampled(watching) == [2, 5]
    del watching
    gc.collect()
    loop(1)


def test_two_monitors_around_one_loop(tmp_path: Path) -> None:
    trained = model()
    a, b = monitor(tmp_path / "a"), monitor(tmp_path / "b", time_every=2)
    step = tf.function(step_of(trained))
    with a.watch(trained), b.watch(trained):
        for batch in batches(6):
            step(*batch)
    assert steps_of(a) == steps_of(b) == list(range(1, 7))
    assert sampled(a)
    assert sampled(b)
    np.testing.assert_array_equal(
        a.history["gradient_norm"], b.history["gradient_norm"]
    )
    assert "_call" not in vars(step)


def test_a_copy_has_the_arguments_and_watches_on_its_own(
    tmp_path: Path,
) -> None:
    import copy
    import pickle

    used = monitor(tmp_path, window=5, signs=["exploding"])
    fit(model(), used)
    for again in (copy.deepcopy(used), pickle.loads(pickle.dumps(used))):  # noqa: S301
        assert isinstance(again, kgrad.GradientMonitor)
        assert again.log_dir == used.log_dir
        assert not len(again.history.steps)
        assert not again.findings
