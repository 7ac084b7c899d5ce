"""Changes to the optimizer."""

from __future__ import annotations

from kgrad.records import CLIPPING, Edit, Remedy, Setup
from kgrad.signs.remedies.code import changed, optimizer_code, rate_of, short


def clip_gradients(setup: Setup, norm: float = 1.0) -> Remedy:
    """Clips the norm of all gradients together, and no other way."""
    drop = dict.fromkeys(CLIPPING, None)
    code, edits = changed(setup, **{**drop, "global_clipnorm": norm})
    return Remedy(
        "gradient clipping",
        code=code,
        cures=(
            f"no step uses a gradient longer than {norm:g}, so that one "
            "large gradient cannot throw the weights away"
        ),
        does_not_cure=(
            "vanishing gradients; NaN that comes from the data or the loss"
        ),
        edits=edits,
    )


def learning_rate(setup: Setup, factor: float) -> Remedy:
    """A learning rate that is larger or smaller by a factor."""
    code, edits = changed(setup, learning_rate=rate_of(setup, factor))
    smaller = factor < 1
    return Remedy(
        "smaller learning rate" if smaller else "larger learning rate",
        code=code,
        cures=(
            "every update becomes smaller: training no longer overshoots"
            if smaller
            else "every update becomes larger: training moves on faster"
        ),
        does_not_cure=(
            "rare gradients that are far above their own level: clip those"
            if smaller
            else "a layer that no gradient reaches"
        ),
        edits=edits,
    )


def decay_learning_rate(setup: Setup, steps: int) -> Remedy:
    """A learning rate that falls to zero along a cosine."""
    rate = rate_of(setup)
    others = optimizer_code(setup, learning_rate=None)
    head, _, tail = others.partition("(")
    tail = f", {tail}" if tail != ")" else tail
    schedule = f"keras.optimizers.schedules.CosineDecay({short(rate)}, {steps})"
    return Remedy(
        "learning rate decay",
        code=f"optimizer={head}({schedule}{tail}",
        cures="late steps become small: the metric settles",
        does_not_cure="a learning rate that is too large from the start",
        edits=(
            Edit("decay", arguments={"learning_rate": rate, "steps": steps}),
        ),
    )


def larger_batch(setup: Setup, factor: int = 4) -> Remedy:
    """More samples behind each update: gradients of several steps, averaged.

    It is what a larger `batch_size` does, without its need of memory.
    """
    now = int(setup.optimizer_arguments.get("gradient_accumulation_steps", 1))
    code, edits = changed(setup, gradient_accumulation_steps=factor * now)
    return Remedy(
        "larger batch",
        code=code,
        cures=(
            f"an update averages {factor} times as many samples: the noise of "
            f"the gradient falls by the root of {factor}"
        ),
        does_not_cure="a learning rate that is too large",
        edits=edits,
    )


def weight_decay(setup: Setup) -> Remedy:
    """Weights that are not needed shrink."""
    code, edits = changed(setup, weight_decay=0.01)
    return Remedy(
        "weight decay",
        code=code,
        cures="large weights, which learning by heart takes, cost something",
        does_not_cure="data that are too few to learn more from",
        edits=edits,
    )
