"""What is trained: a cell, a precision, with XLA or without, and how large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers


@dataclass(frozen=True)
class Size:
    """How large models are, and how long they are timed.

    Args:
        units: Of the recurrent layer.
        length: Time steps.
        batch: Samples of a step.
        block: Steps that are timed together.
        blocks: How many such blocks.
        turn: Steps that one of them makes before it is another's turn. After
            it all devices are waited for: the longer, the less that weighs.
        seconds: After so many no further block begins.
        samples: Samples that are timed.
    """

    units: int
    length: int
    batch: int
    block: int
    blocks: int
    turn: int
    seconds: float
    samples: int

    @property
    def title(self) -> str:
        return f"{self.units} units, T={self.length}, batches of {self.batch}"


ON_GPU = Size(128, 100, 64, 64, 10, 16, 6.0, 24)
ON_CPU = Size(32, 24, 16, 64, 4, 1, 10.0, 12)
TINY = Size(4, 5, 4, 52, 2, 1, 10.0, 3)

FEATURES = 16

LOSS_SCALE = 1024.0
"""In mixed precision, where the usual 2**15 may overflow in the first step."""


@dataclass(frozen=True)
class Mode:
    """A way to train one recurrent layer.

    Args:
        cell: `"LSTM"`, `"GRU"` or `"SimpleRNN"`.
        mixed: Whether it computes in float16, with loss scaling.
        xla: Whether XLA compiles the step. That excludes cuDNN.
    """

    cell: str
    mixed: bool = False
    xla: bool = False

    @property
    def title(self) -> str:
        return f"{self.cell}{' mixed' * self.mixed}{' XLA' * self.xla}"

    def model(self, size: Size) -> keras.Model:
        """A new model, the same each time: the layer and a readout."""
        keras.utils.set_random_seed(1)
        arguments: dict[str, Any] = {}
        if self.mixed:
            arguments["dtype"] = "mixed_float16"
        if self.xla and self.cell != "SimpleRNN":
            arguments["use_cudnn"] = False
        model = keras.Sequential(
            [
                layers.Input((size.length, FEATURES)),
                getattr(layers, self.cell)(size.units, **arguments),
                layers.Dense(1, dtype="float32"),
            ]
        )
        optimizer: Any = keras.optimizers.Adam(1e-3)
        if self.mixed:
            optimizer = keras.optimizers.LossScaleOptimizer(
                optimizer, initial_scale=LOSS_SCALE
            )
        model.compile(optimizer, "mse", jit_compile=self.xla)
        return model


MODES = tuple(
    Mode(cell, mixed, xla)
    for mixed, xla in ((False, False), (True, False), (False, True))
    for cell in ("LSTM", "GRU", "SimpleRNN")
)


def is_fused(model: keras.Model) -> bool:
    """Whether Keras calls cuDNN's kernel for the whole scan.

    Where it may, it says that the layer does not support XLA.
    """
    return not model.layers[0].supports_jit


def batches(size: Size, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Random inputs and targets of so many batches."""
    rng = np.random.default_rng(0)
    shape = (count * size.batch, size.length, FEATURES)
    x = rng.standard_normal(shape).astype(np.float32)
    y = rng.standard_normal((len(x), 1)).astype(np.float32)
    return x, y


def wait_for_devices() -> None:
    """A GPU may be at work still when a step has returned."""
    if tf.config.list_logical_devices("GPU"):
        tf.test.experimental.sync_devices()
