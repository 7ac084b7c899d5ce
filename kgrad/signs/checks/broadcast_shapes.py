"""Targets and outputs that are broadcast against each other."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Remedy, Setup, TensorSummary
from kgrad.remedies import outputs
from kgrad.signs.checks.base import (
    BINARY_LOSSES,
    REGRESSION_LOSSES,
    Check,
    Pair,
    pairs,
)

Shape = tuple[int, ...]


class BroadcastShapes(Check):
    """The loss of shapes that differ compares every number with several.

    Keras drops or adds a last axis of 1 if the ranks differ by one; what then
    still differs is repeated in silence, and the best answer is the mean of
    all targets that an output is compared with.
    """

    name = "broadcast_shapes"
    sign = "output_and_loss"
    description = "targets and outputs of shapes that differ"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the shapes behind the batch, as the loss sees them."""
        for pair in pairs(setup, data):
            target, said = pair.target, pair.prediction
            if (
                target is None
                or said is None
                or pair.output.loss not in REGRESSION_LOSSES | BINARY_LOSSES
            ):
                continue
            wanted, given = as_compared(target.shape, said.shape)
            if wanted == given:
                continue
            yield self.finding(
                pair.place,
                float(max(wanted, default=1)),
                float(max(given, default=1)),
                f"The targets have the shape {_shown(target.shape)}, the "
                f"outputs of `{pair.place}` {_shown(said.shape)}: they are "
                "repeated to fit each other, and numbers are compared that "
                "do not belong together.",
                *_remedies(setup, pair, target, said.shape),
            )


def as_compared(target: Shape, output: Shape) -> tuple[Shape, Shape]:
    """The shapes behind the batch, after what Keras does to them.

    Example:
        >>> as_compared((32,), (32, 1))
        ((), ())
        >>> as_compared((32, 10), (32, 1))
        ((10,), (1,))
    """
    wanted, given = target[1:], output[1:]
    if len(wanted) == len(given) + 1 and wanted[-1] == 1:
        wanted = wanted[:-1]
    elif len(given) == len(wanted) + 1 and given[-1] == 1:
        given = given[:-1]
    return wanted, given


def _shown(shape: Shape) -> str:
    return f"({', '.join(['batch', *map(str, shape[1:])])})"


def _remedies(
    setup: Setup, pair: Pair, target: TensorSummary, given: Shape
) -> Iterator[Remedy]:
    shape = target.shape
    if _are_labels(pair, target):
        yield outputs.other_loss(
            setup,
            "sparse_categorical_crossentropy",
            "it looks up the probability of the class that a label names",
        )
    elif len(given) > 2 and len(shape) <= 2 and shape[-1:] != given[1:2]:
        yield outputs.last_step_only(setup)
    elif len(shape) > 2 and len(given) <= 2:
        yield outputs.every_step(setup)
    else:
        units = shape[-1] if shape[1:] else 1
        yield outputs.same_shape(setup, pair.output, shape, units)


def _are_labels(pair: Pair, target: TensorSummary) -> bool:
    """Whether targets are numbers of classes, and outputs probabilities."""
    return (
        pair.output.activation == "softmax"
        and target.is_whole
        and 0 <= target.minimum <= target.maximum < pair.units
    )
