"""Weights that could not go far in a training that is over."""

from __future__ import annotations

import math

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Finding, Remedy, Snapshot
from kgrad.remedies import plans
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.blocks import kernels
from kgrad.signs.guessing import is_squared
from kgrad.signs.metric import LEARNED, SOLVED, Progress
from kgrad.signs.small_updates import SmallUpdates

_TIMES = 10
"""How many times the updates are worth a try."""


class ShortPath(Sign):
    """All updates together are a small part of the weights.

    The sum of ||update|| / ||w|| over a training bounds how far weights came,
    whatever the way. Below 1 no weight was replaced by a new one. Where it is
    less, and every epoch was better than the last, on validation data as well,
    there was a way to go, and steps that were too short for it, or too few: of
    a model that cannot learn more, or of labels that say no more, the loss
    would be at rest. They may lose for long what new weights were wrong by; so
    it takes a model that knows something already. What has come half of the way
    is no problem, unless the path was so short that there is no doubt; of a
    squared error half of the spread, a quarter of the variance. Of soft labels
    nobody knows where half of the way is.

    Args:
        path: That sum, of the kernel that moved most, below which it is short.
        sure: Of a path below it, only a solved task is an excuse.
        epochs: Fewest of which each must be better than the last: of five
            without a trend, one series in 5! is.
        begun: Part of the way to perfect that shows that there is one.
    """

    name = SmallUpdates.name
    rule = "short_path"
    description = "updates that together are small against the weights"
    needs = frozenset({"update_norm", "weight_norm"})
    rank = SmallUpdates.rank
    shown_by = SmallUpdates.shown_by
    dated_by = SmallUpdates.dated_by
    follows = SmallUpdates.follows
    follows_upstream = SmallUpdates.follows_upstream

    def __init__(
        self,
        *,
        path: float = 1.0,
        sure: float = 0.3,
        epochs: int = 5,
        begun: float = 0.05,
    ) -> None:
        require_positive(path=path, sure=sure, epochs=epochs, begun=begun)
        self.path, self.sure = path, sure
        self.epochs, self.begun = epochs, begun
        self._paths: dict[str, float] = {}

    def update(self, snapshot: Snapshot) -> None:
        """Adds up the ratios of each kernel."""
        if max(self._paths.values(), default=0.0) >= self.path:
            return
        rows = ~snapshot.skipped
        ratios = np.nan_to_num(snapshot["update_ratio"], posinf=0.0)
        for i in kernels(snapshot.targets):
            name = snapshot.targets[i].name
            # One after the other, so that windows of any length agree.
            path = [self._paths.get(name, 0.0), *ratios[rows, i].tolist()]
            self._paths[name] = float(np.cumsum(path)[-1])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One, of the model, at the end of what it was planned to do."""
        progress = self.state.progress
        if not progress.is_over or progress.has_soft_labels:
            return ()
        if not self.begun <= progress.now < SOLVED:
            return ()
        path = max(self._paths.values(), default=math.nan)
        if is_half_way(progress) and not path < self.sure:
            return ()
        if not path < self.path or not gets_on(progress, self.epochs):
            return ()
        if not path > SmallUpdates().ratio * progress.steps:
            # Each of them is small: that is the other rule.
            return ()
        return (
            self.finding(
                GLOBAL,
                (progress.first_step, progress.last_step),
                path,
                self.path,
                f"all {progress.steps:,} updates together changed no kernel by "
                f"more than {path:.1%} of its norm, and the loss fell with "
                "each epoch",
                _remedies(progress, path / progress.steps),
                details="Of trainings that learn, they are about as long as "
                "the weights.",
            ),
        )


def is_half_way(progress: Progress) -> bool:
    """Whether half of the way was come, of a squared error by its root."""
    gain = max(progress.gain, progress.now)
    if is_squared(progress.metric, progress.setup):
        gain = 1 - math.sqrt(max(1 - gain, 0.0))
    return not gain < LEARNED


def _remedies(progress: Progress, ratio: float) -> tuple[Remedy, ...]:
    """Longer steps; but of steps as long as usual, more of them."""
    setup = progress.setup
    faster = remedies.faster(setup, ratio)
    if not ratio >= remedies.USUAL_RATIO:
        return (faster,)
    return (plans.times_the_updates(setup.plan, _TIMES), faster)


def gets_on(progress: Progress, epochs: int) -> bool:
    """Whether each epoch was better than the last, on all data."""
    found = (progress.series(name) for name in ("loss", "val_loss"))
    known = [values for values in found if not np.isnan(values).all()]
    return bool(known) and all(
        len(values) >= epochs and (np.diff(values) < 0).all()
        for values in known
    )
