"""A run in a few numbers per target, for tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kgrad.records import Array
from kgrad.storage.history import RunHistory


@dataclass(frozen=True)
class Digest:
    """What a target did in a whole run; NaN for what was not measured.

    Args:
        median_norm: Median of the gradient norm over the steps where it is
            finite.
        largest_norm: Its maximum; infinite if it once was.
        update_ratio: Median of the update ratio, likewise.
        clipped: Share of the steps in which clipping changed the norm.
        nonfinite: Number of non-finite entries of all gradients.
    """

    median_norm: float
    largest_norm: float
    update_ratio: float
    clipped: float
    nonfinite: float


def digests(history: RunHistory) -> dict[str, Digest]:
    """One digest per target, by its name; gates too."""
    norms = _statistic(history, "gradient_norm")
    columns = zip(
        history.targets,
        norms.T,
        _statistic(history, "update_ratio").T,
        _statistic(history, "clipped_gradient_norm").T,
        _statistic(history, "nonfinite_count").T,
        strict=True,
    )
    return {
        name: Digest(
            median_norm=_median(norm),
            largest_norm=_largest(norm),
            update_ratio=_median(ratio),
            clipped=_clipped_share(norm, clipped),
            nonfinite=float(np.nansum(bad)),
        )
        for name, norm, ratio, clipped, bad in columns
    }


def is_clipped(norm: Array, clipped: Array) -> npt.NDArray[np.bool_]:
    """Where clipping changed the norm; not where either is NaN.

    Args:
        norm: `(steps,)`, before clipping.
        clipped: `(steps,)`, after it.
    """
    # Clipping that does nothing may still round.
    return clipped < norm * (1 - 1e-5)


def _statistic(history: RunHistory, name: str) -> Array:
    try:
        return history[name]
    except KeyError:
        shape = len(history.steps), len(history.targets)
        return np.full(shape, np.nan)


def _median(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else np.nan


def _largest(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else np.nan


def _clipped_share(norm: Array, clipped: Array) -> float:
    known = ~np.isnan(norm) & ~np.isnan(clipped)
    if not known.any():
        return np.nan
    return float(is_clipped(norm[known], clipped[known]).mean())
