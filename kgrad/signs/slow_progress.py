"""A model that does no better than guessing."""

from __future__ import annotations

import math

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Array, Finding, Remedy
from kgrad.records.numbers import number
from kgrad.signs.base import DATA, BlockSign, require_positive
from kgrad.signs.blocks import Block
from kgrad.signs.metric import GUESSING, higher_is_better, series

_SLOW, _FAST = 1e-4, 1e-2
"""Update ratios that call for another learning rate; 1e-3 is usual."""


class SlowProgress(BlockSign):
    """The metric has never left the level that guessing reaches.

    A converged run has stopped improving, too, but it is better than
    guessing. Where chance is not known the loss of the first steps stands
    for it, and only a loss that has stayed there counts. What an untrained
    model gets right by luck is not progress either, if neither loss nor
    weights have changed. A model that had learned and lost it again is not
    slow: see `oscillation`. The sign goes away when the model learns after
    all.

    Args:
        gain: Part of the way from chance to perfect, 0 to 1, below which
            the model has learned next to nothing.
        unknown: The same where chance is not known; also the part of its
            first value by which a loss falls if a model learns at all.
        steps: Steps before the sign can be seen.
        epochs: Epochs before the sign can be seen.
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
    )

    def __init__(
        self,
        *,
        gain: float = GUESSING,
        unknown: float = 0.02,
        steps: int = 300,
        epochs: int = 3,
    ) -> None:
        require_positive(gain=gain, unknown=unknown, steps=steps, epochs=epochs)
        self.gain, self.unknown = gain, unknown
        self.steps, self.epochs = steps, epochs
        self._pace = math.nan
        self._moved = False

    def examine(self, block: Block) -> None:
        """Remembers how fast the weights move: it decides on the remedy."""
        update = float(np.median(block["update_norm"][:, -1]))
        weight = float(np.median(block["weight_norm"][:, -1]))
        self._pace = update / weight if weight else math.nan
        self._moved = self._moved or not self._pace < _SLOW

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One, of the model, while it has learned nothing."""
        progress = self.state.progress
        steps = progress.steps
        name = progress.metric.removeprefix("val_")
        if not name or steps < self.steps:
            return ()
        if len(progress.epochs) < self.epochs:
            return ()
        logs = progress.epochs[-1].logs
        name = name if name in logs else f"val_{name}"
        # NaN is another sign's.
        if not all(math.isfinite(logs.get(x, 0)) for x in (name, "loss")):
            return ()
        best = max(
            _best(progress.gains(metric)) for metric in (name, progress.metric)
        )
        if best == -math.inf:
            return ()
        middle = float(np.nanmedian(series(progress.epochs[-3:], name)))
        chance = number(progress.chance(name))
        if progress.chance_is_known(name):
            limit, level = self.gain, f"no better than guessing ({chance})"
        else:
            limit, level = self.unknown, f"and it was {chance} at the start"
        if best >= limit and self._stands_still():
            best, limit = progress.fall_of_loss, self.unknown
            level = (
                "as at the start: neither the loss nor the weights have changed"
            )
        if not best < limit:
            return ()
        perfect = 1 if higher_is_better(name) else 0
        return (
            self.finding(
                GLOBAL,
                (progress.first_step, progress.last_step),
                best,
                limit,
                f"`{name}` is {number(middle)} after {steps} steps, {level}",
                self._remedies(),
                details=f"A perfect model reaches {perfect}.",
            ),
        )

    def _stands_still(self) -> bool:
        """Whether neither loss nor weights moved, in a model yet to learn."""
        progress = self.state.progress
        stays = progress.fall_of_loss < self.unknown and not self._moved
        return stays and not progress.learned

    def _remedies(self) -> tuple[Remedy, ...]:
        setup = self.state.progress.setup
        found: list[Remedy] = []
        if self._pace < _SLOW:
            found.append(remedies.faster(setup, self._pace))
        if self._pace > _FAST and not setup.clips:
            found.append(remedies.clip_gradients(setup))
        found += [
            remedies.gated_cell(layer)
            for layer in remedies.simple_recurrent(setup)[:1]
        ]
        if self._pace > _FAST:
            found.append(remedies.learning_rate(setup, 0.1))
        if _SLOW <= self._pace <= _FAST:
            found.append(remedies.check_labels())
        return (*found, remedies.scale_inputs())


def _best(gains: Array) -> float:
    """The best median of three epochs in a row, or what there is."""
    gains = gains[~np.isnan(gains)]
    if not len(gains):
        return -math.inf
    if len(gains) < 3:
        return float(np.median(gains))
    in_a_row = np.lib.stride_tricks.sliding_window_view(gains, 3)
    return float(np.median(in_a_row, axis=1).max())
