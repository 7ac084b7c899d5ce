"""Puts methods into a Keras object for as long as a step is traced or run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Protocol


class Tap(Protocol):
    """What listens somewhere for as long as a context of its is open."""

    def listening(self) -> AbstractContextManager[None]:
        """Opens the tap."""


@contextmanager
def together(*taps: Tap) -> Iterator[None]:
    """All of the taps open, the first one first."""
    with ExitStack() as stack:
        for tap in taps:
            stack.enter_context(tap.listening())
        yield


class PatchedAttributes:
    """A context in which an object has other attributes.

    They go into its `__dict__`: Keras would track, and save, an attribute
    that is set. Written out, for it is entered at every step of training.

    Args:
        instance: The object.
        **attributes: What it has while the context is open.
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
