"""All optimizers that are used are heard; that none is, is told at once."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from kgrad.actions import Stop
from kgrad.report.report import Report
from tests.loops.training import (
    BATCH,
    batches,
    data,
    model,
    monitor,
    step_of,
    steps_of,
    told,
)


class Parts(keras.Model):
    """Each part has an optimizer; what it was compiled with is not used."""

    def __init__(self, optimizers: dict[str, Any], listed: bool) -> None:
        super().__init__()
        self.parts = [keras.layers.Dense(3), keras.layers.Dense(1)]
        self.order = list(optimizers)
        if listed:
            self.all_optimizers = list(optimizers.values())
        else:
            for name, optimizer in optimizers.items():
                setattr(self, name, optimizer)
        self.call_with = list(optimizers.values())

    def call(self, x: Any) -> Any:
        return self.parts[1](self.parts[0](x))

    def train_step(self, batch: Any) -> dict[str, Any]:
        x, y = batch
        for i, optimizer in enumerate(self.call_with):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(x) - y) ** 2)
            weights = self.parts[i % 2].trainable_variables
            optimizer.apply(tape.gradient(loss, weights), weights)
        return {"loss": loss}


def parts(count: int = 2, listed: bool = False) -> Parts:
    keras.utils.set_random_seed(1)
    made = Parts(
        {f"optimizer_{i}": keras.optimizers.SGD(0.1) for i in range(count)},
        listed,
    )
    made.compile()
    made(np.zeros((1, 2)))
    return made


def flat(count: int = 4) -> tuple[np.ndarray, np.ndarray]:
    x, y = data(count)
    return x[:, 0], y


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("listed", [False, True])
def test_those_that_are_not_compiled_with_are_heard(
    count: int, listed: bool, tmp_path: Path
) -> None:
    trained, watching = parts(count, listed), monitor(tmp_path)
    trained.fit(*flat(), BATCH, verbose=0, callbacks=[watching])
    assert steps_of(watching) == list(range(1, 4 * count + 1))
    made = sum(int(x.iterations) for x in trained.call_with)
    assert made == len(steps_of(watching))
    assert watching.history.setup.optimizer == "SGD"  # Not RMSprop.
    for optimizer in (trained.optimizer, *trained.call_with):
        assert "apply" not in vars(optimizer)


def test_training_is_the_same_with_several(tmp_path: Path) -> None:
    plain, watched = parts(3), parts(3)
    plain.fit(*flat(), BATCH, shuffle=False, verbose=0)
    callbacks = [monitor(tmp_path)]
    watched.fit(*flat(), BATCH, shuffle=False, verbose=0, callbacks=callbacks)
    for a, b in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_another_optimizer_in_the_next_fit(tmp_path: Path) -> None:
    trained, watching = model(), monitor(tmp_path)
    trained.fit(*data(), BATCH, verbose=0, callbacks=[watching])
    trained.compile("adam", "mse")
    trained.fit(*data(), BATCH, verbose=0, callbacks=[watching])
    assert steps_of(watching) == list(range(1, 9))
    assert watching.history.setup.optimizer == "Adam"


def test_actions_must_say_for_which_of_several(tmp_path: Path) -> None:
    trained = parts(2)
    watching = monitor(tmp_path, actions=[Stop()])
    with told() as messages:
        trained.fit(*flat(), BATCH, verbose=0, callbacks=[watching])
    assert [m for m in messages if "several optimizers" in m] == messages
    assert len(messages) == 1
    assert len(steps_of(watching)) == 8


def test_an_optimizer_that_is_never_called_is_told_of_while_it_trains(
    tmp_path: Path,
) -> None:
    trained = parts(2)
    watching = monitor(tmp_path, optimizer=keras.optimizers.Adam(name="other"))
    told_after: list[int] = []

    class Counts(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if caught and not told_after:
                told_after.append(batch + 1)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        callbacks = [watching, Counts()]
        trained.fit(*flat(6), BATCH, verbose=0, callbacks=callbacks)
    assert not steps_of(watching)
    (message,) = [str(w.message) for w in caught]
    assert "No step is measured: `other` is never called" in message
    report = Report.of("run", watching.history)
    assert report.headline == "Nothing was measured: no step was seen."
    assert told_after == [3]


def test_a_loop_with_another_optimizer_is_told_of(tmp_path: Path) -> None:
    trained, watching = model(), monitor(tmp_path)
    step = step_of(trained, keras.optimizers.SGD(0.1))
    with told() as messages, watching.watch(trained):
        for batch in batches():
            step(*batch)
    (message,) = messages
    assert "never called" in message
    assert "monitor.watch(model, optimizer)" in message


def test_gradients_that_are_accumulated_are_waited_for(tmp_path: Path) -> None:
    trained, watching = model(), monitor(tmp_path)
    optimizer = keras.optimizers.SGD(0.1, gradient_accumulation_steps=5)
    trained.compile(optimizer, "mse")
    trained.fit(*data(10), BATCH, verbose=0, callbacks=[watching])
    assert len(steps_of(watching)) == 2


def test_what_is_no_optimizer_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(TypeError, match="`optimizer` must be"),
        monitor(tmp_path).watch(model(), object()),
    ):
        pass


@pytest.mark.parametrize("trained", [object(), "model"])
def test_what_is_no_model_needs_an_optimizer(
    trained: Any, tmp_path: Path
) -> None:
    watching = monitor(tmp_path)
    with (
        pytest.raises(ValueError, match="`optimizer` must say which"),
        watching.watch(trained),
    ):
        pass
    weight = keras.Variable([1.0], name="weight")
    optimizer = keras.optimizers.SGD(0.1)
    with watching.watch(trained, optimizer):
        for _ in range(3):
            optimizer.apply([tf.constant([1.0])], [weight])
    assert steps_of(watching) == [1, 2, 3]
