"""Actions that never act: training is what it is without a monitor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import kgrad
from kgrad.actions import AutoClip, Restore, Skip, Stop
from tests.step.modes import MODES, Mode, parameters

EACH_PUSH = {
    "Sequential",
    "own train_step",
    "steps_per_execution",
    "clipnorm",
    "accumulation, clipnorm",
    "mixed_float16, overflow, clipnorm",
    "embedding, clipnorm",
}


@pytest.mark.parametrize("mode", parameters(EACH_PUSH))
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


@pytest.mark.xdist_group("clipnorm")
def test_clipping_that_never_clips_as_well(tmp_path: Path) -> None:
    (mode,) = (mode for mode in MODES if mode.name == "clipnorm")
    monitor = kgrad.GradientMonitor(
        tmp_path, reporters=[], actions=[AutoClip(percentile=99, memory=1)]
    )
    watched = mode.run([monitor])
    for a, b in zip(mode.plain, watched, strict=True):
        np.testing.assert_array_equal(a, b)
