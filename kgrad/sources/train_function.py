"""Goes along with each call of a model's compiled train function.

Keras keeps what `fit` runs in `model.train_function`. For the time of a
watched `fit`, a `WatchedTrainFunction` stands there: it opens the taps only
while a step runs, so that between steps the model's optimizer is as it was,
and it sees the exceptions that no callback is told of.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from typing import Any, Protocol

import tensorflow as tf


class Listener(Protocol):
    """Who goes along with the steps of a model."""

    expected: bool
    """Set before each step that is to be watched, used up by the step."""

    def listening(self) -> AbstractContextManager[None]:
        """Opens the taps, so that a trace made meanwhile holds them."""

    def stepped(self, steps: int) -> None:
        """The call made at most so many optimizer steps."""

    def crashed(self) -> None:
        """The call raised an exception."""


class WatchedTrainFunction:
    """Calls a model's train function with the listeners' taps open.

    Args:
        model: The compiled `keras.Model`, its train function made.

    Attributes:
        plain: The train function that was there before.
    """

    def __init__(self, model: Any) -> None:
        self.plain = model.train_function
        self._model = model
        self._listeners: list[Listener] = []
        self._traced: dict[tuple[Listener, ...], Any] = {}

    def add(self, listener: Listener) -> None:
        """Takes the train function's place and goes along with its calls."""
        if listener not in self._listeners:
            self._listeners.append(listener)
        self._model.train_function = self

    def remove(self, listener: Listener) -> None:
        """Ends that; after the last listener the plain function is back."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners and self._model.train_function is self:
            self._model.train_function = self.plain

    def __call__(self, iterator: Any) -> Any:
        """Runs the step, as Keras would.

        A listener that does not expect the step was left behind by a `fit`
        that an exception ended between two steps: it is removed.
        """
        for listener in [x for x in self._listeners if not x.expected]:
            self.remove(listener)
        if not self._listeners:
            return self.plain(iterator)
        listeners = list(self._listeners)
        function = self._function(listeners)
        try:
            with ExitStack() as taps:
                for listener in listeners:
                    listener.expected = False
                    taps.enter_context(listener.listening())
                result = function(iterator)
        except (StopIteration, tf.errors.OutOfRangeError):
            raise
        except BaseException:
            for listener in listeners:
                listener.crashed()
            raise
        for listener in listeners:
            listener.stepped(self._model.steps_per_execution)
        return result

    def _function(self, listeners: list[Listener]) -> Any:
        """A train function that is traced with exactly these taps open."""
        key = tuple(listeners)
        if key not in self._traced:
            self._model.train_function = None
            self._model.make_train_function()
            self._traced[key] = self._model.train_function
            self._model.train_function = self
        return self._traced[key]


def watched_train_function(
    model: Any, last: WatchedTrainFunction | None
) -> WatchedTrainFunction:
    """The one that stands in the model already, or can be used again, or new.

    Args:
        model: The compiled `keras.Model`.
        last: What the listener used the last time. `compile` drops the
            model's train function; as long as the plain one is still there,
            what was traced is still right.
    """
    found = model.train_function
    if isinstance(found, WatchedTrainFunction):
        return found
    if last is not None and found is last.plain:
        return last
    return WatchedTrainFunction(model)
