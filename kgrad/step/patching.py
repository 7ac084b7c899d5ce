"""Replaces methods of a Keras object while a step is traced or run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Protocol


class Tap(Protocol):
    """Something that measures while its context is open."""

    def listening(self) -> AbstractContextManager[None]:
        """Opens the tap."""


@contextmanager
def together(*taps: Tap) -> Iterator[None]:
    """Opens all taps, in the given order."""
    with ExitStack() as stack:
        for tap in taps:
            stack.enter_context(tap.listening())
        yield


class PatchedAttributes:
    """A context in which an object has other attributes.

    They go straight into its `__dict__`: Keras would track, and save, an
    attribute that is set. It is no generator, since it may be entered in every
    step of training.

    Args:
        instance: The object.
        **attributes: Its attributes while the context is open.
    """

    def __init__(self, instance: Any, **attributes: Any) -> None:
        self._place = vars(instance)
        self._attributes = attributes

    def __enter__(self) -> None:
        place = self._place
        self._before = {k: place[k] for k in self._attributes if k in place}
        place.update(self._attributes)

    def __exit__(self, *error: object) -> None:
        for name in self._attributes:
            del self._place[name]
        self._place.update(self._before)
