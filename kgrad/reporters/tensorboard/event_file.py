"""An event file for TensorBoard, written without TensorFlow's summary ops.

TensorBoard's own `EventFileWriter` computes checksums in Python and writes
from a thread that prints a traceback when the disk is full; TensorFlow's
summary writers are resources of a graph. A `TFRecordWriter` frames records
in C++, and raises where it is called.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import tensorflow as tf
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

_number = count()


class EventFile:
    """Appends summaries to a new event file of a run folder.

    Args:
        folder: The run folder; made if it does not exist.

    Raises:
        OSError: If the folder cannot be made.
        tf.errors.OpError: If the file cannot be made.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.path = Path(folder) / (
            f"events.out.tfevents.{int(time.time()):010d}."
            f"{socket.gethostname()}.{os.getpid()}.{next(_number)}.kgrad"
        )
        self._writer = tf.io.TFRecordWriter(os.fspath(self.path))
        self._append(Event(wall_time=time.time(), file_version="brain.Event:2"))

    def write(
        self, step: int, seconds: float, values: Iterable[Summary.Value]
    ) -> None:
        """Writes the values of one step, none if there are none.

        Args:
            step: 1-based optimizer step.
            seconds: Wall-clock time, as of `time.time`.
            values: What TensorBoard is to show.

        Raises:
            tf.errors.OpError: If they cannot be written.
        """
        summary = Summary(value=values)
        if summary.value:
            self._append(Event(wall_time=seconds, step=step, summary=summary))

    def flush(self) -> None:
        """Hands all that was written to the operating system.

        Raises:
            tf.errors.OpError: If it cannot be written, for example on a
                full disk.
        """
        self._writer.flush()

    def close(self) -> None:
        """Flushes and closes the file.

        Raises:
            tf.errors.OpError: If it cannot be written.
        """
        self._writer.close()

    def _append(self, event: Event) -> None:
        self._writer.write(event.SerializeToString())
