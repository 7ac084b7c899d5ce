"""One case: trained under the monitor and the rules of other tools."""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zoo.clinic.case import Case
from zoo.files import write_whole

FILE = "examination.json"


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What a case came to, beside the history in the same folder.

    Args:
        case: Its name.
        seed: What was added to its own.
        metrics: Those of the last epoch; what is not a number is None.
        steps: Optimizer steps made.
        seconds: Of training, compiling included.
        rivals: What other tools find in it: by tool, sign to first step.
        blind: What their observer could not see, and why.
    """

    case: str
    seed: int
    metrics: Mapping[str, float | None]
    steps: int
    seconds: float
    rivals: Mapping[str, Mapping[str, int]]
    blind: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Writes it into a run folder, as a whole or not at all."""
        text = json.dumps(asdict(self), indent=1) + "\n"
        write_whole(folder / FILE, text)

    @classmethod
    def read(cls, folder: Path) -> Examination:
        """Reads it from a run folder.

        Raises:
            FileNotFoundError: If the case was not examined to the end.
        """
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return cls(**{**content, "blind": tuple(content["blind"])})


def examine(case: Case, folder: Path, seed: int = 0) -> Examination:
    """Trains a case, watched by kgrad and by what other tools look at.

    It sets the random seeds of Python, NumPy and TensorFlow, and replaces
    what the folder holds.

    Args:
        case: What to train.
        folder: Its run folder.
        seed: Added to the case's own: the same case, once more.
    """
    import keras

    import kgrad
    from zoo.clinic.rivals import RIVALS
    from zoo.clinic.rivals.observer import Observer

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
    observer = Observer(samples.x[first], samples.y[first])
    began = time.perf_counter()
    logs = fit(case, model, [monitor, observer])
    examination = Examination(
        case=case.name,
        seed=seed,
        metrics=logs,
        steps=int(model.optimizer.iterations.numpy()),
        seconds=time.perf_counter() - began,
        rivals={
            rival.name: rival.signs(observer.observations) for rival in RIVALS
        },
        blind=tuple(observer.notes),
    )
    examination.write(folder)
    return examination


def fit(
    case: Case, model: Any, callbacks: list[Any]
) -> dict[str, float | None]:
    """Trains a model on the samples of a case.

    Args:
        case: What it is trained on, and how long.
        model: A compiled `keras.Model`, new.
        callbacks: Keras callbacks.

    Returns:
        The metrics of the last epoch.
    """
    samples = case.data()
    logs = model.fit(
        samples.x,
        samples.y,
        batch_size=case.batch_size,
        epochs=case.epochs,
        shuffle=case.shuffle,
        validation_data=(samples.x_validation, samples.y_validation),
        validation_batch_size=500,
        callbacks=callbacks,
        verbose=0,
    ).history
    return {
        name: values[-1] if math.isfinite(values[-1]) else None
        for name, values in logs.items()
    }
