"""Whether a loss still falls is told from noise, and how far it will."""

from __future__ import annotations

import numpy as np
import pytest

from kgrad.signs.loss_fall import loss_fall

NONE = np.empty(0)


def test_a_straight_line_goes_on_as_it_is() -> None:
    fall = loss_fall(np.linspace(2, 1, 400).tolist(), NONE)
    assert fall is not None
    assert fall.level == pytest.approx(1, abs=0.01)
    assert fall.updates_to(0.5, 400) == pytest.approx(200, rel=0.01)
    assert fall.updates_to(3, 400) == 0


def test_an_exponential_comes_as_far_as_it_does() -> None:
    """What is ahead is that of the same curve, continued."""
    time = np.arange(800) / 200
    losses = 1 + np.exp(-time)
    fall = loss_fall(losses[:400].tolist(), NONE)
    assert fall is not None
    true = 1 - losses[799] / losses[399]
    assert fall.ahead == pytest.approx(true, rel=0.15)
    assert fall.updates_to(1.05, 400) < 1000


def test_noise_alone_is_no_fall() -> None:
    random = np.random.default_rng(0)
    for n in (16, 20, 60, 500):
        noise = 1 + 0.1 * random.standard_normal((500, n))
        told = sum(loss_fall(x.tolist(), NONE) is not None for x in noise)
        assert told <= 2, n
    for n in (10, 12, 20, 100):
        noise = 1 + 0.1 * random.standard_normal((500, n))
        told = sum(loss_fall([], x) is not None for x in noise)
        assert told <= 2, n


def test_epochs_are_looked_at_where_there_are_enough_of_them() -> None:
    random = np.random.default_rng(0)
    noisy = (1 + 0.5 * random.standard_normal(400)).clip(0.1).tolist()
    epochs = np.linspace(1.02, 0.98, 10)
    assert loss_fall(noisy, epochs) is not None
    assert loss_fall(noisy, epochs[:9]) is None
    assert loss_fall(noisy, np.append(epochs, np.nan)) is None


def test_what_fell_and_rises_again_does_not_fall() -> None:
    v = np.concatenate([np.linspace(2, 1, 350), np.linspace(1, 1.5, 50)])
    assert loss_fall(v.tolist(), NONE) is None


def test_few_steps_and_a_loss_below_zero_say_nothing() -> None:
    assert loss_fall(np.linspace(2, 1, 15).tolist(), NONE) is None
    assert loss_fall(np.linspace(1, -1, 400).tolist(), NONE) is None
