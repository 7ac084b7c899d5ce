"""What TensorBoard reads from an event file: scalars, texts, a layout."""

from __future__ import annotations

from collections.abc import Iterable

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

from kgrad.reporters.tensorboard.curves import Point


class Scalars:
    """Makes summaries of points, each curve described once.

    Attributes:
        tags: The curves so far, in the order of their first points.
    """

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
