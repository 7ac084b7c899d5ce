"""Keeps the traces with taps apart from those without.

A `tf.function` of the user's is traced once and then runs that graph: traced
while taps are open, it would keep measuring when they are closed, and traced
before, it would never measure. So while taps are open a function that trains
has other traces, one set for each set of taps; afterwards it has its own.
"""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import tensorflow as tf
from tensorflow.python.eager.polymorphic_function.polymorphic_function import (
    Function,
)

from kgrad.step.patching import PatchedAttributes

_STATE = (
    "_function_cache",
    "_function_captures",
    "_created_variables",
    "_variable_creation_config",
    "_no_variable_creation_config",
    "_concrete_variable_creation_fn",
)
"""The attributes of a `tf.function` that hold its traces."""

_KERAS = "keras.src.backend.tensorflow.trainer"
_OPEN: list[Traces] = []
_SAMPLING: list[Caller] = []


class Traces:
    """The traces that `tf.function`s have while taps are open.

    Args:
        found: Called with each function that is found.

    Attributes:
        trains: The functions that call an optimizer.
    """

    def __init__(
        self, found: Callable[[Any], None] = lambda function: None
    ) -> None:
        self._found = found
        self.trains: weakref.WeakSet[Any] = weakref.WeakSet()
        self._known: weakref.WeakKeyDictionary[Any, dict[Hashable, Any]] = (
            weakref.WeakKeyDictionary()
        )
        self._own: dict[int, tuple[Any, dict[str, Any]]] = {}
        self._made: weakref.WeakSet[Any] = weakref.WeakSet()
        self._key: Hashable = None
        self._outermost_is_made = False

    def search(
        self, trained: Iterable[Any], weights: Iterable[Any] = ()
    ) -> None:
        """Finds the functions that were traced with any of these variables.

        Args:
            trained: `tf.Variable`s of optimizers.
            weights: Those of layers that are tapped.
        """
        trains = {id(variable.handle) for variable in trained}
        handles = trains | {id(variable.handle) for variable in weights}
        for function in gc.get_objects():
            if (
                type(function) is Function
                and function not in self._known
                and function not in self._made
                and _captures(function, handles)
            ):
                if _captures(function, trains):
                    self.trains.add(function)
                self._add(function)

    @contextmanager
    def opened(self, key: Hashable, made: bool = False) -> Iterator[None]:
        """Exchanges the traces of all functions while it is open.

        Args:
            key: The set of taps that are open.
            made: Whether the outermost function was made for this key and
                has no other traces.
        """
        before = self._own, self._key, self._outermost_is_made
        self._own, self._key, self._outermost_is_made = {}, key, made
        for function, traces in list(self._known.items()):
            self._exchange(function, traces.get(key))
        _OPEN.append(self)
        try:
            yield
        finally:
            _OPEN.remove(self)
            for function, own in self._own.values():
                self._known[function][key] = _state(function)
                vars(function).update(own)
            self._own, self._key, self._outermost_is_made = before

    def add_callers(self, trains: bool) -> None:
        """Takes note of the functions that are being traced now.

        Args:
            trains: Whether they call an optimizer.
        """
        callers = []
        frame: Any = sys._getframe(1)
        while frame is not None:
            caller = frame.f_locals.get("self")
            if type(caller) is Function and caller not in callers:
                callers.append(caller)
            frame = frame.f_back
        if callers and self._outermost_is_made:
            self._made.add(callers.pop())
        for function in filter(_is_users, callers):
            if trains:
                self.trains.add(function)
            if function not in self._known:
                # What it was traced for before cannot be told apart any more.
                self._own[id(function)] = function, _fresh(function)
                self._add(function)

    def _add(self, function: Any) -> None:
        self._known[function] = {}
        self._found(function)

    def _exchange(self, function: Any, traces: dict[str, Any] | None) -> None:
        self._own[id(function)] = function, _state(function)
        vars(function).update(_fresh(function) if traces is None else traces)


class Caller(Protocol):
    """Who is told of the steps of a loop."""

    @property
    def sampling(self) -> bool:
        """Whether the next step is a sample."""

    @property
    def running(self) -> bool:
        """Whether a call that it was told of has not returned yet."""

    def listening(self) -> AbstractContextManager[None]:
        """Opens further taps for a sample."""

    def step_begins(self) -> None:
        """A function is called that may be a step."""

    def stepped(self, steps: int) -> None:
        """A step was made."""


class WatchedFunction:
    """Calls a `tf.function` of the user's with other traces in samples.

    Args:
        function: The function.
        traces: Its traces.
        caller: Who is told.
    """

    def __init__(self, function: Any, traces: Traces, caller: Caller) -> None:
        self._function = function
        self._call = function._call
        self._traces = traces
        self._caller = caller

    def staying(self) -> PatchedAttributes:
        """Replaces what the function calls itself with, in a block."""
        return PatchedAttributes(self._function, _call=self)

    def __call__(self, *args: Any, **kwds: Any) -> Any:
        """Runs the function, as TensorFlow would."""
        caller = self._caller
        if not tf.executing_eagerly() or caller.running:
            return self._call(*args, **kwds)
        caller.step_begins()
        if caller.sampling:
            result = self._sample(*args, **kwds)
        else:
            result = self._call(*args, **kwds)
        if self._function in self._traces.trains:
            caller.stepped(1)
        return result

    def _sample(self, *args: Any, **kwds: Any) -> Any:
        try:
            with self._caller.listening():
                _SAMPLING.append(self._caller)
                # Another monitor may sample the same call, or may not.
                with self._traces.opened(tuple(_SAMPLING)):
                    return self._call(*args, **kwds)
        except Exception:
            if self._caller.sampling:
                raise
            # Sampling was given up while the function was traced.
            return self._call(*args, **kwds)
        finally:
            if self._caller in _SAMPLING:
                _SAMPLING.remove(self._caller)


def note_tracing(trains: bool) -> None:
    """Tells the traces that are open which functions are being traced.

    Args:
        trains: Whether they call an optimizer.
    """
    if _OPEN and tf.inside_function():
        for traces in _OPEN:
            traces.add_callers(trains)


def keep_alive(owner: object) -> None:
    """Has the graph that is being traced keep an object with its variables.

    A graph does not keep the variables that it uses: whoever still has it when
    the monitor is gone could not run it.
    """
    if tf.inside_function():
        graph: Any = tf.compat.v1.get_default_graph()
        graph._kgrad_owners = [*getattr(graph, "_kgrad_owners", ()), owner]


def _is_users(function: Any) -> bool:
    return bool(function.python_function.__module__ != _KERAS)


def _captures(function: Any, handles: set[int]) -> bool:
    return _is_users(function) and any(
        id(tensor) in handles
        for concrete in function._function_cache.values()
        for tensor in concrete.captured_inputs
    )


def _state(function: Any) -> dict[str, Any]:
    return {k: vars(function).get(k) for k in _STATE}


def _fresh(function: Any) -> dict[str, Any]:
    """The state of a function that has never been traced."""
    return dict.fromkeys(_STATE) | {
        "_function_cache": type(function._function_cache)(),
        "_function_captures": type(function._function_captures)(),
    }
