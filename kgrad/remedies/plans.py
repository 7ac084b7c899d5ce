"""Changes to how the data are fed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kgrad.records import Plan, Remedy, Setup
from kgrad.records.edits import ChangeFit, ChangeLayer
from kgrad.remedies.code import layer_code
from kgrad.remedies.layers import layer_of

_USUAL_BATCH = 64
"""Samples up to which a batch is left as it is."""


def times_the_updates(plan: Plan, times: float) -> Remedy:
    """So many times the updates: by more epochs, and usual batches.

    Args:
        plan: The training as it is.
        times: How many times, 1 or more.
    """
    batch = plan.batch_size or 32
    batch = batch if batch <= _USUAL_BATCH else 32
    by_batches = max(plan.batch_size / batch, 1)
    epochs = math.ceil(plan.epochs * max(times / by_batches, 1))
    return more_updates(batch, epochs)


def more_updates(batch_size: int, epochs: int) -> Remedy:
    """Smaller batches, or more epochs."""
    return Remedy(
        "more_updates",
        "more updates",
        code=f"model.fit(x, y, batch_size={batch_size}, epochs={epochs})",
        cures="every batch is one update: there are more of them",
        does_not_cure="a learning rate that is far too small",
        edits=(ChangeFit({"batch_size": batch_size, "epochs": epochs}),),
    )


def faster_statistics(
    setup: Setup, names: Sequence[str], momentum: float
) -> Remedy:
    """Moving statistics that settle sooner.

    Args:
        setup: What is trained.
        names: `Layer.name` of the layers.
        momentum: Of each of them.
    """
    layers = [layer for name in names if (layer := layer_of(setup, name))]
    lines = [layer_code(layer, momentum=momentum) for layer in layers]
    return Remedy(
        "faster_statistics",
        "momentum of BatchNormalization",
        code="\n".join(lines)
        or f"keras.layers.BatchNormalization(momentum={momentum:g})",
        cures=(
            "mean and variance that inference uses settle within the training"
        ),
        does_not_cure="batches too small to estimate a mean from",
        edits=tuple(
            ChangeLayer(name, {"momentum": momentum}) for name in names
        ),
    )


def evaluate_training() -> Remedy:
    """The training data, as inference sees them."""
    return Remedy(
        "evaluate_training",
        "training data in inference",
        code="model.evaluate(x, y)  # of `fit`: as good as its metrics say?",
        cures="it tells whether inference or the validation data differ",
        does_not_cure="either of them",
    )


def in_order() -> Remedy:
    """Batches in their order, for a stateful layer."""
    return Remedy(
        "in_order",
        "samples in their order",
        code="model.fit(x, y, shuffle=False)",
        cures="each batch continues where the state was left by the one before",
        does_not_cure="samples that do not follow on one another",
        edits=(ChangeFit({"shuffle": False}),),
    )


def not_zero_weights() -> Remedy:
    """Sample weights above zero."""
    return Remedy(
        "not_zero_weights",
        "sample weights",
        code="assert sample_weight.sum() > 0",
        cures="samples of weight 0 teach nothing",
        does_not_cure="anything else",
    )
