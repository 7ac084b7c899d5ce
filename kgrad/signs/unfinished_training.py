"""A training that ends while the loss still falls."""

from __future__ import annotations

import math

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Finding, Remedy, Setup, Snapshot
from kgrad.records.numbers import number
from kgrad.remedies import plans
from kgrad.signs.base import DATA, Sign, require_positive
from kgrad.signs.downsampled import Downsampled
from kgrad.signs.loss_fall import LossFall, loss_fall
from kgrad.signs.metric import LEARNED, SOLVED, series

_FAR = 10
"""More runs than this, and more of the same is no remedy."""

_NEARLY = 0.25
"""Part of what guessing gives: a loss below it is mostly learned."""

_NO_WORSE = 1.02
"""Validation loss against its lowest: beyond it, more training harms."""


class UnfinishedTraining(Sign):
    """The planned epochs are over, and the loss was still falling.

    Nearly every run ends with a loss that falls. It is worth telling only
    where the fall is beyond noise, where as many updates again would lower the
    loss by more than a little, and where the model does not solve its task. A
    problem it is where the model has not learned yet and few updates were
    made; otherwise it is a note. Whether training ended is known of `fit`.

    Args:
        ahead: Part by which the loss would fall, if training went on for as
            long again, as far as its slowing down tells.
        few: Updates up to which a run is short: half of the zoo's runs that
            solve their task take more than a thousand.
    """

    name = "unfinished_training"
    description = "a training that ends while the loss still falls"
    rank = 95
    shown_by = ("metric",)
    dated_by = "run"
    # What learns slowly for another reason is not done in time either.
    follows = (
        *DATA,
        "plan",
        "behavior",
        "nonfinite",
        "exploding",
        "large_updates",
        "vanishing",
        "dead_units",
        "saturation",
        "small_updates",
    )

    def __init__(self, *, ahead: float = 0.02, few: int = 1000) -> None:
        require_positive(ahead=ahead, few=few)
        self.ahead, self.few = ahead, few
        self._losses: Downsampled[float] = Downsampled(512)

    def update(self, snapshot: Snapshot) -> None:
        """Remembers the losses of the steps."""
        for loss in snapshot.finite_losses:
            self._losses.append(loss)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One, of the model, once the plan is done."""
        progress = self.state.progress
        if not progress.is_over or progress.now >= SOLVED:
            return ()
        if not self._validation_keeps_up():
            return ()
        fall = loss_fall(self._losses, series(progress.epochs, "loss"))
        if fall is None or fall.ahead < self.ahead:
            return ()
        if not fall.level > _NEARLY * progress.chance("loss"):
            return ()
        updates = progress.steps
        # A call of `fit` with one epoch may be one of many.
        is_short = updates <= self.few and progress.setup.plan.epochs > 1
        is_known = progress.chance_is_known("loss")
        is_problem = is_short and is_known and self._way() < LEARNED
        target = self._target(fall)
        more = fall.updates_to(target, updates)
        return (
            self.finding(
                GLOBAL,
                (progress.first_step, progress.last_step),
                fall.ahead,
                self.ahead,
                f"training ended after {updates:,} updates while the loss was "
                f"still falling, by {fall.share:.1%} in the last quarter",
                self._remedies(more / updates, is_problem),
                details=_outlook(fall, target, more, updates),
                severity="problem" if is_problem else "note",
            ),
        )

    def _validation_keeps_up(self) -> bool:
        losses = series(self.state.progress.epochs, "val_loss")
        losses = losses[np.isfinite(losses)]
        if not len(losses):
            return True
        return bool(losses[-3:].min() <= _NO_WORSE * losses.min())

    def _way(self) -> float:
        """How far the model has come, as the newest epoch shows it.

        Of a squared error, how much smaller the error itself is than the
        spread of the targets: half of it is a quarter of the variance.
        """
        progress = self.state.progress
        name = progress.metric.removeprefix("val_")
        kind = progress.setup.loss if name == "loss" else name
        if kind not in ("mse", "mean_squared_error"):
            return progress.now
        return 1 - math.sqrt(max(1 - progress.now, 0.0))

    def _target(self, fall: LossFall) -> float:
        """Half of what guessing gives, or of what the loss is now."""
        progress = self.state.progress
        half = progress.chance("loss") / 2
        is_ahead = progress.chance_is_known("loss") and half < fall.level
        return half if is_ahead else fall.level / 2

    def _remedies(self, runs: float, is_problem: bool) -> tuple[Remedy, ...]:
        setup = self.state.progress.setup
        # What the pace promises is the least: it falls as training goes on.
        times = _FAR if is_problem else min(1 + math.ceil(runs), _FAR)
        longer = _longer(setup, times)
        faster = remedies.learning_rate(setup, 3.0)
        return (longer, faster) if runs <= _FAR else (faster, longer)


def _longer(setup: Setup, times: int) -> Remedy:
    """As many epochs as make so many times the updates, in usual batches."""
    plan = setup.plan
    batch = min(plan.batch_size or 32, 32)
    by_batches = max(plan.batch_size / batch, 1)
    epochs = math.ceil(plan.epochs * max(times / by_batches, 1))
    return plans.more_updates(batch, epochs)


def _outlook(fall: LossFall, target: float, more: float, updates: int) -> str:
    """What further updates would bring, as far as that can be said."""
    soon = fall.level * (1 - fall.ahead)
    text = (
        f"It is {number(fall.level)}; as many updates again would bring it to "
        f"about {number(soon)}."
    )
    if more > _FAR * updates:
        return (
            f"{text} At this pace a loss of {number(target)} is more than "
            f"{_FAR * updates:,} updates away."
        )
    digits = 1 - math.floor(math.log10(max(more, 10)))
    return (
        f"{text} A loss of {number(target)} is at least "
        f"{int(round(more, digits)):,} updates away, more if the fall slows "
        "down."
    )
