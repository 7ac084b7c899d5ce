"""Changes to the optimizer."""

from __future__ import annotations

import math

from kgrad.records import CLIPPING, Edit, Remedy, Setup
from kgrad.remedies.code import changed, optimizer_code, rate_of, short

USUAL_RATIO = 1e-3
"""The ratio of updates to weights in training that goes well."""

_SMALLEST_RATIO = 1e-9
"""Below it is not the learning rate's to make up for it."""

_SMALLEST_FACTOR = 1e-6
"""What has diverged says nothing of the rate that it needs."""

_LONG = 0.5
"""Length of a step that kernels of norm 1 to 5 do not survive many of."""


def clip_gradients(setup: Setup, norm: float = 1.0) -> Remedy:
    """Clips the norm of all gradients together, and no other way."""
    drop = dict.fromkeys(CLIPPING, None)
    code, edits = changed(setup, **{**drop, "global_clipnorm": norm})
    return Remedy(
        "clip_gradients",
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
        "smaller_learning_rate" if smaller else "larger_learning_rate",
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


def faster(setup: Setup, ratio: float) -> Remedy:
    """A larger rate, at which updates become as large as usual.

    Args:
        setup: What is trained.
        ratio: ||update|| / ||w|| as it is.
    """
    factor = _power_of_ten(USUAL_RATIO / max(ratio, _SMALLEST_RATIO))
    return learning_rate(setup, max(factor, 10.0))


def slower(setup: Setup, ratio: float) -> Remedy:
    """A smaller rate, at which updates are as large as in a good start.

    Args:
        setup: What is trained.
        ratio: ||update|| / ||w|| as it is.
    """
    factor = _power_of_ten(10 * USUAL_RATIO / max(ratio, USUAL_RATIO))
    return learning_rate(setup, min(max(factor, _SMALLEST_FACTOR), 0.1))


def _power_of_ten(value: float) -> float:
    return float(10.0 ** round(math.log10(value)))


def tame(setup: Setup) -> tuple[Remedy, ...]:
    """What keeps gradients that explode from throwing weights away.

    Clipping, and then a smaller rate. But a step of SGD whose gradient was
    clipped to norm 1 is as long as the rate: where that is about as long as
    weights are, clipping alone does not help, and comes last.
    """
    length = _length_of_clipped_step(setup)
    slow = slower(setup, length)
    if setup.clips:
        return (slow,)
    clip = clip_gradients(setup)
    return (slow, clip) if length > _LONG else (clip, slow)


def _length_of_clipped_step(setup: Setup) -> float:
    """With its momentum; 0 of others, which divide by the gradient's size."""
    if setup.optimizer != "SGD":
        return 0.0
    momentum = float(setup.optimizer_arguments.get("momentum", 0.0))
    return rate_of(setup) / max(1 - momentum, 1e-3)


def decay_learning_rate(setup: Setup, steps: int) -> Remedy:
    """A learning rate that falls to zero along a cosine."""
    rate = rate_of(setup)
    others = optimizer_code(setup, learning_rate=None)
    head, _, tail = others.partition("(")
    tail = f", {tail}" if tail != ")" else tail
    schedule = f"keras.optimizers.schedules.CosineDecay({short(rate)}, {steps})"
    return Remedy(
        "decay_learning_rate",
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
        "larger_batch",
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
        "weight_decay",
        "weight decay",
        code=code,
        cures="large weights, which learning by heart takes, cost something",
        does_not_cure="data that are too few to learn more from",
        edits=edits,
    )
