"""Updates that are out of scale with the weights they change."""

from __future__ import annotations

import numpy as np

from kgrad import remedies
from kgrad.records import Finding, Remedy, Setup
from kgrad.signs.base import DATA, BlockSign, merged, require_positive
from kgrad.signs.blocks import Block
from kgrad.signs.lost import got_on_since
from kgrad.signs.wording import of_norm


class LargeUpdates(BlockSign):
    """||w_after - w_before|| / ||w|| of a kernel is far above a healthy one.

    Either once, so that a single step replaces the weights, or step after
    step. The first steps of Adam are large on purpose, and a run that has
    learned its task has had the right ones: neither counts.

    Args:
        once: Ratio that no single step may reach: at 1, the update is as
            large as the weights.
        always: Ratio that the median of 32 steps may not reach; healthy
            ones are near 0.001.
        warm_up: Steps at the start for which `always` does not count.
    """

    name = "large_updates"
    description = "updates that are large against the weights"
    needs = frozenset({"update_norm", "weight_norm"})
    rank = 30
    shown_by = ("update_ratio",)
    # Gradients out of scale throw weights.
    follows = (*DATA, "exploding", "large_updates")

    def __init__(
        self, *, once: float = 1.0, always: float = 0.1, warm_up: int = 100
    ) -> None:
        require_positive(once=once, always=always, warm_up=warm_up)
        self.once, self.always, self.warm_up = once, always, warm_up
        self._found: dict[str, Finding] = {}
        self._first_ratio = 0.0

    def examine(self, block: Block) -> None:
        """Looks at the largest and at the median ratio of each kernel."""
        ratios = block.moved
        # Hardly ever: the median is looked up only where it decides.
        if not (ratios[:, block.kernels] >= min(self.once, self.always)).any():
            return
        begun = int(block.steps[0]) - self.state.progress.first_step
        late = begun >= self.warm_up
        for column in block.kernels:
            ratio = ratios[:, column]
            name = block.targets[column].name
            rows = np.flatnonzero(ratio >= self.once)
            if len(rows):
                if not late and not self._found:
                    self._first_ratio = float(
                        ratios[rows[0], block.kernels].max()
                    )
                # Where it began: later ones can follow from it.
                value, limit = float(ratio[rows[0]]), self.once
                step = block.steps[rows[0]]
                details = "What it had learned is lost."
                clause = (
                    f"the update of step {step} changed `{name}` by "
                    f"{of_norm(value)}"
                )
            elif late and np.median(ratio) >= self.always:
                rows = np.flatnonzero(ratio >= self.always)
                value, limit = float(np.median(ratio)), self.always
                step = block.steps[rows[0]]
                details = "0.1% is usual."
                clause = (
                    f"from step {step} on, at least half of the updates change "
                    f"`{name}` by {of_norm(value)} or more"
                )
            else:
                continue
            finding = self.finding(
                name,
                (int(step), int(block.steps[rows[-1]])),
                value,
                limit,
                clause,
                _remedies(block.setup, self._first_ratio),
                details=details,
            )
            self._found[name] = merged(self._found.get(name), finding)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The kernel with the first, of several the largest.

        None if the model learned, or got on after a single one.
        """
        progress = self.state.progress
        if progress.learned or not self._found:
            return ()
        steps = {(f.first_step, f.last_step) for f in self._found.values()}
        first, last = min(steps)
        if len(steps) == 1 and first == last and got_on_since(progress, last):
            return ()

        def turn(finding: Finding) -> tuple[int, float]:
            return finding.first_step, -finding.value / finding.limit

        return (min(self._found.values(), key=turn),)


def _remedies(setup: Setup, first_ratio: float) -> tuple[Remedy, ...]:
    slow = remedies.slower(setup, first_ratio)
    return (slow,) if setup.clips else (slow, remedies.clip_gradients(setup))
