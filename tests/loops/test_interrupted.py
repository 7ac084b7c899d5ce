"""Ctrl-C anywhere leaves nothing; copies and doubles do no harm."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.loops.training import (
    BATCH,
    batches,
    data,
    model,
    monitor,
    step_of,
    steps_of,
)


class Interrupts(keras.callbacks.Callback):
    def __init__(self, when: str) -> None:
        super().__init__()
        setattr(self, when, self.interrupt)

    def interrupt(self, batch: int, logs: Any = None) -> None:
        if batch == 2:
            raise KeyboardInterrupt


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("when", ["on_train_batch_begin", "on_train_batch_end"])
def test_by_another_callback_before_or_behind(
    when: str, first: bool, tmp_path: Path
) -> None:
    trained, watching = model(), monitor(tmp_path)
    callbacks = [Interrupts(when), watching]
    with pytest.raises(KeyboardInterrupt):
        trained.fit(
            *data(),
            BATCH,
            verbose=0,
            callbacks=callbacks if first else callbacks[::-1],
        )
    assert not type(trained.train_function).__module__.startswith("kgrad")
    made = 2 if when == "on_train_batch_begin" else 3
    assert steps_of(watching) == list(range(1, made + 1))
    trained.fit(*data(), BATCH, verbose=0)
    assert len(steps_of(watching)) == made
    trained.fit(*data(), BATCH, verbose=0, callbacks=[watching])
    assert len(steps_of(watching)) == made + 4


def test_a_list_of_callbacks_is_left_as_it_was(tmp_path: Path) -> None:
    trained, watching = model(), monitor(tmp_path)
    listed = keras.callbacks.CallbackList(
        [watching], add_history=True, model=trained
    )
    before = list(listed.callbacks)
    trained.fit(*data(), BATCH, verbose=0, callbacks=listed)
    assert listed.callbacks == before
    assert len(steps_of(watching)) == 4


def test_a_monitor_that_is_passed_twice_is_one(tmp_path: Path) -> None:
    trained, watching = model(), monitor(tmp_path)
    trained.fit(
        *data(), BATCH, epochs=2, verbose=0, callbacks=[watching, watching]
    )
    assert len(steps_of(watching)) == 8
    assert [e.epoch for e in watching.history.epochs] == [0, 1]


def test_a_monitor_that_another_callback_calls(tmp_path: Path) -> None:
    """Then it is in no list that is known."""
    trained, watching = model(), monitor(tmp_path)

    class Around(keras.callbacks.Callback):
        def __getattribute__(self, name: str) -> Any:
            if name.startswith("on_") or name == "set_model":
                return getattr(watching, name)
            return super().__getattribute__(name)

    trained.fit(*data(), BATCH, verbose=0, callbacks=[Around()])
    assert len(steps_of(watching)) == 4


def test_a_loop_that_is_interrupted(tmp_path: Path) -> None:
    trained, watching = model(), monitor(tmp_path)
    step = step_of(trained)

    def loop() -> None:
        with watching.watch(trained):
            for batch in batches(3):
                step(*batch)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loop()
    for batch in batches(2):
        step(*batch)
    assert steps_of(watching) == [1, 2, 3]
    assert "apply" not in vars(trained.optimizer)


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning:keras")
@pytest.mark.parametrize("loops", [False, True])
def test_a_model_is_saved_and_copied_while_it_is_watched(
    loops: bool, tmp_path: Path
) -> None:
    trained, watching = model(), monitor(tmp_path / "run")

    def save() -> None:
        trained.save(tmp_path / "model.keras")
        saved = keras.models.load_model(tmp_path / "model.keras")
        checkpoint = tf.train.Checkpoint(
            model=trained, optimizer=trained.optimizer
        )
        path = checkpoint.save(str(tmp_path / "checkpoint"))
        checkpoint.restore(path).assert_consumed()
        cloned = keras.models.clone_model(trained)
        cloned.set_weights(trained.get_weights())
        for other in (saved, cloned, copy.deepcopy(trained)):
            for a, b in zip(
                other.get_weights(), trained.get_weights(), strict=True
            ):
                np.testing.assert_array_equal(a, b)

    class Saves(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                save()

    if loops:
        step = step_of(trained)
        with watching.watch(trained):
            for i, batch in enumerate(batches(4)):
                step(*batch)
                if i == 1:
                    save()
    else:
        callbacks = [watching, Saves()]
        trained.fit(*data(), BATCH, verbose=0, callbacks=callbacks)
    assert steps_of(watching) == [1, 2, 3, 4]
