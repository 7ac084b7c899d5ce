"""Updates that are out of scale with the weights they change."""

from __future__ import annotations

import numpy as np

from kgrad import remedies
from kgrad.records import Finding, Remedy, Setup, Target
from kgrad.signs.base import BlockSign, require_positive, worse
from kgrad.signs.blocks import Block


class LargeUpdates(BlockSign):
    """||w_after - w_before|| / ||w|| of a kernel is far above a healthy one.

    Either once beyond all measure, the weights replaced in one step, or
    step after step. The first steps of Adam are large on purpose, and a
    run that has learned its task has had the right ones: neither counts.

    Args:
        once: Ratio that no single step may reach: at 1, the update is as
            long as the weights.
        always: Ratio that the median of 32 steps may not reach; healthy
            ones are near 0.001.
        warm_up: Steps at the start for which `always` does not count.
    """

    name = "large_updates"
    description = "updates that are large against the weights"
    needs = frozenset({"update_norm", "weight_norm"})

    def __init__(
        self, *, once: float = 1.0, always: float = 0.1, warm_up: int = 100
    ) -> None:
        require_positive(once=once, always=always, warm_up=warm_up)
        super().__init__()
        self.once, self.always, self.warm_up = once, always, warm_up
        self._found: dict[str, Finding] = {}
        self._first_ratio = 0.0

    def judge(self, block: Block) -> None:
        """Looks at the largest and at the median ratio of each kernel."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = block["update_norm"] / block["weight_norm"]
        ratios[~np.isfinite(ratios)] = 0
        late = int(block.steps[0]) - self.progress.first_step >= self.warm_up
        for column in block.kernels:
            ratio = ratios[:, column]
            rows = np.flatnonzero(ratio >= self.once)
            middle = float(np.median(ratio))
            if len(rows) and not late and not self._found:
                self._first_ratio = float(ratios[rows[0], block.kernels].max())
            if len(rows):
                self._add(block, column, rows, float(ratio.max()), self.once)
            elif late and middle >= self.always:
                rows = np.flatnonzero(ratio >= self.always)
                self._add(block, column, rows, middle, self.always)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The kernel with the largest, unless the model learned."""
        if self.progress.learned or not self._found:
            return ()
        return (max(self._found.values(), key=lambda f: f.value / f.limit),)

    def _add(
        self,
        block: Block,
        column: int,
        rows: np.ndarray[tuple[int], np.dtype[np.int64]],
        value: float,
        limit: float,
    ) -> None:
        target = block.targets[column]
        first, last = int(block.steps[rows[0]]), int(block.steps[rows[-1]])
        finding = Finding(
            self.name,
            target.name,
            first_step=first,
            last_step=last,
            value=value,
            limit=limit,
            explanation=_explain(target, first, value, limit == self.once),
            remedies=_remedies(block.setup, self._first_ratio),
            clause=_clause(target, first, value, limit == self.once),
        )
        self._found[target.name] = worse(self._found.get(target.name), finding)


def _explain(target: Target, step: int, value: float, once: bool) -> str:
    if once:
        return (
            f"A single update near step {step} moved `{target.name}` by "
            f"{value:.2g} times its own norm: what it had learned is gone."
        )
    return (
        f"From step {step} on every other update moves `{target.name}` by "
        f"{value:.0%} of its own norm or more; 0.1 % is usual."
    )


def _clause(target: Target, step: int, value: float, once: bool) -> str:
    if once:
        return (
            f"a single update near step {step} moved `{target.name}` by "
            f"{value:.2g} times its own norm"
        )
    return (
        f"from step {step} on every other update moves `{target.name}` by "
        f"{value:.0%} of its own norm or more"
    )


def _remedies(setup: Setup, first_ratio: float) -> tuple[Remedy, ...]:
    slow = remedies.slower(setup, first_ratio)
    return (slow,) if setup.clips else (slow, remedies.clip_gradients(setup))
