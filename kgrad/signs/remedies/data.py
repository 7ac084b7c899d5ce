"""Changes to the data, and to how long they are trained on."""

from __future__ import annotations

from kgrad.records import Edit, Remedy


def scale_inputs() -> Remedy:
    """Inputs of mean 0 and spread 1.

    A layer right behind the input estimates, in training, what the mean and
    the spread of each feature are: nobody needs the data for it.
    """
    return Remedy(
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
        "clean data",
        code="assert np.isfinite(x).all() and np.isfinite(y).all()",
        cures="NaN and infinity in the data turn the loss to NaN",
        does_not_cure="NaN that training itself produces",
    )


def early_stopping() -> Remedy:
    """Training ends where the validation loss was lowest."""
    return Remedy(
        "early stopping",
        code=(
            "callbacks=[keras.callbacks.EarlyStopping(patience=5, "
            "restore_best_weights=True)]"
        ),
        cures="the weights of the best epoch are kept",
        does_not_cure="data that are too few to learn more from",
    )
