"""Whether watching changes the weights, and whether profiles are right."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import kgrad
from tests.benchmarks.gpu.modes import LOSS_SCALE, Mode, Size, batches, is_fused
from tests.step.through_time import norms_by_hand

STEPS = 8
LENGTH = 12
"""Time steps at most: the tape runs each of them by hand."""

ROUNDED = 0.1
"""More than that is no rounding."""

RIGHT = {False: 1e-3, True: 5e-2}
"""Relative error of a profile that is only rounded; if mixed, the second."""


@dataclass(frozen=True)
class Agreement:
    """What training without the monitor, and a tape, give besides.

    A difference is the largest of any weight, over the largest change of any
    weight in the plain training.

    Args:
        mode: The title of the mode.
        fused: Whether a plain step runs cuDNN's kernel for the whole scan.
        again: Largest difference of three more plain trainings.
        unsampled: Difference of a watched training without samples.
        sampled: Difference of one in which every other step is a sample.
        profile: Largest relative error of the gradient through time.
        mixed: Whether it is in mixed precision.
        xla: Whether XLA compiles the step.
    """

    mode: str
    fused: bool
    again: float
    unsampled: float
    sampled: float
    profile: float
    mixed: bool
    xla: bool

    @property
    def passed(self) -> bool:
        """The bits are the same, if those of plain trainings are.

        cuDNN's kernel is rounded otherwise than the scan of a sample, and XLA
        compiles that apart: there the difference is for readers to judge.
        """
        noise = 10 * self.again
        limit = ROUNDED if self.fused or self.xla else noise
        return (
            self.unsampled <= noise
            and self.sampled <= max(limit, noise)
            and self.profile <= RIGHT[self.mixed]
        )


def agreement_of(mode: Mode, size: Size) -> Agreement:
    """Trains one model four times, and once by hand."""
    size = replace(size, length=min(size.length, LENGTH))
    with _whole_float32(), tempfile.TemporaryDirectory() as folder:
        model = mode.model(size)
        x, y = batches(size, STEPS)
        model.optimizer.build(model.trainable_variables)
        variables = [*model.variables, *model.optimizer.variables]
        start = [variable.numpy() for variable in variables]

        def train(*callbacks: Any) -> list[np.ndarray]:
            for variable, value in zip(variables, start, strict=True):
                variable.assign(value)
            model.fit(
                x,
                y,
                size.batch,
                shuffle=False,
                verbose=0,
                callbacks=list(callbacks),
            )
            return model.get_weights()

        def monitor(name: str, every: int | None) -> kgrad.GradientMonitor:
            return kgrad.GradientMonitor(
                f"{folder}/{name}", reporters=[], time_every=every
            )

        before = model.get_weights()
        plain = train()
        moved = _largest(before, plain)
        again = max(_largest(plain, train()) for _ in range(3))
        unsampled = _largest(plain, train(monitor("unsampled", None)))
        watching = monitor("sampled", 2)
        sampled = _largest(plain, train(watching))
        model.set_weights(before)
        first, *_ = watching.history.samples
        got = np.stack([profile.norm for profile in first.profiles], axis=1)
        expected = _by_hand(model, x[: size.batch], y[: size.batch])
        return Agreement(
            mode=mode.title,
            fused=is_fused(model),
            again=again / moved,
            unsampled=unsampled / moved,
            sampled=sampled / moved,
            profile=_relative(got, expected),
            mixed=mode.mixed,
            xla=mode.xla,
        )


def _by_hand(model: keras.Model, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """`(time, states)`; scaled meanwhile, for float16 has no small numbers."""
    rnn, readout = model.layers

    def loss(outputs: list[Any]) -> Any:
        return LOSS_SCALE * tf.reduce_mean((readout(outputs[0]) - y) ** 2)

    (norms,) = norms_by_hand([rnn], x, loss)
    return np.asarray(norms) / LOSS_SCALE


def _relative(got: np.ndarray, expected: np.ndarray) -> float:
    """The largest error; nothing comes back to c after the last step."""
    error = np.abs(got - expected)
    np.divide(error, expected, out=error, where=expected > 0)
    return float(error.max())


def _largest(a: list[np.ndarray], b: list[np.ndarray]) -> float:
    return max(
        float(np.max(np.abs(one - other)))
        for one, other in zip(a, b, strict=True)
    )


@contextmanager
def _whole_float32() -> Iterator[None]:
    """Without TensorFloat-32, which keeps 10 bits of 23 on a GPU."""
    config = tf.config.experimental
    before = config.tensor_float_32_execution_enabled()
    config.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        config.enable_tensor_float_32_execution(before)
