"""Edits that are callbacks of the training."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from kgrad.records import Edit

STOPPED_BY = "val_loss"
"""What early stopping looks at."""


def is_callback(edit: Edit) -> bool:
    """Whether an edit is no change to the model."""
    return edit.kind == "early_stopping"


def callbacks_of(edits: Sequence[Edit]) -> list[keras.callbacks.Callback]:
    """The Keras callbacks that do what some edits say."""
    return [
        keras.callbacks.EarlyStopping(
            monitor=STOPPED_BY, restore_best_weights=True, **edit.arguments
        )
        for edit in edits
        if is_callback(edit)
    ]
