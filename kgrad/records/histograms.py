"""How the entries of a tensor are spread: counts between fixed edges.

Gradients lie decades apart, and so do weights and gradients: the edges are
powers of ten, four to a decade, on either side of zero, and the same for
every tensor of every step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kgrad.records.arrays import Array

LOWEST, HIGHEST = -12, 6
"""Decades: what is smaller counts as zero, what is larger as one bin."""

PER_DECADE = 4

SIDE = (HIGHEST - LOWEST) * PER_DECADE
"""Bins of positive numbers, of which those of negative ones are the mirror."""

MIDDLE = SIDE + 1
"""Place of the bin of zero."""

BINS = 2 * MIDDLE + 1

_POSITIVE = 10.0 ** np.linspace(LOWEST, HIGHEST, SIDE + 1)

EDGES: Array = np.concatenate(
    [[-np.inf], -_POSITIVE[::-1], _POSITIVE, [np.inf]]
)
"""`(BINS + 1,)`: a bin is from one to the next."""

Kind = Literal["gradient", "weight", "activation"]


@dataclass(frozen=True, eq=False)
class Histogram:
    """The entries of one tensor in one step, counted.

    Args:
        kind: `"gradient"` of a variable, before clipping, with gradient
            accumulation what there is so far; `"weight"`, a variable before
            the update; `"activation"`, the outputs of a recurrent layer or
            one with an activation, of sequences and images those of the
            first 16 samples. Of a table that is trained sparsely, the rows
            that were touched.
        name: Name of the variable or of the layer.
        counts: `(BINS,)`: how many entries lie between two `EDGES`.
        nan: How many are NaN.
    """

    kind: Kind
    name: str
    counts: Array
    nan: int = 0
