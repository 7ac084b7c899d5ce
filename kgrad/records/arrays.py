"""The kinds of arrays that travel between the stages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int64]


def concatenated(parts: Sequence[np.ndarray], dtype: type) -> np.ndarray:
    """One array of many, or of none."""
    return np.concatenate([np.empty(0, dtype), *parts])
