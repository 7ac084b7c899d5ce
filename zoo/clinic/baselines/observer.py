"""Makes the observations during `model.fit`."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from zoo.clinic.baselines.observation import Kernel, Observation
from zoo.clinic.baselines.probe import Look, Probe

Weights = list[npt.NDArray[Any]]

_NOTHING = Look((), (), math.nan, (), frozenset())


class Observer(keras.callbacks.Callback):
    """Observes a run for the baselines, at the end of every epoch.

    Gradients and activations are those of one batch, always the same, in
    inference mode, as AUTOTRAINER has it. Training is not changed by a bit:
    nothing random is drawn, and what inference might change is restored.
    What cannot be seen of an unusual model is noted, and training continues.

    Args:
        x: The batch: the first of the training data, as for `fit`.
        y: Its targets.

    Attributes:
        observations: What was seen so far.
        notes: What could not be seen, and why, a line each.
    """

    def __init__(self, x: Any, y: Any) -> None:
        super().__init__()
        self._x, self._y = x, y
        self.observations: list[Observation] = []
        self.notes: list[str] = []
        self._probe: Probe | None = None
        self._is_blind = False
        self._was_finite = True
        self._begun = self._steps = 0
        self._before: tuple[int, Weights] | None = None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Steps are counted on from here."""
        self._epoch, self._begun = epoch + 1, self._steps
        self._before = None

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Keeps the weights as they are before the last step of the epoch."""
        steps = self.params.get("steps")
        ahead = getattr(self.model, "steps_per_execution", 1)
        if not steps:
            self._note("updates: how many steps an epoch has is not known")
        elif batch + ahead >= steps:
            self._before = batch, _values(self.model)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Looks whether the loss is still a number."""
        self._steps = self._begun + batch + 1
        loss = float((logs or {}).get("loss", math.nan))
        if self._was_finite and logs and not math.isfinite(loss):
            self._was_finite = False
            self.observations.append(
                Observation(
                    self._steps,
                    self._epoch,
                    self._planned,
                    ends_epoch=False,
                    loss=loss,
                    nonfinite=("loss",),
                )
            )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Observes the epoch."""
        logs = logs or {}
        look = self._look()
        after = _values(self.model)
        nonfinite = set(look.nonfinite)
        # The validation loss has its own rules; it may be missing.
        if not math.isfinite(logs.get("loss", 0.0)):
            nonfinite.add("loss")
        if not all(np.isfinite(values).all() for values in after):
            nonfinite.add("weights")
        self.observations.append(
            Observation(
                self._steps,
                epoch + 1,
                self._planned,
                loss=float(logs.get("loss", math.nan)),
                val_loss=float(logs.get("val_loss", math.nan)),
                accuracy=_accuracy(logs, validation=False),
                val_accuracy=_accuracy(logs, validation=True),
                kernels=self._kernels(look, after),
                zero_gradient_share=look.zero_gradient_share,
                activations=look.activations,
                nonfinite=tuple(sorted(nonfinite)),
                learning_rate=_learning_rate(self.model),
                **look.sizes._asdict(),
            )
        )

    @property
    def _planned(self) -> int:
        return int(self.params.get("epochs") or self._epoch)

    def _look(self) -> Look:
        """At the model as it is now, or at nothing, if that does not work."""
        for activations in (True, False):
            if self._is_blind:
                break
            try:
                if self._probe is None:
                    self._probe = Probe(
                        self.model, self._x, self._y, activations
                    )
                    for layer in self._probe.hidden:
                        self._note(f"activations: none within `{layer}`")
                return self._probe.look()
            except Exception as error:  # The run matters, not what we see.
                self._probe = None
                what = "activations" if activations else "gradients"
                told = " ".join(str(error).split())[:200]
                self._note(f"{what}: {type(error).__name__}: {told}")
        self._is_blind = True
        return _NOTHING

    def _kernels(self, look: Look, after: Weights) -> tuple[Kernel, ...]:
        if self._probe is None:
            return ()
        places = {id(w): i for i, w in enumerate(self.model.weights)}
        found = []
        for weight, norm, mean in zip(
            self._probe.kernels, look.norms, look.means, strict=True
        ):
            here = after[places[id(weight)]].astype(np.float64)
            update = math.nan
            if self._before is not None:
                batch, values = self._before
                before = values[places[id(weight)]].astype(np.float64)
                made = self._steps - self._begun - batch
                update = float(np.abs(here - before).mean()) / made
                here = before
            found.append(
                Kernel(
                    weight.path, norm, mean, float(np.abs(here).mean()), update
                )
            )
        return tuple(found)

    def _note(self, line: str) -> None:
        if line not in self.notes:
            self.notes.append(line)


def _values(model: Any) -> Weights:
    return [np.array(weight.value.numpy()) for weight in model.weights]


def _learning_rate(model: Any) -> float:
    """As it is now, of a schedule, too."""
    rate = model.optimizer.learning_rate
    return float(getattr(rate, "value", rate))


def _accuracy(logs: Any, validation: bool) -> float:
    """The first metric with `acc` in its name; NaN without one."""
    for name, value in logs.items():
        if "acc" in name and name.startswith("val_") == validation:
            return float(value)
    return math.nan
