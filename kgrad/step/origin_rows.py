"""What was found in a step that is not finite: a row of whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import tensorflow as tf

from kgrad.records import Origin, Stage

AXES = 8
"""Tensors of more axes are not searched."""

_KINDS: tuple[Literal["nan", "infinite", "label", ""], ...] = (
    "nan",
    "infinite",
    "label",
    "",
)
_NAN, _INFINITE, _LABEL, _UNKNOWN = range(4)
_HEADER = 8
WIDTH = _HEADER + AXES

_LOSS, _GRADIENT = -2, -1
"""Places that are no tensor's."""


@dataclass(frozen=True)
class SearchedPart:
    """A tensor that is searched.

    Args:
        stage: What it is for.
        name: Its name.
        axes: Number of its axes.
        classes: Number of classes that its labels are of, 0 of no labels.
        ignored: The label that the loss passes over, if there is one.
    """

    stage: Stage
    name: str
    axes: int
    classes: int = 0
    ignored: int | None = None


@dataclass(frozen=True)
class SearchedStep:
    """The tensors of a step that is traced, or run eagerly.

    Args:
        step: Scalar int64, the step's number.
        layout: Number of the layout.
        parts: The layout: what the tensors are, in the order of the flow.
        tensors: The tensors.
        loss: Scalar float32; None before it is computed.
    """

    step: Any
    layout: int
    parts: tuple[SearchedPart, ...]
    tensors: tuple[Any, ...]
    loss: Any = None

    def first_not_finite(self) -> tuple[Any, Any]:
        """The row of what was not finite first, and whether data was, or loss.

        If it was neither, the gradients are told.
        """
        in_loss = ~tf.math.is_finite(self.loss)
        row = self._row(
            tf.where(in_loss, _LOSS, _GRADIENT),
            tf.where(in_loss, _kind(self.loss), _UNKNOWN),
            tf.cast(in_loss, tf.int64),
        )
        found = in_loss
        for place in reversed(range(len(self.parts))):
            tensor = self.tensors[place]
            if not tensor.dtype.is_floating:
                continue
            bad = ~tf.math.is_finite(tensor)
            any_bad = tf.reduce_any(bad)
            first, index = _first(bad)
            # A slice from there would have XLA compile anew for each batch.
            kind = _kind(tf.gather(tf.reshape(tensor, [-1]), first))
            row = tf.where(
                any_bad, self._row(place, kind, _count(bad), index), row
            )
            found |= any_bad
        return row, found

    def without_class(self, place: int) -> Any:
        """Which labels of a tensor have no class."""
        part, labels = self.parts[place], self.tensors[place]
        bad = (labels < 0) | (labels >= part.classes)
        if part.ignored is not None:
            bad &= labels != part.ignored
        return bad

    def first_label(self, place: int) -> Any:
        """The row of the first label that has no class."""
        bad = self.without_class(place)
        # The one that is ignored is not the smallest.
        labels = tf.cast(self.tensors[place], tf.int64)
        known = tf.ones_like(bad)
        ignored = self.parts[place].ignored
        if ignored is not None:
            known = labels != ignored
        least = tf.reduce_min(tf.where(known, labels, tf.int64.max))
        most = tf.reduce_max(tf.where(known, labels, tf.int64.min))
        _, index = _first(bad)
        return self._row(place, _LABEL, _count(bad), index, least, most)

    def _row(
        self,
        place: Any,
        kind: Any,
        count: Any,
        index: Any = None,
        least: Any = 0,
        most: Any = 0,
    ) -> Any:
        batch = tf.shape(self.tensors[0], tf.int64)[0]
        header = [self.step, batch, self.layout, place, kind, count]
        numbers = [tf.cast(x, tf.int64) for x in (*header, least, most)]
        if index is None:
            index = tf.zeros([0], tf.int64)
        room = [[0, AXES - index.shape[0]]]
        return tf.concat([tf.stack(numbers), tf.pad(index, room)], axis=0)


def _kind(number: Any) -> Any:
    return tf.where(tf.math.is_nan(number), _NAN, _INFINITE)


def _count(truths: Any) -> Any:
    return tf.reduce_sum(tf.cast(truths, tf.int64))


def _first(truths: Any) -> tuple[Any, Any]:
    """The first that is true: its place in one axis, and in all of them."""
    flat = tf.reshape(tf.cast(truths, tf.int32), [-1])
    place = tf.argmax(flat)
    rest, index = place, []
    lengths = tf.shape(truths, tf.int64)
    for axis in reversed(range(truths.shape.rank)):
        index.append(rest % lengths[axis])
        rest //= lengths[axis]
    return place, tf.stack(index[::-1])


def origin_of(
    row: Sequence[int], layouts: Sequence[tuple[SearchedPart, ...]], offset: int
) -> tuple[int, Origin]:
    """What a row says, on the host.

    Args:
        row: `(WIDTH,)`.
        layouts: By number.
        offset: Samples of the batch before those of this replica.

    Returns:
        How far along the flow of data it was, and the record.
    """
    step, _, layout, place, kind, count, least, most = map(int, row[:_HEADER])
    parts = layouts[layout]
    ends = {_LOSS: "loss", _GRADIENT: "gradient"}
    stage: Any = ends.get(place) or parts[place].stage
    part = SearchedPart(stage, "", 0) if place < 0 else parts[place]
    index = [int(i) for i in row[_HEADER : _HEADER + part.axes]]
    if index:
        index[0] += offset
    origin = Origin(
        step=step,
        stage=part.stage,
        name=part.name,
        index=tuple(index),
        count=count,
        kind=_KINDS[kind],
        label_minimum=least,
        label_maximum=most,
        classes=part.classes if kind == _LABEL else 0,
    )
    return place % (len(parts) + 2), origin


def batch_of(row: Sequence[int]) -> tuple[int, int]:
    """The step of a row, and the number of samples that its replica had."""
    return int(row[0]), int(row[1])
