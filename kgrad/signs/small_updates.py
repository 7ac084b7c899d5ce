"""Updates that are too small to get anywhere."""

from __future__ import annotations

import math
from statistics import median

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Finding, Remedy, Setup, Target
from kgrad.records.numbers import number
from kgrad.signs.base import DATA, BlockSign, require_positive
from kgrad.signs.blocks import Block
from kgrad.signs.downsampled import Downsampled


class SmallUpdates(BlockSign):
    """||w_after - w_before|| / ||w|| stays so small that nothing changes.

    Small updates are right once the model has learned, and where a schedule
    has decayed the learning rate; neither counts. Nor does a kernel without
    any gradient, which is dead rather than slow.

    Args:
        ratio: Median ratio of 32 steps. At 1e-5, a thousand steps in one
            direction change the weights by one percent.
        blocks: Number of blocks of 32 steps in a row.
        decayed: A learning rate below this part of the run's largest is
            small on purpose.
    """

    name = "small_updates"
    description = "updates that are small against the weights"
    needs = frozenset({"gradient_norm", "update_norm", "weight_norm"})
    rank = 70
    shown_by = ("update_ratio",)
    dated_by = "block"
    # A small gradient makes a small update.
    follows = DATA
    follows_upstream = ("vanishing", "dead_units", "saturation")

    def __init__(
        self, *, ratio: float = 1e-5, blocks: int = 3, decayed: float = 0.1
    ) -> None:
        require_positive(ratio=ratio, blocks=blocks, decayed=decayed)
        self.ratio, self.blocks, self.decayed = ratio, blocks, decayed
        self._rate = 0.0
        self._kernels: tuple[Target, ...] = ()
        self._small: dict[str, Downsampled[float]] = {}
        self._since: dict[str, int] = {}
        self._last_step = 0
        self._fastest = 0.0

    def examine(self, block: Block) -> None:
        """Follows how long the ratio of each kernel has been small."""
        rate = np.nanmax(block.learning_rate, initial=0.0)
        self._rate = max(self._rate, rate)
        decayed = rate < self.decayed * self._rate
        self._last_step = int(block.steps[-1])
        self._kernels = tuple(block.targets[i] for i in block.kernels)
        gradients, updates, weights = (
            block.median(statistic)
            for statistic in ("gradient_norm", "update_norm", "weight_norm")
        )
        self._fastest = max(
            (
                float(updates[i] / weights[i])
                for i in block.kernels
                if weights[i] > 0
            ),
            default=0.0,
        )
        for column in block.kernels:
            name = block.targets[column].name
            gradient = float(gradients[column])
            update, weight = float(updates[column]), float(weights[column])
            small = update < self.ratio * weight and gradient > 0
            if small and not decayed:
                self._small.setdefault(name, Downsampled()).append(
                    update / weight
                )
                self._since.setdefault(name, int(block.steps[0]))
            else:
                self._small.pop(name, None)
                self._since.pop(name, None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The model if it is small everywhere, or the smallest kernel."""
        ratios = {
            name: median(values)
            for name, values in self._small.items()
            if len(values) >= self.blocks and self._is_early(name)
        }
        progress = self.state.progress
        if not ratios or progress.learned:
            return ()
        smallest = min(ratios, key=lambda name: ratios[name])
        everywhere = len(ratios) == len(self._kernels)
        target = GLOBAL if everywhere else smallest
        what = "every kernel" if everywhere else f"`{smallest}`"
        value = max(ratios.values()) if everywhere else ratios[smallest]
        first = min(self._since[name] for name in ratios)
        pace = f"{number(value, 1)} of its norm" if value else "nothing at all"
        if everywhere and value:
            pace += " or less"
        clause = f"from step {first} on, a typical update changes {what} by "
        return (
            self.finding(
                target,
                (first, self._last_step),
                value,
                self.ratio,
                clause + pace,
                _remedies(progress.setup, target, self._fastest),
                details=f"Around {remedies.USUAL_RATIO:g} is usual.",
            ),
        )

    def _is_early(self, name: str) -> bool:
        """Small from the start, or in a run that is known not to learn."""
        progress = self.state.progress
        start = self._since[name] - progress.first_step
        return start < 1 or not math.isnan(progress.gain)


def _remedies(setup: Setup, target: str, fastest: float) -> tuple[Remedy, ...]:
    """A rate at which the fastest kernel moves as kernels usually do.

    Where one does so already, a larger rate would be too large for it.
    """
    owners = [x for x in setup.layers if target.startswith(f"{x.name}/")]
    behind = [remedies.batch_normalization(layer) for layer in owners[-1:]]
    if behind and fastest > remedies.USUAL_RATIO / 5:
        return tuple(behind)
    return (*behind, remedies.faster(setup, fastest))
