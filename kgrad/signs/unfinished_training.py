"""A training that ends while the loss still falls."""

from __future__ import annotations

import math

from kgrad import remedies
from kgrad.records import GLOBAL, Finding, Remedy
from kgrad.records.numbers import number
from kgrad.remedies import plans
from kgrad.signs.base import DATA, BlockSign, require_positive
from kgrad.signs.blocks import Block
from kgrad.signs.guessing import is_squared
from kgrad.signs.loss_fall import (
    AGAIN,
    LossFall,
    error_of_epochs,
    falling,
    keeps_falling,
)
from kgrad.signs.metric import LEARNED, SOLVED

_FAR = 10
"""More runs than this, and more of the same is no remedy."""

_TREND = 3
"""Epochs of which it can be seen whether they slow down."""


class UnfinishedTraining(BlockSign):
    """The planned epochs are over, and the loss still fell as it had before.

    Nearly every run ends with a loss that falls, and slows down. What counts
    is what as many updates again would bring, as far as its slowing down
    tells: much of what these brought, of a loss that has hardly slowed down;
    or what is left to half of what guessing gives. The fall must be beyond
    noise, what it brings more than the standard error of an epoch's mean,
    validation must fall along, and the model not solve its task. A problem it
    is where the loss has come less than half of the way from guessing to 0.
    Otherwise it is a note: where it has come further, where nobody knows what
    guessing gives, where a schedule lowers the rate towards the end that was
    planned, and of one or two epochs, which may be a first look, or a call of
    `fit` out of many. Whether training ended is known of `fit`.

    Args:
        again: Part of its fall that would come again. With 0.5, an
            exponential is told as long as it has not come half of its way.
    """

    name = "unfinished_training"
    description = "a training that ends while the loss still falls"
    needs = frozenset({"update_norm", "weight_norm"})
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

    def __init__(self, *, again: float = AGAIN) -> None:
        require_positive(again=again)
        self.again = again
        self._ratio = math.nan

    def examine(self, block: Block) -> None:
        """Remembers how fast the weights move: it decides on the remedy."""
        self._ratio = block.pace

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One, of the model, once the plan is done."""
        progress = self.state.progress
        if not progress.is_over or progress.now >= SOLVED:
            return ()
        if not math.isfinite(progress.epochs[-1].logs.get("loss", 0.0)):
            return ()
        if not keeps_falling(progress.series("val_loss")):
            return ()
        fall = falling(progress, self.again)
        if fall is None:
            return ()
        updates = progress.steps
        setup = progress.setup
        is_trend = setup.plan.epochs >= _TREND and not setup.has_schedule
        is_problem = is_trend and self._way(fall.level) < LEARNED
        target = self._target(fall)
        more = fall.updates_to(target, updates)
        return (
            self.finding(
                GLOBAL,
                (progress.first_step, progress.last_step),
                fall.ahead,
                error_of_epochs(fall, progress),
                f"training ended after {updates:,} updates while the loss was "
                "still falling, in the second half "
                f"{_pace(fall.kept)} in the first",
                self._remedies(more / updates, is_problem),
                details=_outlook(fall, target, more, updates),
                severity="problem" if is_problem else "note",
            ),
        )

    def _way(self, loss: float) -> float:
        """How far a loss has come from guessing to 0, NaN if not known.

        Of a squared error, how much smaller the error itself is than the
        spread of the targets: half of it is a quarter of the variance.
        """
        progress = self.state.progress
        if not progress.chance_is_known("loss") or progress.has_soft_labels:
            return math.nan
        left = loss / progress.chance("loss")
        squared = is_squared("loss", progress.setup)
        return 1 - (math.sqrt(left) if squared else left)

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
        longer = plans.times_the_updates(setup.plan, times)
        if self._ratio < remedies.USUAL_RATIO / 3:
            # At a thousandth of a rate, a thousand runs are missing.
            return (remedies.faster(setup, self._ratio), longer)
        faster = remedies.learning_rate(setup, 3.0)
        return (longer, faster) if runs <= _FAR else (faster, longer)


def _pace(kept: float) -> str:
    return "at least as fast as" if kept == 1 else f"at {kept:.0%} of the pace"


def _outlook(fall: LossFall, target: float, more: float, updates: int) -> str:
    """What further updates would bring, as far as that can be said."""
    soon = fall.level - fall.ahead
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
