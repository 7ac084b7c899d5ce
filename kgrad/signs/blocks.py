"""A stream of snapshots of any length, cut into blocks of equal length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kgrad.records import Array, Setup, Snapshot, Steps, Target

LENGTH = 32
"""Steps in a block: enough for a median, few enough to say when."""


@dataclass(frozen=True)
class Block:
    """Consecutive steps of the same targets.

    Args:
        steps: `(32,)`.
        targets: The targets, the columns of every statistic.
        learning_rate: `(32,)`.
        values: Statistic to `(32, targets)`.
        setup: What is being trained.
    """

    steps: Steps
    targets: tuple[Target, ...]
    learning_rate: Array
    values: Mapping[str, Array]
    setup: Setup

    def __getitem__(self, statistic: str) -> Array:
        """The statistic as `(32, targets)`."""
        return self.values[statistic]

    @property
    def variables(self) -> list[int]:
        """Columns of whole variables: no gates, not the model."""
        return variables(self.targets)

    @property
    def kernels(self) -> list[int]:
        """Columns of kernels."""
        return kernels(self.targets)


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
    """Collects steps until a block is complete.

    Args:
        needs: Names of the statistics that blocks hold.
    """

    def __init__(self, needs: frozenset[str]) -> None:
        self._needs = needs
        self._waiting: dict[tuple[Target, ...], list[Block]] = {}

    def push(self, snapshot: Snapshot) -> Iterator[Block]:
        """Takes a snapshot; gives the blocks that it completes.

        Steps that loss scaling skipped are left out: their gradients were
        not used.
        """
        used = ~snapshot.skipped
        if not used.any():
            return
        waiting = self._waiting.setdefault(snapshot.targets, [])
        waiting.append(
            Block(
                steps=snapshot.steps[used],
                targets=snapshot.targets,
                learning_rate=snapshot.learning_rate[used],
                values={n: snapshot[n][used] for n in sorted(self._needs)},
                setup=snapshot.setup,
            )
        )
        if sum(len(part.steps) for part in waiting) < LENGTH:
            return
        whole = _join(waiting)
        complete = len(whole.steps) // LENGTH * LENGTH
        for start in range(0, complete, LENGTH):
            yield _rows(whole, slice(start, start + LENGTH))
        self._waiting[snapshot.targets] = [_rows(whole, slice(complete, None))]


def _join(parts: list[Block]) -> Block:
    last = parts[-1]
    return Block(
        steps=np.concatenate([part.steps for part in parts]),
        targets=last.targets,
        learning_rate=np.concatenate([part.learning_rate for part in parts]),
        values={
            name: np.concatenate([part.values[name] for part in parts])
            for name in last.values
        },
        setup=last.setup,
    )


def _rows(block: Block, rows: slice) -> Block:
    return Block(
        steps=block.steps[rows],
        targets=block.targets,
        learning_rate=block.learning_rate[rows],
        values={name: value[rows] for name, value in block.values.items()},
        setup=block.setup,
    )
