"""Inputs that tell nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Remedy, Setup, TensorSummary
from kgrad.remedies import scales
from kgrad.signs.checks.base import Check, number, place


class ConstantInputs(Check):
    """Every entry is the same, or every sample is.

    A second input may be: zeros for the first state of a decoder, positions.
    A batch of one sample says nothing, nor a sample repeated together with
    its target, to see whether a model can learn it by heart.

    Args:
        samples: Fewest samples that can say so.
    """

    name = "constant_inputs"
    sign = "inputs"
    description = "inputs that are all the same"

    def __init__(self, *, samples: int = 16) -> None:
        self.samples = samples

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for a spread of exactly 0 in every input."""
        inputs = data.of("input")
        targets = data.of("target")
        if (
            not inputs
            or any(not self._is_constant(x) for x in inputs)
            or (targets and all(t.sample_spread == 0 for t in targets))
        ):
            return
        for x in inputs:
            where = place("x", x.name)
            same = x.minimum == x.maximum
            what = (
                f"Every entry of the inputs `{where}` is {number(x.mean)}"
                if same
                else f"All {x.shape[0]} samples of `{where}` are the same"
            )
            yield self.finding(
                where,
                0.0,
                0.0,
                f"{what}: nothing can be learned from them, and layers "
                "behind them can be dead.",
                *_remedies(x),
            )

    def _is_constant(self, x: TensorSummary) -> bool:
        return (
            len(x.shape) > 0
            and x.shape[0] >= self.samples
            and not x.nonfinite
            and (x.minimum == x.maximum or x.sample_spread == 0)
        )


def _remedies(x: TensorSummary) -> Iterator[Remedy]:
    if x.minimum == x.maximum == 0:
        yield scales.true_division(place("x", x.name))
    yield scales.look(place("x", x.name))


class EmptySamples(Check):
    """Sequences of nothing but padding.

    A few empty texts do no harm: a layer that masks gives them one answer.

    Args:
        share: Of all samples.
    """

    name = "empty_samples"
    sign = "inputs"
    description = "samples that are all padding"

    def __init__(self, *, share: float = 0.5) -> None:
        self.share = share

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Counts samples of ids that are all 0."""
        ids = dict(setup.plan.vocabulary)
        for x in data.of("input"):
            rows = x.shape[0] if x.shape else 0
            if (
                x.name not in ids
                or len(x.shape) < 2
                or x.shape[1] < 2
                or rows < 8
                or x.empty_samples < self.share * rows
                or x.minimum == x.maximum
            ):
                continue
            where = place("x", x.name)
            yield self.finding(
                where,
                x.empty_samples / rows,
                self.share,
                f"{x.empty_samples} of {rows} samples of `{where}` are all "
                "0: only padding, nothing that the model could read.",
                scales.look(where),
            )
