"""One case, trained with the monitor and the rules of other tools."""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kgrad.records import Setup
from zoo import schema
from zoo.clinic.baselines.observation import Observation
from zoo.clinic.baselines.setting import Setting
from zoo.clinic.case import Case

FILE = "examination.json"


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What became of a case, next to the history in the same folder.

    Args:
        case: Name of the case.
        seed: What was added to the case's own seed.
        metrics: Metrics of the last epoch; None if not finite.
        steps: Optimizer steps taken.
        seconds: Training time, including compilation.
        setting: What is trained, and on what, for the rules of other tools.
        observations: What they look at while it is trained.
        blind: What their observer could not see, and why.
    """

    case: str
    seed: int
    metrics: Mapping[str, float | None]
    steps: int
    seconds: float
    setting: Setting
    observations: tuple[Observation, ...]
    blind: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Writes it into a run folder, as a whole or not at all.

        Rules tell NaN, which is not known, from infinity: in this file both
        are as Python writes them, for which JSON has no word.
        """
        schema.write(folder / FILE, json.dumps(asdict(self), indent=1) + "\n")

    def baselines(self) -> dict[str, dict[str, int]]:
        """What other tools find: by tool, the first step of each sign."""
        from zoo.clinic.baselines import BASELINES

        return {
            tool.name: tool.signs(self.observations, self.setting)
            for tool in BASELINES
        }

    @classmethod
    def read(cls, folder: Path) -> Examination:
        """Reads it from a run folder.

        Raises:
            FileNotFoundError: If the case was not examined to the end.
            ValueError: If this version cannot read it.
        """
        return schema.read(cls, (folder / FILE).read_text(encoding="utf-8"))


def seed_of(folder: Path) -> int | None:
    """The seed of a finished examination; None if there is none to read."""
    try:
        return Examination.read(folder).seed
    except (FileNotFoundError, ValueError):
        return None


def examine(case: Case, folder: Path, seed: int = 0) -> Examination:
    """Trains a case, watched by kgrad and by the observer of other tools.

    It sets the random seeds of Python, NumPy and TensorFlow, and replaces
    what the folder holds.

    Args:
        case: What to train.
        folder: Its run folder.
        seed: Added to the case's own, to repeat the same case.
    """
    import keras

    import kgrad
    from zoo.clinic.baselines.observer import Observer

    shutil.rmtree(folder, ignore_errors=True)
    keras.utils.clear_session()
    keras.utils.set_random_seed((case.seed + seed) % 2**32)
    model, samples = case.build(), case.data()
    monitor = kgrad.GradientMonitor(
        folder,
        reporters=[],
        chance=case.chance,
        lag=case.lag or None,
        hparams={"family": case.family, "variant": case.variant},
    )
    first = slice(case.batch_size)
    observer = Observer(
        samples.x[first],
        keras.tree.map_structure(lambda y: y[first], samples.y),
    )
    began = time.perf_counter()
    logs = fit(case, model, [monitor, observer])
    examination = Examination(
        case=case.name,
        seed=seed,
        metrics=logs,
        steps=int(model.optimizer.iterations.numpy()),
        seconds=time.perf_counter() - began,
        setting=Setting.of(
            monitor.history.setup,
            samples.x,
            _first_of(samples.y, monitor.history.setup),
            own_activation=_last_activation(model),
            first_loss=float(monitor.history.loss[0]),
        ),
        observations=tuple(observer.observations),
        blind=tuple(observer.notes),
    )
    examination.write(folder)
    return examination


def _first_of(y: Any, setup: Setup) -> Any:
    """The targets of the first output, which the rules of others look at."""
    return y[setup.outputs[0].name] if isinstance(y, Mapping) else y


def _last_activation(model: Any) -> str:
    activation = getattr(model.layers[-1], "activation", None)
    return getattr(activation, "__name__", "")


def fit(
    case: Case, model: Any, callbacks: list[Any]
) -> dict[str, float | None]:
    """Trains a model on the samples of a case.

    Args:
        case: What it is trained on, and for how long.
        model: A new, compiled `keras.Model`.
        callbacks: Keras callbacks.

    Returns:
        The metrics of the last epoch.
    """
    samples = case.data()
    arguments: dict[str, Any] = {
        "batch_size": case.batch_size,
        "epochs": case.epochs,
        "shuffle": case.shuffle,
        "validation_data": (samples.x_validation, samples.y_validation),
        "validation_batch_size": 500,
        "callbacks": callbacks,
        "verbose": 0,
        **case.fit_with,
    }
    logs = model.fit(samples.x, samples.y, **arguments).history
    return {
        name: values[-1] if math.isfinite(values[-1]) else None
        for name, values in logs.items()
    }
