"""What is checked: all rows in numbers, and one batch to try the model on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import tree

from kgrad.records.summaries import named_parts
from kgrad.signs.checks.base import place

_BATCHES = 64
"""Batches of a dataset that are looked at."""

_SAMPLES = 512
"""Samples of a dataset after which no other batch is."""

_ENTRIES = 2_000_000
"""Entries of an array above which evenly spaced rows are looked at."""


@dataclass(frozen=True)
class Batch:
    """Inputs, targets and sample weights: arrays, nested as `fit` takes them.

    Args:
        x: Inputs.
        y: Targets, None if there are none.
        sample_weight: Sample weights, None if there are none.
    """

    x: Any
    y: Any = None
    sample_weight: Any = None

    @property
    def parts(self) -> tuple[Any, Any, Any]:
        """Inputs, targets and sample weights."""
        return self.x, self.y, self.sample_weight

    @property
    def samples(self) -> int:
        """Number of samples, 0 if there are no arrays."""
        arrays = tree.flatten(self.x)
        return len(arrays[0]) if arrays and np.ndim(arrays[0]) else 0

    def rows(self, index: Any) -> Batch:
        """Some of the samples."""
        return Batch(
            *(
                tree.map_structure(
                    lambda a: None if a is None else a[index], part
                )
                for part in self.parts
            )
        )

    def evenly(self, count: int) -> Batch:
        """So many samples, evenly spaced, and with them some that hold NaN."""
        rows = np.arange(self.samples)
        if len(rows) > count:
            rows = np.linspace(0, len(rows) - 1, count).astype(int)
            bad = np.flatnonzero(self._is_bad())[:8]
            rows = np.unique(np.concatenate([bad, rows]))[:count]
        return self.rows(rows)

    def _is_bad(self) -> Any:
        """Which samples hold NaN or infinity."""
        bad = np.zeros(self.samples, dtype=bool)
        for array in tree.flatten(self.parts):
            if array is not None and array.dtype.kind == "f":
                flat = np.isfinite(array).reshape(len(array), -1)
                bad |= ~flat.all(axis=1)
        return bad

    def to_summarize(self) -> Batch:
        """As many samples as can be summarized in no time."""
        entries = sum(math.prod(a.shape[1:]) for a in tree.flatten(self.x))
        return self.evenly(max(_ENTRIES // max(entries, 1), 64))


def located(
    batch: Batch, inputs: Sequence[str], outputs: Sequence[str]
) -> dict[str, str]:
    """Where inputs, targets and weights hold NaN, in words, by their place.

    Args:
        batch: All data.
        inputs: Names of the inputs.
        outputs: Names of the outputs.
    """
    found = {}
    letters = ("x", inputs), ("y", outputs), ("sample_weight", outputs)
    for (letter, names), part in zip(letters, batch.parts, strict=True):
        for name, array in named_parts(part, names):
            if array.dtype.kind != "f":
                continue
            bad = ~np.isfinite(array)
            if not bad.any():
                continue
            first = np.argwhere(bad)[0]
            text = f"The first is in sample {first[0]}"
            if array.ndim > 1:
                features = np.flatnonzero(
                    bad.reshape(-1, array.shape[-1]).any(axis=0)
                )
                text += f", feature {first[-1]}"
                if len(features) == 1:
                    text += ", and there are none in other features"
            found[place(letter, name)] = f" {text}."
    return found


def taken(x: Any, y: Any, sample_weight: Any) -> tuple[Batch, bool]:
    """The data as arrays, and whether they are all there are.

    Args:
        x: Arrays, nested or not, or a dataset that gives batches.
        y: Arrays, None with a dataset.
        sample_weight: Likewise.

    Raises:
        TypeError: If it is a generator, which could be read once only.
    """
    if isinstance(x, Iterator):
        raise TypeError(
            "`x` must be arrays or a dataset that can be read again, not an "
            f"iterator. Received: x={x!r}"
        )
    batches = _batches(x)
    if batches is None:
        return Batch(*map(_arrays, (x, y, sample_weight))), True
    read: list[Batch] = []
    for batch in islice(batches, _BATCHES):
        parts = keras.utils.unpack_x_y_sample_weight(batch)
        read.append(Batch(*map(_arrays, parts)))
        if sum(b.samples for b in read) >= _SAMPLES:
            break
    return _joined(read), False


def _batches(x: Any) -> Iterator[Any] | None:
    if isinstance(x, tf.data.Dataset):
        batches: Iterator[Any] = iter(x.take(_BATCHES))
        return batches
    if isinstance(x, keras.utils.PyDataset):
        return (x[i] for i in range(min(len(x), _BATCHES)))
    return None


def _arrays(data: Any) -> Any:
    """NumPy arrays in the place of tensors, lists of numbers and frames."""
    if data is None:
        return None
    if isinstance(data, list) and data and np.isscalar(data[0]):
        return _array(data)
    return tree.map_structure(_array, data)


def _array(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, tf.RaggedTensor):
        value = value.to_tensor()
    array = np.asarray(value)
    if array.dtype.kind == "f" and array.dtype.itemsize > 4:
        # As `fit` does.
        array = array.astype(keras.backend.floatx())
    return array


def _joined(batches: list[Batch]) -> Batch:
    """One batch of all those that have the shapes of the first."""
    if not batches:
        return Batch(np.zeros((0,)))

    def shapes(batch: Batch) -> list[Any]:
        return [None if a is None else a.shape[1:] for a in _flat(batch)]

    alike = [b for b in batches if shapes(b) == shapes(batches[0])]
    joined = [
        None if parts[0] is None else np.concatenate(parts)
        for parts in zip(*map(_flat, alike), strict=True)
    ]
    return Batch(*tree.pack_sequence_as(batches[0].parts, joined))


def _flat(batch: Batch) -> list[Any]:
    return list(tree.flatten(batch.parts))
