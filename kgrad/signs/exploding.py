"""Gradients far above their own level that throw the weights away."""

from __future__ import annotations

import numpy as np

from kgrad import remedies
from kgrad.records import Array, Finding, Remedy, Setup, Target
from kgrad.records.numbers import number
from kgrad.signs.base import DATA, BlockSign, merged, require_positive
from kgrad.signs.blocks import Block
from kgrad.signs.lost import got_on_since
from kgrad.signs.wording import of_norm

_LEVEL_STEPS = 128
_FIRST_STEPS = 16


class Exploding(BlockSign):
    """A gradient is far above its own level *and* does harm.

    Gradient norms of healthy runs have heavy tails: a model that has
    learned its task sees a batch it fails on with a hundred times the usual
    norm, and clipping or Adam tame it. So a step counts only if the update
    it caused changed a kernel by a large part of its own norm, and the
    sign goes away if the model learns all the same.

    Args:
        spike: Gradient norm against the median of the 128 steps before it;
            10 is beyond the noise of batches.
        thrown: Norm of the update against that of the weights; healthy
            steps are near 0.001 and stay below 0.03.

    References:
        Pascanu, Mikolov, Bengio: On the difficulty of training recurrent
        neural networks, 2013, arXiv:1211.5063 (the cliff that throws the
        parameters far away).
    """

    name = "exploding"
    description = "gradients far above their own level that change the weights"
    needs = frozenset({"gradient_norm", "update_norm", "weight_norm"})
    rank = 20
    # Weights that were thrown far away give gradients out of scale.
    follows = (*DATA, "large_updates", "exploding")

    def __init__(self, *, spike: float = 10.0, thrown: float = 0.1) -> None:
        require_positive(spike=spike, thrown=thrown)
        self.spike, self.thrown = spike, thrown
        self._names: tuple[str, ...] = ()
        self._before: Array = np.empty((0, 0))
        self._found: dict[str, Finding] = {}

    def examine(self, block: Block) -> None:
        """Looks for steps that are far above the level of those before."""
        columns = block.kernels
        norms = block["gradient_norm"][:, columns]
        names = tuple(block.targets[i].name for i in columns)
        if names != self._names:
            self._names, self._before = names, norms[:0]
        before = np.concatenate([self._before, norms])
        self._before = before[-_LEVEL_STEPS:]
        ratios = block["update_ratio"][:, columns]
        large = ratios >= self.thrown
        # Hardly ever: the level is looked up only where it decides.
        if not large.any():
            return
        heights = _heights(before, len(norms))
        thrown = large & (heights >= self.spike)
        for i in np.flatnonzero(thrown.any(axis=0)):
            rows = np.flatnonzero(thrown[:, i])
            # Where it began: a weight that was thrown throws others further.
            first = rows[0]
            target = block.targets[columns[i]]
            height, moved = float(heights[first, i]), ratios[first, i]
            finding = self.finding(
                target.name,
                (int(block.steps[rows[0]]), int(block.steps[rows[-1]])),
                height,
                self.spike,
                f"the gradient of `{target.name}` was {number(height)} times "
                f"its usual level at step {block.steps[first]}, and the "
                f"update changed the weights by {of_norm(moved, 'their')}",
                _remedies(block.setup, target),
                details=f"Its norm was {number(norms[first, i])}.",
            )
            self._found[target.name] = merged(
                self._found.get(target.name), finding
            )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The variable that was thrown first, unless the model learned.

        Nor where it has only happened once, and the model got on since.
        """
        progress = self.state.progress
        if progress.learned or not self._found:
            return ()
        first = min(self._found.values(), key=lambda f: f.first_step)
        last = max(found.last_step for found in self._found.values())
        if last == first.first_step and got_on_since(progress, last):
            return ()
        return (first,)


def _heights(norms: Array, steps: int) -> Array:
    """`(steps, targets)`: norm over the level of the 128 steps before.

    Of the last so many steps; 0 where fewer than 16 steps went before.
    """
    heights = np.zeros((steps, norms.shape[1]))
    for row in range(max(_FIRST_STEPS - len(norms) + steps, 0), steps):
        end = len(norms) - steps + row
        level = np.median(norms[max(end - _LEVEL_STEPS, 0) : end], axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            heights[row] = np.where(level > 0, norms[end] / level, 0.0)
    return heights


def _remedies(setup: Setup, target: Target) -> tuple[Remedy, ...]:
    found = [*remedies.smaller_steps(setup)]
    layer = remedies.layer_of(setup, target.layer)
    if layer is not None and layer.class_name == "SimpleRNN":
        found.append(remedies.gated_cell(layer))
    return tuple(found)
