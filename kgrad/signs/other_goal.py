"""A loss that asks for something else than the metric."""

from __future__ import annotations

import numpy as np

from kgrad.records import GLOBAL, Array, Finding
from kgrad.records.numbers import number
from kgrad.remedies import outputs
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.data_checks import OutputAndLoss
from kgrad.signs.guessing import is_squared
from kgrad.signs.metric import SOLVED
from kgrad.signs.series import series


class OtherGoal(EpochSign):
    """The loss falls, and the squared error grows, both of training data.

    The updates do what the loss asks for, so that neither rate nor model is to
    blame: it is asked for something else, as for the direction of a vector and
    not its length. On validation data this would be overfitting; on training
    data no model that gets nearer to its targets shows it. Where regularizers
    or weights of samples are in the loss, it may fall by them.

    Args:
        rise: Squared error in the end against its lowest.
        epochs: Epochs before the sign can be seen.
    """

    name = OutputAndLoss.name
    rule = "other_goal"
    description = "a loss that falls while the error on the same data grows"
    rank = OutputAndLoss.rank
    shown_by = ("metric",)

    def __init__(self, *, rise: float = 1.2, epochs: int = 6) -> None:
        require_positive(rise=rise, epochs=epochs)
        self.rise, self.epochs = rise, epochs

    def examine(self) -> tuple[Finding, ...]:
        """One, of the model, while both go their ways."""
        progress = self.state.progress
        setup, epochs = progress.setup, progress.epochs
        if (
            len(epochs) < self.epochs
            or len(setup.outputs) != 1
            or setup.adds_losses
            or progress.is_weighted
            or is_squared("loss", setup)
            or progress.now >= SOLVED
        ):
            return ()
        losses = series(epochs, "loss")
        for name in epochs[-1].logs:
            if name.startswith("val_") or not is_squared(name, setup):
                continue
            errors = series(epochs, name)
            grows = _rises(errors) and errors[-1] > self.rise * errors.min()
            if name == "loss" or not (grows and _rises(-losses)):
                continue
            return (
                self.finding(
                    GLOBAL,
                    (progress.first_step, progress.last_step),
                    float(errors[-1] / np.nanmin(errors)),
                    self.rise,
                    f"`loss` fell from {number(losses[0])} to "
                    f"{number(losses[-1])}, while `{name}` of the same data "
                    f"rose from {number(errors.min())} to {number(errors[-1])}",
                    (
                        outputs.other_loss(
                            setup,
                            "mean_squared_error",
                            "what is learned is what it is judged by",
                        ),
                    ),
                    details="What `loss` asks for is learned, and is not what "
                    "the metric says.",
                ),
            )
        return ()


def _rises(values: Array) -> bool:
    """Whether all of the second half are above all of the first.

    Of six values without a trend, one series in twenty is; of both loss and
    error, one in 400.
    """
    early, late = np.array_split(values, 2)
    return bool(np.isfinite(values).all() and late.min() > early.max())
