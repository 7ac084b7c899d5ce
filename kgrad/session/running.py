"""Which monitors of this process train now, and where their runs go."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import keras


class Running:
    """Whether the training that a monitor follows is under way.

    A `fit` that was interrupted told no callback that it ended, so whether
    one runs is read from the stacks of all threads.

    Attributes:
        drain: Weak reference to what is called when another training begins
            after this one was interrupted: its last steps are written before
            those of the other.
        callbacks: Those of the last `fit`, None if it ended or if they are
            not known.
        in_loop: Whether a `watch` block is open.
    """

    def __init__(self) -> None:
        self.drain: Callable[[], Callable[[], None] | None] = lambda: None
        self.callbacks: list[Any] | None = None
        self.in_loop = False
        self._place: Path | None = None
        self._beside: weakref.WeakSet[Running] = weakref.WeakSet()
        with _lock:
            _all.add(self)

    @property
    def is_now(self) -> bool:
        """Whether a step may follow."""
        if self.callbacks is None:
            return self.in_loop
        stacks = sys._current_frames().values()
        return any(_has(frame, self.callbacks) for frame in stacks)

    def begins(self) -> None:
        """Notes who else trains now, and drains what was interrupted."""
        interrupted = []
        with _lock:
            for other in list(_all):
                if other is self:
                    continue
                if other.is_now:
                    self._beside.add(other)
                    other._beside.add(self)
                elif other.callbacks is not None:
                    interrupted.append(other.drain())
        for drain in interrupted:
            if drain is not None:
                drain()

    def takes(self, place: Path) -> Path:
        """Where to write: the place, unless it is that of one beside.

        Then `writer-2` in it, and so on, as with several processes.
        """
        with _lock:
            used = {other._place for other in self._beside}
            own, number = place, 1
            while own.absolute() in used:
                number += 1
                own = place / f"writer-{number}"
            self._place = own.absolute()
        return own


_all: weakref.WeakSet[Running] = weakref.WeakSet()
_lock = threading.RLock()
"""Held while sets are read or changed: monitors may train in threads.

Never while anything is drained, which waits for the lock of a watch.
"""


def _has(frame: FrameType | None, callbacks: list[Any]) -> bool:
    """Whether a function of a stack calls these callbacks."""
    while frame is not None:
        for value in list(frame.f_locals.values()):
            # A proxy might not like to be asked for its class.
            is_list = issubclass(type(value), keras.callbacks.CallbackList)
            if is_list and value.callbacks is callbacks:
                return True
        frame = frame.f_back
    return False
