"""A layer of one unit before the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kgrad.records import DataSummary, Finding, Layer, Setup
from kgrad.remedies import behavior as advice
from kgrad.signs.checks.base import CATEGORICAL_LOSSES, SPARSE_LOSSES, Check

_PASSING = ("Activation", "Dropout", "ELU", "LeakyReLU", "PReLU", "ReLU")


class OneNumber(Check):
    """One number has to say which of several classes it is.

    Behind a layer of one unit all classes lie on a line, and a last layer can
    only cut it into pieces: of two classes nothing is lost, of many nearly all.
    A model may order them on it, and learn; that is not told. A layer of one
    unit elsewhere, as the scores of an attention, is no bottleneck.

    Args:
        classes: Fewest of which so much is lost.
    """

    name = "one_number"
    sign = "behavior"
    description = "a layer of one unit before the answer"

    def __init__(self, *, classes: int = 3) -> None:
        self.classes = classes

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at the layer that the last one reads."""
        if len(setup.outputs) != 1:
            return
        (output,) = setup.outputs
        if (
            output.loss not in CATEGORICAL_LOSSES | SPARSE_LOSSES
            or output.units < self.classes
        ):
            return
        layer = _read_by(output.layer, setup.layers)
        if layer is None or layer.class_name != "Dense" or layer.units != 1:
            return
        yield self.finding(
            layer.name,
            1.0,
            2.0,
            f"`{layer.name}` has one unit: one number has to say which of "
            f"{output.units} classes it is.",
            advice.wider_layer(layer, 2 * output.units),
        )


def _read_by(last: str, layers: Sequence[Layer]) -> Layer | None:
    """The layer before another one; None if that is not certain."""
    names = [layer.name for layer in layers]
    before = layers[: names.index(last)] if last in names else ()
    for layer in reversed(before):
        if layer.class_name not in _PASSING:
            return layer
    return None
