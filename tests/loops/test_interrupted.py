"""Ctrl-C anywhere leaves nothing; copies and doubles do no harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import pytest

from tests.loops.training import BATCH, data, model, monitor, steps_of


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
