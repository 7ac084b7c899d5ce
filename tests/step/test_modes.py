"""In every way to train: the numbers are right, and training is the same.

Each mode is trained with the monitor and without, from the same weights, and
once more by an eager tape that copies everything to the host.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import kgrad
from tests.step.modes import BATCH, Mode, inputs, parameters
from tests.step.reference import Step, train_by_tape


@pytest.mark.parametrize("mode", parameters())
def test_numbers_are_those_of_a_tape_and_weights_bit_identical(
    mode: Mode, tmp_path: Path
) -> None:
    # Every second step is a sample, of its data, too.
    monitor = kgrad.GradientMonitor(
        tmp_path,
        signs=[],
        statistics=["all"],
        reporters=[],
        time_every=2,
    )
    watched = mode.run([monitor])
    history = monitor.history
    for a, b in zip(mode.plain, watched, strict=True):
        np.testing.assert_array_equal(a, b)

    samples = history.samples
    assert bool(samples) == mode.sampled
    for sample in samples:
        assert (sample.data is not None) == mode.loss_known

    steps = reference(mode)
    assert list(history.steps) == list(range(1, len(steps) + 1))
    skipped = np.array([step.skipped for step in steps])
    np.testing.assert_array_equal(history.skipped, skipped)
    assert skipped.any() == ("overflow" in mode.name)
    assert not history["update_norm"][skipped].any()
    expected = [step.statistics() for step in steps]
    assert set(history.targets) == set(expected[0]["gradient_norm"])
    for statistic in expected[0]:
        want = [[e[statistic][t] for t in history.targets] for e in expected]
        np.testing.assert_allclose(
            history[statistic][~skipped],
            np.array(want)[~skipped],
            rtol=mode.tolerance,
            atol=1e-9,
            err_msg=statistic,
        )
    loss = [step.loss if mode.loss_known else np.nan for step in steps]
    np.testing.assert_allclose(history.loss, loss, rtol=mode.tolerance)


def reference(mode: Mode) -> list[Step]:
    model, optimizer = mode.make()
    x, y = inputs(mode.tokens)
    return train_by_tape(
        model.trainable_variables,
        optimizer,
        lambda batch: mode.loss(model, *batch),
        [(x[i : i + BATCH], y[i : i + BATCH]) for i in range(0, len(x), BATCH)],
        mode.optimizer.get("gradient_accumulation_steps", 1),
        **mode.clipping,
    )
