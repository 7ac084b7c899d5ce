"""Clipping at a percentile, against NumPy on the history's own norms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from kgrad.actions import AutoClip
from tests.actions.training import data, normalized, train


@pytest.mark.parametrize(
    "clipping", [{}, {"clipnorm": 0.5}, {"global_clipnorm": 0.1}], ids=str
)
@pytest.mark.parametrize(
    "scaled", [False, pytest.param(True, marks=pytest.mark.slow)]
)
def test_norms_before_and_after(
    clipping: dict[str, float], scaled: bool, tmp_path: Path
) -> None:
    optimizer: Any = keras.optimizers.SGD(0.01, **clipping)
    if scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    clip = AutoClip(30, memory=6)
    model = normalized(optimizer=optimizer)
    got = train(tmp_path, [clip], data(), model)
    history = got.monitor.history
    before = history["gradient_norm"][:, -1]
    limit = np.array(
        [
            np.percentile(before[max(0, i - 5) : i + 1], 30)
            for i in range(len(before))
        ]
    )
    factor = np.minimum(1, limit / before)
    assert (factor < 1).any()
    assert (factor == 1).any()
    parts = history["gradient_norm"] * factor[:, np.newaxis]
    if "clipnorm" in clipping:
        parts[:, :-1] = np.minimum(parts[:, :-1], 0.5)
        parts[:, -1] = np.sqrt((parts[:, :-1] ** 2).sum(axis=1))
    if "global_clipnorm" in clipping:
        parts *= np.minimum(1, 0.1 / parts[:, -1:])
    np.testing.assert_allclose(
        history["clipped_gradient_norm"], parts, rtol=1e-4, atol=1e-12
    )
    # What the optimizer did is what it was handed.
    np.testing.assert_allclose(
        history["update_norm"], 0.01 * parts, rtol=1e-3, atol=1e-7
    )
    assert sum(act.count for act in history.actions) == (factor < 1).sum()
    assert got.told[0].startswith("Clipped ")
    assert history.actions[0].action == "clip"
