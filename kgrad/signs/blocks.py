"""A stream of snapshots of any length, cut into blocks of equal length."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kgrad.records import Array, Setup, Snapshot, Steps, Target

LENGTH = 32
"""Steps in a block: enough for a median, few enough to say when."""

Part = tuple[Snapshot, Steps]
"""Some rows of a snapshot."""


@dataclass(frozen=True, eq=False)
class Block:
    """32 consecutive steps of the same targets, from one or more snapshots."""

    parts: tuple[Part, ...]

    def __getitem__(self, statistic: str) -> Array:
        """The statistic as `(32, targets)`; a `KeyError` if not measured."""
        if statistic not in self._values:
            self._values[statistic] = np.concatenate(
                [snapshot[statistic][rows] for snapshot, rows in self.parts]
            )
        return self._values[statistic]

    @cached_property
    def steps(self) -> Steps:
        """`(32,)`."""
        return np.concatenate([s.steps[rows] for s, rows in self.parts])

    @cached_property
    def learning_rate(self) -> Array:
        """`(32,)`."""
        return np.concatenate([s.learning_rate[rows] for s, rows in self.parts])

    def median(self, statistic: str) -> Array:
        """`(targets,)`: that of the 32 steps, NaN where one of them is."""
        if statistic not in self._medians:
            ordered = np.sort(self[statistic], axis=0)  # NaN come last.
            middle = ordered[LENGTH // 2 - 1] + ordered[LENGTH // 2]
            known = ~np.isnan(ordered[-1])
            self._medians[statistic] = np.where(known, middle / 2, np.nan)
        return self._medians[statistic]

    @cached_property
    def moved(self) -> Array:
        """`(32, targets)`: `update_ratio`, 0 where it has no meaning."""
        return np.nan_to_num(self["update_ratio"], posinf=0)

    @property
    def pace(self) -> float:
        """||update|| / ||w|| of the whole model, NaN of weights that are 0."""
        update, weight = (
            float(self.median(name)[-1])
            for name in ("update_norm", "weight_norm")
        )
        return update / weight if weight else math.nan

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets, the columns of every statistic."""
        return self.parts[-1][0].targets

    @property
    def setup(self) -> Setup:
        """What is being trained."""
        return self.parts[-1][0].setup

    @cached_property
    def variables(self) -> list[int]:
        """Columns of whole variables: no gates, not the model."""
        return variables(self.targets)

    @cached_property
    def kernels(self) -> list[int]:
        """Columns of kernels."""
        return kernels(self.targets)

    @cached_property
    def _values(self) -> dict[str, Array]:
        return {}

    @cached_property
    def _medians(self) -> dict[str, Array]:
        return {}


def variables(targets: Sequence[Target]) -> list[int]:
    """Indices of whole variables: no gates, not the model."""
    return [i for i, t in enumerate(targets) if t.layer and not t.gate]


def kernels(targets: Sequence[Target]) -> list[int]:
    """Indices of variables that are no bias and no scale.

    Biases start at zero, so that a ratio to their norm means nothing.
    """
    return [
        i
        for i in variables(targets)
        if targets[i].size > targets[i].units and targets[i].role != "bias"
    ]


class Blocks:
    """Collects steps until a block is complete."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[Target, ...], list[Part]] = {}

    def push(self, snapshot: Snapshot) -> Iterator[Block]:
        """The blocks that it completes, without steps that were skipped."""
        rows = np.flatnonzero(~snapshot.skipped)
        if not len(rows):
            return
        waiting = self._waiting.setdefault(snapshot.targets, [])
        missing = LENGTH - sum(len(rows) for _, rows in waiting)
        while len(rows) >= missing:
            yield Block((*waiting, (snapshot, rows[:missing])))
            waiting.clear()
            rows, missing = rows[missing:], LENGTH
        if len(rows):
            waiting.append((snapshot, rows))
