"""Action records of what the graph did, from the rows of a window."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from kgrad.records import GLOBAL, ActionRecord, Snapshot, UpdateOutcome
from kgrad.records.numbers import number
from kgrad.signs.blocks import variables
from kgrad.signs.divergence import LostLoss
from kgrad.step.window import Rows


class GraphRecords:
    """Action records from verdicts; knows whether the loss was ever told."""

    def __init__(self) -> None:
        self._lost_loss = LostLoss()

    def of(self, snapshot: Snapshot, rows: Rows) -> Iterator[ActionRecord]:
        """What was done in the steps of a window.

        Args:
            snapshot: The window, as signs will see it.
            rows: The same, as it was read.
        """
        lost = self._lost_loss.rows(snapshot)
        for row in np.flatnonzero(rows.outcome > UpdateOutcome.SCALED):
            yield _skipped(snapshot, rows, int(row), bool(lost[row]))
        clipped = rows.factor < 1
        if clipped.any():
            yield _clipped(snapshot, rows)


def _skipped(
    snapshot: Snapshot, rows: Rows, row: int, lost: bool
) -> ActionRecord:
    step = int(snapshot.steps[row])
    norm = number(snapshot["gradient_norm"][row, -1])
    limit = number(rows.limit[row])
    match rows.outcome[row]:
        case UpdateOutcome.NOT_FINITE:
            target = _first_hit(snapshot, row, lost)
            what = f"the gradient of `{target}` is not finite"
            if target == GLOBAL:
                what = "the gradients are too large for a norm in float32"
            return ActionRecord(
                "skip", step, f"Skipped step {step}: {what}.", 1, target
            )
        case UpdateOutcome.TOO_LARGE:
            return ActionRecord(
                "skip",
                step,
                f"Skipped step {step}: the norm of the gradients is "
                f"{norm}, above the limit of {limit}.",
            )
    return ActionRecord(
        "skip",
        step,
        f"Accepted a new level at step {step}: the norm of the gradients, "
        f"{norm}, stays above the limit of {limit}.",
        count=0,
    )


def _first_hit(snapshot: Snapshot, row: int, lost: bool) -> str:
    """The variable whose gradient was hit first, as `Nonfinite` finds it.

    With a loss that is finite, the backward pass overflowed: it is the one
    nearest the loss. Else it is the one nearest the input.
    """
    counts = snapshot["nonfinite_count"][row]
    hit = [i for i in variables(snapshot.targets) if counts[i]]
    if not hit:
        return GLOBAL
    hit.sort(key=lambda i: snapshot.targets[i].depth)
    depths = [snapshot.targets[i].depth for i in hit]
    return snapshot.targets[hit[0 if lost else depths.index(depths[-1])]].name


def _clipped(snapshot: Snapshot, rows: Rows) -> ActionRecord:
    clipped = rows.factor < 1
    norms = snapshot["gradient_norm"][clipped, -1] * rows.factor[clipped]
    last = int(snapshot.steps[clipped][-1])
    count = int(clipped.sum())
    span = number(norms.min())
    if not math.isclose(norms.min(), norms.max(), rel_tol=1e-3):
        span += f" to {number(norms.max())}"
    return ActionRecord(
        "clip",
        last,
        f"Clipped {count} of {len(rows.steps)} steps up to step {last}, to a "
        f"norm of {span}.",
        count,
    )
