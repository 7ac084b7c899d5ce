"""Which mutants are ill: those that are significantly worse than their base."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import fmean
from typing import Literal

LEVEL = 0.05
"""Share of the ways to divide the trainings that may look as bad by chance."""

LOSS = 0.1
"""Share of the skill of its base that an ill mutant loses at least.

Few seeds that agree make any difference significant; one of a few percent is
no illness.
"""

CLEAR = 0.5
"""Skill of a base that learns clearly: half of what there is to learn."""

Label = Literal["ill", "healthy", "between"]


def label(mutant: Sequence[float], base: Sequence[float]) -> Label:
    """Whether a mutant is ill.

    It is ill if it is significantly worse than its base *and* has lost a tenth
    of its skill or more; healthy, if neither; between, if seeds are too few to
    tell a large loss, or the loss is sure but small.

    Args:
        mutant: Skill of each training.
        base: Likewise of its base.
    """
    is_sure = p_value(mutant, base) < LEVEL
    is_large = fmean(mutant) <= (1 - LOSS) * fmean(base)
    if is_sure and is_large:
        return "ill"
    return "between" if is_sure or is_large else "healthy"


def p_value(mutant: Sequence[float], base: Sequence[float]) -> float:
    """How often chance alone would make the mutant as bad as it is.

    An exact permutation test of the difference of means, one-sided: the share
    of all ways to divide the trainings in two groups of these sizes of which
    the first is as bad, or worse. It asks for no normal distribution, which
    skills near 0 and 1 do not have. Of 3 and 5 trainings that do not overlap
    it is 1 / 56.

    Args:
        mutant: Skill of each training.
        base: Likewise of its base.
    """
    every = [*mutant, *base]
    seen = sum(mutant)
    # Sums of the same numbers in another order differ by rounding.
    sums = [sum(group) for group in combinations(every, len(mutant))]
    return sum(each <= seen + 1e-9 for each in sums) / len(sums)
