"""Which metric a run is judged by, and how far it has come with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from kgrad.records import Array, Epoch, Setup, Snapshot
from kgrad.signs.guessing import (
    Guessing,
    calibrated_loss,
    chance_level,
    loss_weight,
)
from kgrad.signs.series import (
    higher_is_better,
    main_metric,
    series,
    standard_error,
)
from kgrad.signs.step_losses import StepLosses

GUESSING = 0.1
"""Below this gain a model has learned next to nothing."""

LEARNED = 0.5
"""From this gain on, a model has learned for certain."""

SOLVED = 0.9
"""From this gain on, a model solves its task."""

STILL = 0.02
"""Part of its first value by which a loss falls if a model learns at all."""


OfEpochs = Callable[[Sequence[Epoch], str], Array]
"""What follows from the epochs for a metric: a number of each."""


class Progress:
    """How far the metric has come from guessing to perfect.

    The *gain* is (metric - chance) / (best - chance): 0 for a model that
    guesses, 1 for a perfect one. Where chance is not known, the loss of the
    first steps stands for it, and without a metric the loss of the steps
    stands for the metric. `changes` counts how often there was something new:
    what follows from the metric alone is computed anew only then, and once for
    all signs. `losses` are those of the steps.
    """

    def __init__(self) -> None:
        self.changes = 0
        self.epochs: list[Epoch] = []
        self.first_step, self.last_step = 1, 0
        self.setup = Setup()
        self.losses = StepLosses()
        self._known: dict[tuple[str, str], Array] = {}
        self._gain: float | None = None
        self._labels = Guessing()

    def update(self, snapshot: Snapshot) -> None:
        """Takes the epochs and losses of a snapshot into account."""
        self._gain = None
        begins = self.losses.begins
        labels = [self._labels.update(sample) for sample in snapshot.samples]
        changed = snapshot.setup is not self.setup or any(labels)
        if snapshot.epochs or changed or begins:
            self.changes += 1
            self._known = {}
        self.setup = snapshot.setup
        self.epochs += snapshot.epochs
        if not len(snapshot.steps):
            return
        if not self.steps:
            self.first_step = int(snapshot.steps[0])
        self.last_step = int(snapshot.steps[-1])
        self.losses.update(snapshot.finite_losses)

    @property
    def steps(self) -> int:
        """How many steps were made, whether seen or not."""
        return self.last_step - self.first_step + 1

    @property
    def metric(self) -> str:
        """The metric that the run is judged by, `""` if there is none.

        The loss where nobody knows what guessing gives, as with the accuracy
        of a regression.
        """
        name = main_metric(self.epochs)
        if not name or math.isfinite(self.chance(name)):
            return name
        logs = self.epochs[-1].logs
        loss = "val_loss" if "val_loss" in logs else "loss"
        return loss if math.isfinite(self.chance(loss)) else name

    def chance(self, metric: str) -> float:
        """Chance of a metric, or what stands for it; NaN if nothing does."""
        known = chance_level(metric, self.setup, self._labels)
        of_loss = metric.removeprefix("val_") == "loss"
        if math.isfinite(known) or not of_loss:
            return known
        first = self.losses.first
        return first if first > 0 else math.nan

    @property
    def is_weighted(self) -> bool:
        """Whether samples or classes have weights."""
        return self._labels.is_weighted(self.setup)

    @property
    def guessing_loss(self) -> float:
        """What guessing gives of the compiled loss alone, NaN if not known.

        Without what regularizers and layers add to it.
        """
        setup = replace(self.setup, adds_losses=False)
        return chance_level("loss", setup, self._labels)

    def chance_is_known(self, metric: str) -> bool:
        """Whether chance is known, not only what stands for it."""
        return math.isfinite(chance_level(metric, self.setup, self._labels))

    @property
    def has_soft_labels(self) -> bool:
        """Whether nobody knows which part of the loss always stays."""
        return self._labels.are_soft(self.setup)

    def distance(self, metric: str) -> float:
        """From chance to perfect, in units of the metric; NaN if not known."""
        perfect = 1.0 if higher_is_better(metric) else 0.0
        return abs(perfect - self.chance(metric)) or math.nan

    def gains(self, metric: str) -> Array:
        """`(epochs,)`: the gain of each epoch, NaN where not known."""
        return self._once(self._gains_of, metric)

    def series(self, metric: str) -> Array:
        """As the function `series`, to be read only."""
        return self._once(series, metric)

    def standard_error(self, metric: str) -> Array:
        """As the function `standard_error`, to be read only."""
        return self._once(standard_error, metric)

    def _once(self, compute: OfEpochs, metric: str) -> Array:
        key = compute.__name__, metric
        if key not in self._known:
            self._known[key] = compute(self.epochs, metric)
            self._known[key].flags.writeable = False
        return self._known[key]

    def _gains_of(self, epochs: Sequence[Epoch], metric: str) -> Array:
        values = series(epochs, metric)
        if np.nanmin(values, initial=0) < 0:
            return np.full(len(values), math.nan)
        gains = (values - self.chance(metric)) / self.distance(metric)
        return gains if higher_is_better(metric) else -gains

    @property
    def gain(self) -> float:
        """The gain as of now: median of the last three epochs, or NaN.

        Or what the newest epoch shows beyond its noise, if that is more: what
        was learned just now is learned. Of the validation metric and the
        training metric the better one counts: a model that only overfits does
        learn.
        """
        if self._gain is None:
            self._gain = self._gain_now()
        return self._gain

    def _gain_now(self) -> float:
        name = self.metric.removeprefix("val_")
        if not name:
            return self._gain_of_losses()
        gains = [
            show(metric)
            for metric in (name, f"val_{name}")
            for show in (lambda x: _last_median(self.gains(x)), self.newest)
        ]
        known = [gain for gain in gains if not math.isnan(gain)]
        return max(known, default=math.nan)

    def newest(self, metric: str) -> float:
        """The gain that the newest epoch shows beyond noise, or NaN.

        An accuracy less three standard errors; of a metric whose noise is not
        known, the smaller of the last two.
        """
        gains = self.gains(metric)
        known = np.flatnonzero(~np.isnan(gains))[-2:]
        if not len(known):
            return math.nan
        error = standard_error([self.epochs[known[-1]]], metric)[0]
        if math.isnan(error):
            return float(gains[known].min()) if len(known) == 2 else math.nan
        return float(gains[known[-1]] - 3 * error / self.distance(metric))

    @property
    def now(self) -> float:
        """The gain of the newest epoch alone, on training data or validation.

        NaN where it is not known.
        """
        name = self.metric.removeprefix("val_") or "loss"
        newest = [_newest(self.gains(m)) for m in (name, f"val_{name}")]
        known = [gain for gain in newest if not math.isnan(gain)]
        return max(known, default=math.nan)

    @property
    def is_over(self) -> bool:
        """Whether the planned epochs were made; not known of a loop by hand."""
        plan = self.setup.plan
        if not (plan.epochs and plan.updates and self.epochs):
            return False
        done = self.epochs[-1].epoch + 1 >= plan.epochs
        return done and self.steps >= plan.updates

    @property
    def is_under_way(self) -> bool:
        """Whether planned epochs are still to come."""
        return bool(self.setup.plan.epochs) and not self.is_over

    @property
    def validation_gain(self) -> float:
        """The gain on validation data alone, NaN without any."""
        name = self.metric.removeprefix("val_") or "loss"
        return _last_median(self.gains(f"val_{name}"))

    @property
    def learned(self) -> bool:
        """Whether the model is known to have learned, now or before.

        Of soft labels a part of the loss always stays, and nobody knows how
        much: there, what is no guessing has learned.
        """
        limit = GUESSING if self.has_soft_labels else LEARNED
        return self.gain >= limit and not self._is_by_luck()

    def _is_by_luck(self) -> bool:
        """Whether an accuracy is that of the first weights, and no knowledge.

        Neither has the loss changed, nor is it worth such an accuracy: it is
        nearer to that of guessing. A model that was trained before is surer.
        """
        name, classes = self.metric, self.setup.classes
        if "acc" not in name or classes < 2 or not self.losses.fall < STILL:
            return False
        guess = self.chance("loss") / loss_weight(self.setup)
        weighted = self.setup.plan.class_weight
        if weighted or not (self.chance_is_known("loss") and guess > 0):
            return False
        right = self.epochs[-1].logs.get(name, math.nan)
        worth = 1 - calibrated_loss(right, classes) / guess
        return -GUESSING < self._gain_of_losses() < worth / 2

    @property
    def solved(self) -> bool:
        """Whether the model is known to solve its task."""
        return self.gain >= SOLVED

    @property
    def breaks_out(self) -> bool:
        """Whether the last steps are far better than their epoch on average.

        An epoch's mean still holds what it began with.
        """
        if not self.chance_is_known("loss"):
            return False
        recent, epoch = self._gain_of_losses(), _newest(self.gains("loss"))
        return recent >= LEARNED / 2 and epoch < recent / 2

    def _gain_of_losses(self) -> float:
        return self.losses.gain(self.chance("loss"))


def _newest(gains: Array) -> float:
    known = gains[~np.isnan(gains)]
    return float(known[-1]) if len(known) else math.nan


def _last_median(values: Array) -> float:
    last = [float(x) for x in values[-3:] if not math.isnan(x)]
    return median(last) if last else math.nan
