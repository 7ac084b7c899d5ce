"""An optimizer like another one, with some arguments changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from kgrad.records import Edit


def edits_optimizer(edit: Edit) -> bool:
    """Whether an edit is done to the optimizer, not to the layers."""
    return edit.kind in ("optimizer", "decay")


def edited(optimizer: Any, edits: Sequence[Edit]) -> Any:
    """A new optimizer, without any state, with some edits.

    Args:
        optimizer: A `keras.optimizers.Optimizer`; of loss scaling, what it
            scales is edited.
        edits: What to change; those of layers are passed over.
    """
    config = optimizer.get_config()
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        config["inner_optimizer"] = None
        inner = edited(optimizer.inner_optimizer, edits)
        return type(optimizer)(**{**config, "inner_optimizer": inner})
    schedule = optimizer._learning_rate
    if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        # As it is: one of the user's own could not be read from a config.
        config["learning_rate"] = schedule
    for edit in edits:
        if edit.kind == "optimizer":
            config.update(edit.arguments)
        elif edit.kind == "decay":
            config["learning_rate"] = keras.optimizers.schedules.CosineDecay(
                edit.arguments["learning_rate"], edit.arguments["steps"]
            )
    return type(optimizer).from_config(config)
