"""Changes to the optimizer."""

from __future__ import annotations

import math

from kgrad.records import CLIPPING, Remedy, Setup
from kgrad.records.edits import DecayLearningRate
from kgrad.remedies.code import (
    changed_optimizer,
    optimizer_code,
    rate_of,
    short,
)

USUAL_RATIO = 1e-3
"""The ratio of updates to weights in training that goes well."""

_SMALLEST_RATIO = 1e-9
"""Below it, no learning rate can make up for it."""

_SMALLEST_FACTOR = 1e-3
"""A run that has diverged does not tell which rate it needs."""

_PLAIN = ("Adadelta", "Adagrad", "Ftrl", "SGD")
_OWN_RATE = {"SGD": 1e-2}
"""Learning rates that Keras' optimizers have by default, where not 0.001."""

_USED_PLAIN = 1e-5, 1.0
_USED_ADAPTIVE = 1e-6, 1e-2
"""Learning rates that published trainings begin with, from least to most."""

DIVIDING = frozenset(
    {
        "Adafactor",
        "Adagrad",
        "Adam",
        "AdamW",
        "Adamax",
        "Lion",
        "Nadam",
        "RMSprop",
    }
)
"""Optimizers that divide by the gradient's size: their steps are about as long
as the rate, whatever the slope, and clipped or not."""

_LONG = 0.5
"""Length of steps of which kernels of norm 1 to 5 survive only a few."""


def clip_gradients(setup: Setup, norm: float = 1.0) -> Remedy:
    """Clips the norm of all gradients together, and in no other way."""
    drop = dict.fromkeys(CLIPPING, None)
    code, edits = changed_optimizer(setup, **{**drop, "global_clipnorm": norm})
    return Remedy(
        "clip_gradients",
        "gradient clipping",
        code=code,
        cures=(
            f"no step uses a gradient with a norm above {norm:g}, so one large "
            "gradient cannot ruin the weights"
        ),
        does_not_cure=(
            "vanishing gradients; NaN that comes from the data or the loss"
        ),
        edits=edits,
    )


def learning_rate(setup: Setup, factor: float) -> Remedy:
    """A learning rate that is larger or smaller by a factor.

    By less, where it would leave the rates that are used; by a third of ten,
    where the rate is beyond them already.
    """
    smaller = factor < 1
    code, edits = changed_optimizer(
        setup, learning_rate=_used_rate(setup, factor)
    )
    return Remedy(
        "smaller_learning_rate" if smaller else "larger_learning_rate",
        "smaller learning rate" if smaller else "larger learning rate",
        code=code,
        cures=(
            "every update is smaller, so training no longer overshoots"
            if smaller
            else "every update is larger, so training is faster"
        ),
        does_not_cure=(
            "rare gradients far above the usual level: clip those"
            if smaller
            else "a layer that no gradient reaches"
        ),
        edits=edits,
    )


def _used_rate(setup: Setup, factor: float) -> float:
    least, most = _USED_PLAIN if setup.optimizer in _PLAIN else _USED_ADAPTIVE
    now = rate_of(setup)
    if factor < 1:
        rate = min(max(rate_of(setup, factor), least), most)
        return rate if rate < now else rate_of(setup, 0.3)
    rate = max(min(rate_of(setup, factor), most), least)
    return rate if rate > now else rate_of(setup, 3.0)


def faster(setup: Setup, ratio: float) -> Remedy:
    """A larger learning rate: ||update|| / ||w|| becomes what is usual.

    That is 0.1 % to 1 %: Keras' own rate of the optimizer, if it lies there.

    Args:
        setup: What is trained.
        ratio: ||update|| / ||w|| as it is.
    """
    least = _power_of_ten(USUAL_RATIO / max(ratio, _SMALLEST_RATIO))
    own = _OWN_RATE.get(setup.optimizer, 1e-3) / rate_of(setup)
    return learning_rate(setup, max(min(own, 10 * least), least, 3.0))


def slower(setup: Setup, ratio: float) -> Remedy:
    """A smaller learning rate: ||update|| / ||w|| is as in a good start."""
    factor = _power_of_ten(10 * USUAL_RATIO / max(ratio, USUAL_RATIO))
    return learning_rate(setup, min(max(factor, _SMALLEST_FACTOR), 0.1))


def _power_of_ten(value: float) -> float:
    return float(10.0 ** round(math.log10(value)))


def smaller_steps(setup: Setup) -> tuple[Remedy, ...]:
    """What keeps exploding gradients from ruining the weights.

    Clipping, and then a smaller learning rate. But of optimizers that divide
    by the gradient's size the rate is what counts; and a step of SGD whose
    gradient was clipped to norm 1 is as long as the learning rate: where that
    is about as long as the weights, clipping alone does not help. Then it
    comes last.
    """
    length = _length_of_clipped_step(setup)
    slow = slower(setup, length)
    if setup.clips:
        return (slow,)
    clip = clip_gradients(setup)
    by_rate = length > _LONG or setup.optimizer in DIVIDING
    return (slow, clip) if by_rate else (clip, slow)


def _length_of_clipped_step(setup: Setup) -> float:
    """Of SGD with its momentum; 0 of others."""
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
        cures="late steps are small, so the metric settles",
        does_not_cure="a learning rate that is too large from the start",
        edits=(DecayLearningRate(rate, steps),),
    )


def larger_batch(setup: Setup, factor: int = 4) -> Remedy:
    """More samples for each update: gradients of several steps, averaged.

    It does what a larger `batch_size` does, but needs no more memory.
    """
    now = int(setup.optimizer_arguments.get("gradient_accumulation_steps", 1))
    code, edits = changed_optimizer(
        setup, gradient_accumulation_steps=factor * now
    )
    return Remedy(
        "larger_batch",
        "larger batch",
        code=code,
        cures=(
            f"an update averages {factor} times as many samples, so the noise "
            f"of the gradient falls by a factor of {math.sqrt(factor):.3g}"
        ),
        does_not_cure="a learning rate that is too large",
        edits=edits,
    )


def weaker_penalty(setup: Setup, factor: float) -> Remedy:
    """Regularizers whose weights cost a hundredth of what there is to gain.

    Args:
        setup: What is trained.
        factor: At which weights would cost all of it.
    """
    scale = 10.0 ** math.floor(math.log10(0.01 * factor))
    lines = [
        f"{'recurrent' if role == 'recurrent_kernel' else role}_regularizer="
        f"keras.regularizers.L1L2({short(l1 * scale)}, {short(l2 * scale)})"
        f"  # for {layer.name}"
        for layer in setup.layers
        for role, l1, l2 in layer.penalties
    ]
    return Remedy(
        "weaker_penalty",
        "weaker regularizers",
        code="\n".join(lines),
        cures="the loss is about the answers again, not about small weights",
        does_not_cure="a model that memorizes: there, look for the factor",
    )


def weight_decay(setup: Setup) -> Remedy:
    """Weights shrink unless they are needed."""
    code, edits = changed_optimizer(setup, weight_decay=0.01)
    return Remedy(
        "weight_decay",
        "weight decay",
        code=code,
        cures="large weights, which memorizing takes, are penalized",
        does_not_cure="too little data to learn more from",
        edits=edits,
    )
