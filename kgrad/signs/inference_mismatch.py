"""Training that is learned, and inference that is not."""

from __future__ import annotations

import numpy as np

from kgrad.records import GLOBAL, Finding
from kgrad.records.numbers import number
from kgrad.remedies import plans
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.first_epoch import foresees_training_only, guessing_elsewhere
from kgrad.signs.series import higher_is_better
from kgrad.signs.training_plan import TrainingPlan


class InferenceMismatch(EpochSign):
    """A model with BatchNormalization that only does well while it trains.

    In training it normalizes with the numbers of the batch, in inference with
    moving ones. Samples that were answered when they were first seen are
    foreseen, not memorized; if validation is not, then inference differs, or
    the data do. Before the moving statistics have settled, it always may.

    Args:
        settled: Share of what they began with that is left of them.
        epochs: Epochs with settled statistics before the sign can be seen.
        noise: Standard errors below the first epoch.
    """

    name = "plan"
    rule = "inference_mismatch"
    description = "training that is learned, and inference that is not"
    rank = TrainingPlan.rank
    follows = TrainingPlan.follows
    shown_by = ("metric",)

    def __init__(
        self, *, settled: float = 0.05, epochs: int = 2, noise: float = 3.0
    ) -> None:
        require_positive(settled=settled, epochs=epochs, noise=noise)
        self.settled, self.epochs, self.noise = settled, epochs, noise

    def examine(self) -> tuple[Finding, ...]:
        """One, of the slowest layer, while validation stays at guessing."""
        progress = self.state.progress
        slowest = max(
            progress.setup.plan.batchnorm_momentum,
            key=lambda pair: pair[1],
            default=None,
        )
        name = progress.metric.removeprefix("val_")
        if (
            slowest is None
            or not higher_is_better(name)
            or not progress.chance_is_known(name)
        ):
            return ()
        layer, momentum = slowest
        values = progress.series(f"val_{name}")
        steps = np.array([epoch.step for epoch in progress.epochs])
        left = momentum ** (steps - progress.first_step + 1.0)
        settled = (left < self.settled) & ~np.isnan(values)
        if settled.sum() < self.epochs or not foresees_training_only(
            progress, name, self.noise
        ):
            return ()
        trained = progress.series(name)
        chance = guessing_elsewhere(progress, name)
        return (
            self.finding(
                layer if layer in self._layers() else GLOBAL,
                (progress.first_step, progress.last_step),
                float(np.nanmax(values)),
                chance,
                f"`val_{name}` never left the level of guessing "
                f"({number(chance)}), with `{name}` at "
                f"{number(trained[-1])} and at {number(trained[0])} in the "
                "first epoch, on samples that were new",
                (plans.evaluate_training(),),
                details=(
                    f"In inference, `{layer}` normalizes with moving "
                    "statistics, which have settled by now. If the training "
                    "data are answered as badly by `evaluate`, these differ "
                    "from those of the batches, as where a batch is all of "
                    "one kind; if not, validation is another kind of data."
                ),
            ),
        )

    def _layers(self) -> set[str]:
        return {layer.name for layer in self.state.progress.setup.layers}
