"""A model that memorizes its training data."""

from __future__ import annotations

import math

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Array, Finding, Remedy
from kgrad.records.numbers import number
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.metric import LEARNED


class Overfitting(EpochSign):
    """The loss on validation data rises while that on training data falls.

    Every model is better on what it was trained on, and a model that is ever
    more sure of itself has a rising loss at the same accuracy. So the metric
    must be worse on validation data, too, by a good part of the way from
    chance to perfect and by more than its sampling noise. It is a note where
    the model has learned for validation data all the same, and its metric
    there has kept what it once was: then only the loss is worse for it. But
    not where there are fewer samples to learn from than to validate with, as
    nobody plans it.

    Args:
        rise: Validation loss against its lowest.
        gap: Distance of the two metrics, as part of the way from chance to
            perfect.
        lost: What the metric may lose on validation data, in the same unit,
            without being worse.
        noise: Both in standard errors of the validation metric.
        epochs: Epochs before the sign can be seen.

    References:
        Prechelt 1998, Early Stopping - But When?, doi:10.1007/3-540-49430-8_3
        (the generalization loss: validation loss against its lowest).
    """

    name = "overfitting"
    description = "a validation loss that rises while the training loss falls"
    rank = 90
    follows = ("labels",)

    def __init__(
        self,
        *,
        rise: float = 1.2,
        gap: float = 0.15,
        lost: float = 0.1,
        noise: float = 3.0,
        epochs: int = 5,
    ) -> None:
        require_positive(
            rise=rise, gap=gap, lost=lost, noise=noise, epochs=epochs
        )
        self.rise, self.gap, self.lost = rise, gap, lost
        self.noise, self.epochs = noise, epochs

    def examine(self) -> tuple[Finding, ...]:
        """One, of the model, from the epoch on that was the best."""
        progress = self.state.progress
        epochs = progress.epochs
        losses, training = progress.series("val_loss"), progress.series("loss")
        if len(epochs) < self.epochs or np.isnan(losses).all():
            return ()
        best = int(np.nanargmin(losses))
        now, then = _last(losses), float(losses[best])
        falls = _last(training) < training[best]
        if not (falls and now > self.rise * then > 0 and self._is_apart()):
            return ()
        return (
            self.finding(
                GLOBAL,
                (epochs[best].step + 1, epochs[-1].step),
                now / then,
                self.rise,
                f"`val_loss` has risen from its minimum of {number(then)} "
                f"after epoch {best + 1} to {number(now)}, while `loss` fell "
                f"from {number(training[best])} to {number(_last(training))}",
                self._remedies(),
                details=(
                    "The model memorizes its training data."
                    if self._is_worse()
                    else "The model is ever more sure of itself, and on "
                    "validation data as good as before."
                ),
                severity="problem" if self._is_worse() else "note",
            ),
        )

    def _is_apart(self) -> bool:
        """Whether training data were learned, and others less, beyond noise."""
        progress = self.state.progress
        name = progress.metric.removeprefix("val_")
        seen, unseen = (
            _last(progress.gains(metric)) for metric in (name, f"val_{name}")
        )
        apart = max(self.gap, self._sampling_noise())
        return seen >= LEARNED and seen - unseen > apart

    def _is_worse(self) -> bool:
        """Whether validation data were not learned, or have been better."""
        progress = self.state.progress
        gains = progress.gains(f"val_{progress.metric.removeprefix('val_')}")
        gains = gains[~np.isnan(gains)]
        if len(gains) < 3:
            return True
        in_a_row = np.lib.stride_tricks.sliding_window_view(gains, 3)
        best = float(np.median(in_a_row, axis=1).max())
        lost = best - _last(gains)
        much = max(self.lost, self._sampling_noise())
        is_kept = _last(gains) >= LEARNED and lost <= much
        return not is_kept or self._has_few()

    def _has_few(self) -> bool:
        """Whether most of the data are held out."""
        progress = self.state.progress
        counts = progress.epochs[-1].samples
        held_out = max(
            (n for name, n in counts.items() if name.startswith("val_")),
            default=0,
        )
        return 0 < progress.setup.plan.samples < held_out

    def _sampling_noise(self) -> float:
        """What the validation metric may be off by, as a gain."""
        progress = self.state.progress
        name = progress.metric.removeprefix("val_")
        error = _last(progress.standard_error(f"val_{name}"))
        error /= progress.distance(name)
        return 0.0 if math.isnan(error) else self.noise * error

    def _remedies(self) -> tuple[Remedy, ...]:
        setup = self.state.progress.setup
        # Behind the last layer it would change the answer.
        hidden = setup.layers[:-1]
        return (
            remedies.early_stopping(),
            *(remedies.dropout(layer) for layer in hidden[-1:]),
            remedies.weight_decay(setup),
        )


def _last(values: Array) -> float:
    """Median of the last three epochs that have a value."""
    known = values[~np.isnan(values)][-3:]
    return float(np.median(known)) if len(known) else math.nan
