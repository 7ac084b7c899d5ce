"""What was seen of each tensor of the data, sample by sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kgrad.records import Array, DataSummary, Role, Sample, Steps, TensorSummary
from kgrad.records.compared import Compared, compared

WORDS: dict[Role, str] = {
    "input": "inputs",
    "target": "targets",
    "sample_weight": "sample weights",
    "prediction": "predictions",
}
"""How figures name the tensors of each role."""


@dataclass(frozen=True)
class TensorSeries:
    """One input, target, sample weight or prediction over the sampled steps.

    Args:
        role: What it is for.
        name: Keras' name of the input or output; `""` if there is one only.
        steps: `(samples,)`.
        tensors: What was seen of it at each of them.
    """

    role: Role
    name: str
    steps: Steps
    tensors: tuple[TensorSummary, ...]

    def of(self, number: Callable[[TensorSummary], float]) -> Array:
        """`(samples,)`: one number of each, float64."""
        return np.array([number(t) for t in self.tensors], np.float64)

    @cached_property
    def mean(self) -> Array:
        """`(samples,)`: NaN where no entry is finite."""
        return self.of(lambda t: t.mean)

    @cached_property
    def minimum(self) -> Array:
        """`(samples,)`: the smallest finite entry."""
        return self.of(lambda t: t.minimum)

    @cached_property
    def maximum(self) -> Array:
        """`(samples,)`: the largest finite entry."""
        return self.of(lambda t: t.maximum)


@dataclass(frozen=True)
class OutputSeries:
    """The targets and predictions of one output over the sampled steps.

    Args:
        name: Keras' name of the output; `""` if there is one only.
        steps: `(samples,)`.
        pairs: Both at each of them.
    """

    name: str
    steps: Steps
    pairs: tuple[Compared, ...]

    @property
    def of_classes(self) -> bool:
        """Whether classes are compared, in most samples that are finite."""
        finite = [
            pair.of_classes
            for pair in self.pairs
            if pair.prediction and not pair.prediction.nonfinite
        ]
        return sum(finite) * 2 > len(finite)

    @property
    def on_one_scale(self) -> bool:
        """Whether the numbers of both can be compared, in most samples."""
        return sum(p.on_one_scale for p in self.pairs) * 2 > len(self.pairs)

    def tensors(self) -> Iterator[TensorSeries]:
        """Targets, then predictions, as far as they are known."""
        pairs = list(zip(self.steps, self.pairs, strict=True))
        targets = ((step, pair.target) for step, pair in pairs)
        predictions = ((step, pair.prediction) for step, pair in pairs)
        yield from _series("target", targets)
        yield from _series("prediction", predictions)


def fed(samples: Iterable[Sample], role: Role) -> list[TensorSeries]:
    """Every tensor of a role, in the order of the model."""
    seen = (
        (sample.step, tensor)
        for sample, data in _seen(samples)
        for tensor in data.of(role)
    )
    return list(_series(role, seen))


def outputs(samples: Iterable[Sample]) -> list[OutputSeries]:
    """Every output, in the order of the model."""
    found: dict[str, list[tuple[int, Compared]]] = {}
    for sample, data in _seen(samples):
        for pair in compared(data):
            found.setdefault(pair.name, []).append((sample.step, pair))
    return [
        OutputSeries(
            name,
            np.array([step for step, _ in of_name], np.int64),
            tuple(pair for _, pair in of_name),
        )
        for name, of_name in found.items()
    ]


def _seen(samples: Iterable[Sample]) -> Iterator[tuple[Sample, DataSummary]]:
    return ((s, s.data) for s in samples if s.data is not None)


def _series(
    role: Role, seen: Iterable[tuple[int, TensorSummary | None]]
) -> Iterator[TensorSeries]:
    """One for each name."""
    found: dict[str, list[tuple[int, TensorSummary]]] = {}
    for step, tensor in seen:
        if tensor is not None:
            found.setdefault(tensor.name, []).append((int(step), tensor))
    for name, of_name in found.items():
        yield TensorSeries(
            role,
            name,
            np.array([step for step, _ in of_name], np.int64),
            tuple(tensor for _, tensor in of_name),
        )
