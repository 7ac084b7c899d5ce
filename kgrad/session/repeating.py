"""Something that is done again and again beside a block of code."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeating(call: Callable[[], None], seconds: float) -> Iterator[None]:
    """Calls from a thread of its own for as long as the block runs.

    Args:
        call: What to call; it has returned for the last time when the block
            is left.
        seconds: Time to wait before each call.
    """
    stop = threading.Event()

    def repeat() -> None:
        while not stop.wait(seconds):
            call()

    thread = threading.Thread(target=repeat, name="kgrad", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
