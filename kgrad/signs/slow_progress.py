"""A model that does no better than guessing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Array, Finding, Remedy
from kgrad.records.numbers import number
from kgrad.signs.base import DATA, BlockSign, require_positive
from kgrad.signs.blocks import Block
from kgrad.signs.guessing import is_squared
from kgrad.signs.loss_fall import falling
from kgrad.signs.metric import GUESSING, STILL, Progress
from kgrad.signs.series import higher_is_better

_SLOW, _FAST = 1e-4, 1e-2
"""Update ratios that call for another learning rate; 1e-3 is usual."""

_SHORT, _EPOCHS = 64, 3
"""Steps and epochs of a training that may be short, but is over."""

_LATER = 1.5
"""How many times the steps are waited for where chance is not known."""


class SlowProgress(BlockSign):
    """The metric has never left the level that guessing reaches.

    A converged run has stopped improving, too, but it is better than
    guessing. Where chance is not known the loss of the first steps stands
    for it, and only a loss that has stayed there counts. What an untrained
    model gets right by luck is not progress either, if neither loss nor
    weights have changed; nor is an accuracy that wanders, while the loss never
    was below that of guessing. A model that had learned and lost it again is
    not slow: see `oscillation`. The sign goes away with the first epoch that
    shows, beyond noise, that the model learns after all. While training goes
    on and the loss falls as it did before, it is too early to tell.

    Args:
        gain: Part of the way from chance to perfect, 0 to 1, below which
            the model has learned next to nothing. A squared error is judged
            by its root: 0.1 of the spread is 0.19 of the variance.
        unknown: The same where chance is not known; also the part of its
            first value by which a loss falls if a model learns at all.
        steps: Steps before the sign can be seen: of 110 runs of the clinic and
            the zoo that learn, all but 6 had left the level of guessing by
            then. Of a training that is over after three epochs or more, 64:
            it will not leave it any more.
        epochs: Epochs before their metrics are looked at: the mean of the
            first one holds the start. Before, the losses of the steps tell,
            where it is known what guessing gives.
    """

    name = "slow_progress"
    description = "a metric that does not leave the level of guessing"
    needs = frozenset({"update_norm", "weight_norm"})
    rank = 100
    shown_by = ("metric",)
    is_symptom = True
    dated_by = "run"
    # What gets no gradient, or a wild one, or steps that are skipped, does
    # not learn.
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
        "unfinished_training",
    )

    def __init__(
        self,
        *,
        gain: float = GUESSING,
        unknown: float = 0.02,
        steps: int = 200,
        epochs: int = 2,
    ) -> None:
        require_positive(gain=gain, unknown=unknown, steps=steps, epochs=epochs)
        self.gain, self.unknown = gain, unknown
        self.steps, self.epochs = steps, epochs
        self._pace = math.nan
        self._moved = False

    def examine(self, block: Block) -> None:
        """Remembers how fast the weights move: it decides on the remedy."""
        self._pace = block.pace
        self._moved = self._moved or not self._pace < _SLOW

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One, of the model, while it has learned nothing."""
        progress = self.state.progress
        least = min(_SHORT, self.steps) if _has_ended(progress) else self.steps
        if progress.steps < least:
            return ()
        found = (
            self._of_steps(progress)
            if len(progress.epochs) < self.epochs
            else self._of_epochs(progress)
        )
        # While it falls, it is too early to tell.
        return () if found and self._may_get_on(progress) else found

    def _least(self, name: str) -> float:
        """Gain of a metric from which on something has been learned."""
        squared = 1 - (1 - self.gain) ** 2
        is_plain = not is_squared(name, self.state.progress.setup)
        return self.gain if is_plain else squared

    def _may_get_on(self, progress: Progress) -> bool:
        return progress.is_under_way and falling(progress) is not None

    def _of_steps(self, progress: Progress) -> tuple[Finding, ...]:
        """Of long epochs: a loss that is that of guessing, within its noise.

        Far above it, a model may be right and too sure of itself, which only
        an epoch's accuracy tells; and a schedule may begin with a rate of 0.
        """
        gain, noise = progress.losses.mean_gain(progress.chance("loss"))
        name = progress.metric or "loss"
        newest = (progress.newest(x) for x in (name.removeprefix("val_"), name))
        if (
            not progress.chance_is_known("loss")
            or progress.setup.has_schedule
            or not -self.gain < gain - noise < STILL
            or not gain + noise < self.gain
            or any(value >= self.gain for value in newest)
        ):
            return ()
        chance = progress.chance("loss")
        level = f"no better than guessing ({number(chance)})"
        return (self._finding("loss", (1 - gain) * chance, gain, level),)

    def _of_epochs(self, progress: Progress) -> tuple[Finding, ...]:
        name = progress.metric.removeprefix("val_")
        if not name:
            return ()
        logs = progress.epochs[-1].logs
        name = name if name in logs else f"val_{name}"
        # NaN is another sign's.
        if not all(math.isfinite(logs.get(x, 0)) for x in (name, "loss")):
            return ()
        names = (name, progress.metric)
        best = max(_best(progress.gains(metric)) for metric in names)
        if best == -math.inf or progress.breaks_out:
            return ()
        if higher_is_better(name) and self._knows_by_loss():
            return ()
        known = progress.chance_is_known(name)
        if not known and not self._is_late(progress):
            return ()
        limit = self._least(name) if known else self.unknown
        chance = number(progress.chance(name))
        little = "hardly" if best >= self.unknown else "no"
        level = f"{little} better than guessing ({chance})"
        if not known:
            level = f"and it was {chance} at the start"
        newest = max(progress.newest(metric) for metric in names)
        if best >= limit and self._stands_still():
            best, limit = progress.losses.fall, self.unknown
            level = (
                "as at the start: neither the loss nor the weights have changed"
            )
        elif best >= limit and self._only_wanders(names):
            name, limit = "loss", self.unknown
            best = _best(progress.gains(name))
            level = f"no better than guessing ({number(progress.chance(name))})"
        elif newest >= limit:
            return ()
        if not best < limit:
            return ()
        value = logs.get(name, math.nan)
        return (self._finding(name, value, best, level, limit),)

    def _finding(
        self,
        name: str,
        value: float,
        gain: float,
        level: str,
        limit: float | None = None,
    ) -> Finding:
        progress = self.state.progress
        so_far = " so far" if progress.is_under_way else ""
        perfect = 1 if higher_is_better(name) else 0
        return self.finding(
            GLOBAL,
            (progress.first_step, progress.last_step),
            gain,
            self.gain if limit is None else limit,
            f"`{name}` is {number(value)}{so_far} after {progress.steps} "
            f"steps, {level}",
            self._remedies(),
            details=f"A perfect model reaches {perfect}.",
        )

    def _knows_by_loss(self) -> bool:
        """Whether the loss fell below guessing, whatever an accuracy is.

        Of rare classes, a model may know which samples are likelier, and
        rightly say of none that it is one.
        """
        progress = self.state.progress
        losses = (progress.newest(name) for name in ("loss", "val_loss"))
        return (
            progress.chance_is_known("loss")
            and any(gain >= self.gain for gain in losses)
            and progress.losses.fall >= self.unknown
        )

    def _is_late(self, progress: Progress) -> bool:
        """Whether the first losses are far behind, which stand for chance."""
        is_long = progress.steps >= _LATER * self.steps
        return is_long and len(progress.epochs) > self.epochs

    def _stands_still(self) -> bool:
        """Whether neither loss nor weights moved, in a model yet to learn."""
        progress = self.state.progress
        stays = progress.losses.fall < self.unknown and not self._moved
        return stays and not progress.learned

    def _only_wanders(self, names: Sequence[str]) -> bool:
        """Whether the loss shows that the metric was good by chance only.

        It stays at that of guessing, and the metric, of training or of
        validation, is not better than guessing either, beyond its noise. Small
        sets, or other shares of the classes in validation, make it seem so.
        """
        progress = self.state.progress
        if "loss" in names or not progress.chance_is_known("loss"):
            return False
        losses = np.array([progress.gains(x) for x in ("loss", "val_loss")])
        newest = losses[:, -1][~np.isnan(losses[:, -1])]
        # Far above, a model may be right and too sure of itself.
        if not len(newest) or not newest.max() > -self.gain:
            return False
        if np.nanmax(losses) >= self.unknown:
            return False
        return min(progress.newest(metric) for metric in names) < 0

    def _remedies(self) -> tuple[Remedy, ...]:
        setup = self.state.progress.setup
        found: list[Remedy] = []
        if self._pace < _SLOW:
            found.append(remedies.faster(setup, self._pace))
        by_rate = setup.optimizer in remedies.DIVIDING
        if self._pace > _FAST and by_rate:
            found.append(remedies.learning_rate(setup, 0.1))
        elif self._pace > _FAST and not setup.clips:
            found.append(remedies.clip_gradients(setup))
        found += [
            remedies.gated_cell(layer)
            for layer in remedies.simple_recurrent(setup)[:1]
        ]
        if self._pace > _FAST and not by_rate:
            found.append(remedies.learning_rate(setup, 0.1))
        if not self._pace < _SLOW:
            # Labels at random look like this at any rate that moves weights.
            found.insert(min(len(found), 1), remedies.check_labels())
        return (*found, remedies.scale_inputs())


def _has_ended(progress: Progress) -> bool:
    """Whether all epochs are over of a plan that is no first look."""
    return progress.is_over and progress.setup.plan.epochs >= _EPOCHS


def _best(gains: Array) -> float:
    """The best median of three epochs in a row, or what there is."""
    gains = gains[~np.isnan(gains)]
    if not len(gains):
        return -math.inf
    if len(gains) < 3:
        return float(np.median(gains))
    in_a_row = np.lib.stride_tricks.sliding_window_view(gains, 3)
    return float(np.median(in_a_row, axis=1).max())
