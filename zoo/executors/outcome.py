"""A run in a process of its own: it ends with an event, whatever happens."""

from __future__ import annotations

import os
import traceback
import warnings
from typing import TYPE_CHECKING

from zoo.events import Crashed, Finished
from zoo.recipe import Recipe

if TYPE_CHECKING:
    from zoo.callbacks import Report

ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
"""One thread a run: many small models train fastest side by side."""


def outcome(
    recipe: Recipe, runs: str | os.PathLike[str], report: Report
) -> Finished | Crashed:
    """Trains a recipe in a process that trains nothing else meanwhile.

    Args:
        recipe: What to train.
        runs: The folder of all runs.
        report: Told how far training is.
    """
    try:
        import keras

        from zoo.train import train

        # What earlier runs left behind would slow down the later ones.
        keras.utils.clear_session()
        with warnings.catch_warnings(record=True) as caught:
            result = train(recipe, runs, report)
        messages = dict.fromkeys(str(each.message) for each in caught)
        return Finished(recipe, result, tuple(messages))
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        return Crashed(recipe, reason, traceback.format_exc())
