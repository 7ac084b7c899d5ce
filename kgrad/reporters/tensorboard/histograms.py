"""Histograms of a sampled step, for TensorBoard's two tabs of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_TENSOR, Summary
from tensorboard.plugins.histogram import metadata
from tensorboard.util.tensor_util import make_tensor_proto

from kgrad.records import Array, Histogram, Sample
from kgrad.records.histograms import EDGES

_BEYOND = 10.0
"""How many times the largest edge the open bins are drawn to."""

_TAGS = {
    "gradient": ("gradients", "Entries of the gradient of `{}`, not clipped."),
    "weight": ("weights", "Entries of `{}` before the update."),
    "activation": ("outputs", "Outputs of the layer `{}`."),
}
"""First part of the tag, behind loss and metrics by name, and description."""


def histogram_values(
    sample: Sample, labels: Mapping[str, str]
) -> Iterator[Summary.Value]:
    """A summary of each histogram; the tab Distributions shows them, too."""
    for one in sample.histograms:
        group, description = _TAGS[one.kind]
        about = metadata.create_summary_metadata(
            "", description.format(one.name)
        )
        about.data_class = DATA_CLASS_TENSOR
        yield Summary.Value(
            tag=f"{group}/{labels.get(one.name, one.name)}",
            metadata=about,
            tensor=make_tensor_proto(_buckets(one)),
        )


def _buckets(one: Histogram) -> Array:
    """`(buckets, 3)`: from, to and count, the empty ends left out."""
    used = np.flatnonzero(one.counts)
    if not len(used):
        return np.zeros((0, 3))
    edges = EDGES.copy()
    edges[[0, -1]] = edges[[1, -2]] * _BEYOND
    table = np.stack([edges[:-1], edges[1:], one.counts], axis=1)
    return table[used[0] : used[-1] + 1]
