"""Wraps calls of a model's compiled train function.

Keras keeps what `fit` runs in `model.train_function`, and looks it up again
for every step. A `WatchedTrainFunction` is put there just before a watched
step, until it begins: it opens the taps while the step is traced, so that
between steps the model and its optimizer are untouched, and it sees the
exceptions that no callback is told about.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import keras
import tensorflow as tf

from kgrad.step.functions import Traces


class Listener(Protocol):
    """Who is told about the steps of a model."""

    @property
    def sampling(self) -> bool:
        """Whether the next step is traced with further taps open."""

    @property
    def training(self) -> object:
        """Another object for each training."""

    def trained(self) -> list[Any]:
        """The `tf.Variable`s of its optimizers."""

    def tapped(self) -> list[Any]:
        """The `tf.Variable`s of the layers that it taps in samples."""

    def listening(self) -> AbstractContextManager[None]:
        """Opens the taps, so that a trace made meanwhile holds them."""

    def stepped(self, steps: int) -> None:
        """The call made at most this many optimizer steps."""

    def crashed(self) -> None:
        """The call raised an exception."""


Key = tuple[tuple[Listener, bool], ...]
"""Who listens, and whether with further taps."""


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
        # Setting an attribute of a Keras model costs more than a small step
        # has to spare.
        self._place = vars(model)
        self._listeners: tuple[Listener, ...] = ()
        self._traced: dict[Key, Any] = {}
        self._traces = Traces()
        self._searched: tuple[object, ...] = ()
        self._stays = False
        # What ran last with these taps, and with which iterator.
        self._ran: dict[Key, tuple[Any, weakref.ref[Any]]] = {}

    def expect(self, listener: Listener) -> None:
        """Replaces the train function for the next step."""
        if listener not in self._listeners:
            self._listeners += (listener,)
        self._place["train_function"] = self

    def dismiss(self) -> None:
        """Puts the plain train function back."""
        self._listeners = ()
        if self._place["train_function"] is self:
            self._place["train_function"] = self.plain

    def __call__(self, iterator: Any) -> Any:
        """Runs the step, as Keras would."""
        listeners = self._listeners
        if not self._stays:
            self.dismiss()
        try:
            result = self._run(listeners, iterator)
        except (StopIteration, tf.errors.OutOfRangeError):
            raise
        except BaseException:
            for listener in listeners:
                listener.crashed()
            raise
        for listener in listeners:
            listener.stepped(self._model.steps_per_execution)
        return result

    @contextmanager
    def staying(self, listener: Listener) -> Iterator[None]:
        """Replaces the train function for all steps of a block.

        Afterwards, the model has the one that it had before.
        """
        self.expect(listener)
        self._stays = True
        try:
            yield
        finally:
            self._stays = False
            # `compile` drops it, and one that was made since has taps.
            here = self._place.get("train_function") is self
            self._listeners = ()
            self._place["train_function"] = self.plain if here else None

    def _run(self, listeners: tuple[Listener, ...], iterator: Any) -> Any:
        key = tuple([(x, x.sampling) for x in listeners])
        # Of one iterator, all batches have the same types: nothing is traced,
        # so taps need not be open.
        ran = self._ran.get(key)
        if (
            ran is not None
            and ran[1]() is iterator
            and not self._model.run_eagerly
        ):
            return ran[0](iterator)
        function = self._function(key)
        trainings = tuple([x.training for x in listeners])
        if trainings != self._searched:
            self._searched = trainings
            self._traces.search(
                [v for x in listeners for v in x.trained()],
                [v for x in listeners for v in x.tapped()],
            )
        try:
            with self._traces.opened(key, made=self._is_made()):
                result = _tapped(listeners, function, iterator)
        except Exception:
            if all(x.sampling == sampling for x, sampling in key):
                raise
            # A listener gave up sampling while the step was traced.
            del self._traced[key]
            self._ran.pop(key, None)
            return self._run(listeners, iterator)
        self._ran[key] = function, weakref.ref(iterator)
        return result

    def _is_made(self) -> bool:
        """Whether the model makes the outermost function itself."""
        kind = type(self._model)
        own = kind.make_train_function is not keras.Model.make_train_function
        return own and not self._model.run_eagerly

    def _function(self, key: Key) -> Any:
        """A train function that is traced with exactly these taps open."""
        if key not in self._traced:
            here = self._model.train_function
            self._model.train_function = None
            try:
                self._model.make_train_function()
                self._traced[key] = self._model.train_function
            finally:
                self._model.train_function = here
        return self._traced[key]


def _tapped(
    listeners: tuple[Listener, ...], function: Any, iterator: Any
) -> Any:
    if not listeners:
        return function(iterator)
    with listeners[0].listening():
        return _tapped(listeners[1:], function, iterator)


def watched_train_function(
    model: Any, last: WatchedTrainFunction | None
) -> WatchedTrainFunction:
    """The one in the model, or the last one while it is valid, or a new one.

    Args:
        model: The compiled `keras.Model`.
        last: The one that the listener used before. `compile` drops the
            model's train function; while the plain one is still there, what
            was traced remains valid.
    """
    found = model.train_function
    if isinstance(found, WatchedTrainFunction):
        return found
    if last is not None and found is last.plain:
        return last
    return WatchedTrainFunction(model)
