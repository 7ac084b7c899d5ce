"""What an action did to a run, as a record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from kgrad.records.arrays import Steps


class UpdateOutcome(IntEnum):
    """What became of the update of a step."""

    APPLIED = 0
    SCALED = 1
    """Loss scaling left it out, as it does with an overflow."""
    NOT_FINITE = 2
    """`Skip` left it out: the gradients are not finite."""
    TOO_LARGE = 3
    """`Skip` left it out: it is too large."""
    NEW_LEVEL = 4
    """Too large, but so were all before: applied, a new level begins."""


LEFT_OUT = (
    UpdateOutcome.SCALED,
    UpdateOutcome.NOT_FINITE,
    UpdateOutcome.TOO_LARGE,
)
"""Verdicts after which the weights are as they were."""


@dataclass(frozen=True)
class ActionRecord:
    """One thing that an action did.

    Args:
        action: Name of the action: `"skip"`, `"restore"`, `"stop"`,
            `"clip"`.
        step: The optimizer step that it concerns, the last of several.
        what: A sentence with the numbers in it.
        count: Number of updates that it concerns; 0 if nothing was done to
            any.
        target: Name of the target that decided, `"global"` for the model.
    """

    action: str
    step: int
    what: str
    count: int = 1
    target: str = "global"


def guarded(
    steps: Steps, actions: Iterable[ActionRecord]
) -> npt.NDArray[np.bool_]:
    """`(steps,)`: where `Skip` skipped the update, of one snapshot."""
    left_out = [a.step for a in actions if a.action == "skip" and a.count]
    if not left_out:
        return np.zeros(len(steps), np.bool_)
    return np.isin(steps, left_out)


def totals(actions: Iterable[ActionRecord]) -> dict[str, int]:
    """Number of updates that each action concerned so far, by its name."""
    found: dict[str, int] = {}
    for record in actions:
        found[record.action] = found.get(record.action, 0) + record.count
    return found
