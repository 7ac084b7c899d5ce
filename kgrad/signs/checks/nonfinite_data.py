"""NaN and infinity that come in with the data."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup, TensorSummary
from kgrad.remedies import scales
from kgrad.signs.checks.base import LETTERS, Check, place

_WORDS = {
    "input": "The inputs",
    "target": "The targets",
    "sample_weight": "The sample weights",
}


class NonfiniteData(Check):
    """What goes in as NaN comes out as NaN, and takes all weights with it.

    Where the loss of the same batch is finite nevertheless, model or loss
    know what to do about it: missing targets that a loss leaves out.
    """

    name = "nonfinite_data"
    sign = "inputs"
    description = "NaN or infinity in inputs, targets or sample weights"
    in_any_batch = True
    is_certain = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Counts what is not finite, inputs first."""
        for tensor in data.tensors:
            if not tensor.nonfinite or tensor.role not in LETTERS:
                continue
            if math.isfinite(data.loss):
                continue
            features = _lost(tensor)
            where = place(LETTERS[tensor.role], tensor.name)
            share = tensor.nonfinite / max(math.prod(tensor.shape), 1)
            yield self.finding(
                where,
                float(tensor.nonfinite),
                0.0,
                f"{_WORDS[tensor.role]} `{where}` hold {tensor.nonfinite:,} "
                f"NaN or infinite entries ({share:.2g} of all)"
                f"{_told(features)}.",
                scales.finite(
                    where, features[0] if len(features) == 1 else None
                ),
            )


def _lost(tensor: TensorSummary) -> list[int]:
    """Features that have no finite entry at all."""
    return [k for k, m in enumerate(tensor.feature_mean) if math.isnan(m)]


def _told(features: list[int]) -> str:
    if not features:
        return ""
    if len(features) == 1:
        return f": feature {features[0]} has no finite entry"
    first = ", ".join(map(str, features[:5]))
    return f": features {first}{', ...' if features[5:] else ''} have no others"
