"""Actions that never act: training is what it is without a monitor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import kgrad
from kgrad.actions import AutoClip, Restore, Skip, Stop
from tests.step.modes import MODES, Mode, parameter

EACH_PUSH = {
    "Sequential",
    "own train_step",
    "two fits",
    "train_on_batch",
    "steps_per_execution",
    "clipnorm",
    "global_clipnorm",
    "accumulation, clipnorm",
    "mixed_float16, overflow, clipnorm",
    "batch normalization",
    "embedding, clipnorm",
    "tape loop, tf.function",
}

PARAMETERS = [
    parameter(mode, full=mode.name not in EACH_PUSH) for mode in MODES
]


@pytest.mark.parametrize("mode", PARAMETERS)
def test_weights_are_bit_identical(mode: Mode, tmp_path: Path) -> None:
    monitor = kgrad.GradientMonitor(
        tmp_path,
        reporters=[],
        actions=[Stop(), Skip(warmup=1), Restore(every=2)],
        window=2,
    )
    watched = mode.run([monitor])
    for a, b in zip(mode.plain, watched, strict=True):
        np.testing.assert_array_equal(a, b)
    assert monitor.history.actions == ()


@pytest.mark.parametrize(
    "mode",
    [parameter(m) for m in MODES if m.name in ("clipnorm", "Sequential")],
)
def test_clipping_that_never_clips_as_well(mode: Mode, tmp_path: Path) -> None:
    monitor = kgrad.GradientMonitor(
        tmp_path, reporters=[], actions=[AutoClip(percentile=99, memory=1)]
    )
    watched = mode.run([monitor])
    for a, b in zip(mode.plain, watched, strict=True):
        np.testing.assert_array_equal(a, b)
