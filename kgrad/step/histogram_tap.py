"""Counts the entries of gradients, weights and outputs in sampled steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from kgrad.records.histograms import (
    BINS,
    LOWEST,
    MIDDLE,
    PER_DECADE,
    Histogram,
    Kind,
)
from kgrad.step import replicas
from kgrad.step.flow import FlowBuilder, PreUpdateState
from kgrad.step.functions import keep_alive
from kgrad.step.step_gradients import StepGradients

_TINY = 1e-30
"""Has a logarithm, and counts as zero like all that is as small."""

Entry = tuple[Kind, str, Any]
"""A kind, a name and a tensor."""


class HistogramTap:
    """Measures how the tensors of a step are spread.

    They are counted where they are, between edges that are the same for all:
    no entry leaves the step. With several replicas the first one counts, the
    gradients of all and the outputs of its own samples.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[tuple[Kind, str], ...], Any] = {}

    def outputs(self, layer: str, outputs: Any) -> None:
        """Counts the outputs of a layer."""
        self.count([("activation", layer, outputs)])

    def count(self, entries: Sequence[Entry]) -> None:
        """Counts tensors, while a step is traced or run eagerly."""
        if replicas.index() or not entries:
            return
        keep_alive(self)
        key = tuple((kind, name) for kind, name, _ in entries)
        if key not in self._rows:
            self._rows[key] = replicas.own_variable(
                np.zeros((len(key), BINS + 1), np.float32), "kgrad_histograms"
            )
        counted = [counts(tensor) for *_, tensor in entries]
        self._rows[key].assign(tf.stack(counted))

    def read(self) -> tuple[Histogram, ...]:
        """The histograms of the last step that was sampled."""
        found = []
        for key, table in self._rows.items():
            rows = table.numpy().astype(np.float64)
            for (kind, name), row in zip(key, rows, strict=True):
                if row.any():
                    found.append(Histogram(kind, name, row[:-1], int(row[-1])))
            table.assign(np.zeros_like(rows, np.float32))
        return tuple(found)


def entries_of(
    builder: FlowBuilder, step: StepGradients, before: PreUpdateState
) -> Iterator[Entry]:
    """Gradients and weights of a step, by the names of their variables."""
    for i, name in enumerate(builder.window.layout.variables):
        gradient = step.gradients[i]
        if isinstance(gradient, tf.IndexedSlices):
            gradient = before.touched[i].sums(gradient)
        yield "gradient", name, gradient
        yield "weight", name, before.weights[i]


def counts(tensor: Any) -> Any:
    """`(BINS + 1,)`, float32: the entries in each bin, and those that are NaN.

    The bin of a number follows from its logarithm, so nothing is compared
    with the edges one by one.
    """
    values = tf.reshape(tf.stop_gradient(tf.cast(tensor, tf.float32)), [-1])
    decades = tf.math.log(tf.maximum(tf.abs(values), _TINY)) / math.log(10.0)
    place = tf.floor((decades - LOWEST) * PER_DECADE) + 1.0
    place = tf.clip_by_value(place, 0.0, float(MIDDLE))
    signed = MIDDLE + tf.where(values < 0.0, -place, place)
    bins = tf.where(tf.math.is_nan(values), float(BINS), signed)
    # Integers: as float32, many equal summands would stop to add up.
    ones = tf.ones_like(bins, tf.int32)
    whole = tf.math.unsorted_segment_sum(
        ones, tf.cast(bins, tf.int32), BINS + 1
    )
    return tf.cast(whole, tf.float32)
