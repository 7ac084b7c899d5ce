"""An event file for TensorBoard, written without TensorFlow's summary ops.

TensorBoard's own writer computes checksums in Python and, when the disk is
full, prints a traceback from a thread; TensorFlow's are resources of a graph.
A `TFRecordWriter` frames records in C++, and raises where it is called.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import tensorflow as tf
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import (
    DATA_CLASS_SCALAR,
    DATA_CLASS_TENSOR,
    Summary,
    SummaryMetadata,
)
from tensorboard.plugins.custom_scalar import metadata as custom_scalar
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from tensorboard.plugins.scalar import metadata as scalar
from tensorboard.plugins.text import metadata as text
from tensorboard.util.tensor_util import make_tensor_proto

_number = count()


@dataclass(frozen=True)
class Point:
    """One number of one curve, and what the curve shows."""

    tag: str
    value: float
    description: str


class EventFile:
    """Appends summaries to a new event file of a run folder.

    Where it cannot write, for example on a full disk, every method raises an
    `OSError` or a `tf.errors.OpError`.
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
        """Writes the values of one step, none if there are none."""
        summary = Summary(value=values)
        if summary.value:
            self._append(Event(wall_time=seconds, step=step, summary=summary))

    def flush(self) -> None:
        """Hands all that was written to the operating system."""
        self._writer.flush()

    def _append(self, event: Event) -> None:
        self._writer.write(event.SerializeToString())


class Scalars:
    """Makes summaries of points, each curve (`tags`) described once."""

    def __init__(self) -> None:
        self.tags: dict[str, None] = {}

    def __call__(self, points: Iterable[Point]) -> list[Summary.Value]:
        """One summary for each point."""
        return [
            Summary.Value(
                tag=point.tag,
                # 5 bytes, where a tensor of one number takes 12.
                simple_value=point.value,
                metadata=self._metadata(point),
            )
            for point in points
        ]

    def _metadata(self, point: Point) -> SummaryMetadata | None:
        """TensorBoard reads it from the first value of a curve only."""
        if point.tag in self.tags:
            return None
        self.tags[point.tag] = None
        result = scalar.create_summary_metadata("", point.description)
        result.data_class = DATA_CLASS_SCALAR
        return result


def text_value(tag: str, markdown: str, description: str) -> Summary.Value:
    """A text for the text tab."""
    metadata = text.create_summary_metadata("", description)
    return _tensor(tag, metadata, markdown.encode())


def layout_value(layout: Layout) -> Summary.Value:
    """A layout for the custom scalars tab; the last one counts."""
    return _tensor(
        custom_scalar.CONFIG_SUMMARY_TAG,
        custom_scalar.create_summary_metadata(),
        layout.SerializeToString(),
    )


def _tensor(tag: str, metadata: SummaryMetadata, data: bytes) -> Summary.Value:
    metadata.data_class = DATA_CLASS_TENSOR
    return Summary.Value(
        tag=tag, metadata=metadata, tensor=make_tensor_proto(data)
    )
