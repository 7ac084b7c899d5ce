"""Changes to the data, and to how long they are trained on."""

from __future__ import annotations

from kgrad.records import Remedy, Setup
from kgrad.records.edits import ScaleInputs, StopEarly


def scale_inputs() -> Remedy:
    """Inputs of mean 0 and spread 1.

    A layer right after the input estimates the mean and the spread of each
    feature during training, so that the data itself is not needed.
    """
    return Remedy(
        "scale_inputs",
        "scaled inputs",
        code=(
            "keras.layers.BatchNormalization("
            "momentum=0.9, center=False, scale=False)  # after the input"
        ),
        cures="the first layer gets gradients as large as the other layers",
        does_not_cure="a learning rate that is too large",
        edits=(ScaleInputs(),),
    )


def check_data() -> Remedy:
    """A look at the data before anything else; by hand only."""
    return Remedy(
        "check_data",
        "clean data",
        code="assert np.isfinite(x).all() and np.isfinite(y).all()",
        cures="without NaN and infinity in the data, the loss stays finite",
        does_not_cure="NaN that training itself produces",
    )


def early_stopping() -> Remedy:
    """Training that ends where the validation loss was lowest."""
    return Remedy(
        "early_stopping",
        "early stopping",
        code=(
            "callbacks=[keras.callbacks.EarlyStopping(patience=5, "
            "restore_best_weights=True)]"
        ),
        cures="the weights of the best epoch are kept",
        does_not_cure="too little data to learn more from",
        edits=(StopEarly(patience=5),),
    )


def stable_loss() -> Remedy:
    """A custom loss that stays finite; by hand only."""
    return Remedy(
        "stable_loss",
        "stable loss",
        code=(
            "y_pred = keras.ops.clip(y_pred, keras.config.epsilon(), 1.0)"
            "  # in your loss, before log, sqrt or a division"
        ),
        cures="log, and the slopes of sqrt and 1/x, stay finite near 0",
        does_not_cure="NaN that comes from the data",
    )


def check_labels() -> Remedy:
    """A few samples, which every sound model memorizes; by hand only."""
    return Remedy(
        "check_labels",
        "clean labels",
        code="model.fit(x[:20], y[:20], epochs=200)  # loss must fall to 0",
        cures=(
            "a model that cannot memorize 20 samples is too small or broken; "
            "if it can, the labels do not follow from the inputs"
        ),
        does_not_cure="a task that needs more training",
    )


KERAS_LOSSES = frozenset(
    {
        "binarycrossentropy",
        "binaryfocalcrossentropy",
        "categoricalcrossentropy",
        "categoricalfocalcrossentropy",
        "categoricalgeneralizedcrossentropy",
        "categoricalhinge",
        "circle",
        "cosinesimilarity",
        "ctc",
        "dice",
        "hinge",
        "huber",
        "kldivergence",
        "logcosh",
        "mae",
        "mape",
        "meanabsoluteerror",
        "meanabsolutepercentageerror",
        "meansquarederror",
        "meansquaredlogarithmicerror",
        "mse",
        "msle",
        "poisson",
        "sparsecategoricalcrossentropy",
        "squaredhinge",
        "tversky",
    }
)
"""Losses whose slopes Keras keeps finite, in lower case without `_`."""


def has_custom_loss(setup: Setup) -> bool:
    """Whether a compiled loss, of several outputs any, is not one of Keras'."""
    parts = [part.rpartition(": ")[2] for part in setup.loss.split(", ")]
    names = {part.lower().replace("_", "") for part in parts}
    return not names <= KERAS_LOSSES | {""}
