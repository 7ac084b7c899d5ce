"""Changes to the data, and to how long they are trained on."""

from __future__ import annotations

from kgrad.records import Edit, Remedy, Setup


def scale_inputs() -> Remedy:
    """Inputs of mean 0 and spread 1.

    A layer right behind the input estimates, in training, what the mean and
    the spread of each feature are: nobody needs the data for it.
    """
    return Remedy(
        "scale_inputs",
        "scaled inputs",
        code=(
            "keras.layers.BatchNormalization("
            "momentum=0.9, center=False, scale=False)  # behind the input"
        ),
        cures="gradients of the first layer become as large as the others'",
        does_not_cure="a learning rate that is too large",
        edits=(Edit("scaled_inputs"),),
    )


def check_data() -> Remedy:
    """A look at the data, before anything else; by hand only."""
    return Remedy(
        "check_data",
        "clean data",
        code="assert np.isfinite(x).all() and np.isfinite(y).all()",
        cures="NaN and infinity in the data turn the loss to NaN",
        does_not_cure="NaN that training itself produces",
    )


def early_stopping() -> Remedy:
    """Training ends where the validation loss was lowest."""
    return Remedy(
        "early_stopping",
        "early stopping",
        code=(
            "callbacks=[keras.callbacks.EarlyStopping(patience=5, "
            "restore_best_weights=True)]"
        ),
        cures="the weights of the best epoch are kept",
        does_not_cure="data that are too few to learn more from",
        edits=(Edit("early_stopping", arguments={"patience": 5}),),
    )


def stable_loss() -> Remedy:
    """Keras' own loss in place of one by hand; by hand only."""
    return Remedy(
        "stable_loss",
        "stable loss",
        code=(
            "p = keras.ops.clip(p, keras.config.epsilon(), 1.0)"
            "  # in your loss, before log, sqrt or a division"
        ),
        cures="log(0) is infinite, and so are the slopes of sqrt and 1/x at 0",
        does_not_cure="NaN that comes in with the data",
    )


def check_labels() -> Remedy:
    """A few samples, which every sound model learns; by hand only."""
    return Remedy(
        "check_labels",
        "clean labels",
        code="model.fit(x[:20], y[:20], epochs=200)  # accuracy must reach 1",
        cures=(
            "a model that cannot learn 20 samples by heart is too small or "
            "broken; one that can has labels that do not follow from its inputs"
        ),
        does_not_cure="a task that takes more training than it was given",
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
"""Losses whose slopes Keras keeps finite, without case and underscores."""


def loss_by_hand(setup: Setup) -> bool:
    """Whether the compiled loss is none of Keras'."""
    name = setup.loss.lower().replace("_", "")
    return bool(name) and name not in KERAS_LOSSES
