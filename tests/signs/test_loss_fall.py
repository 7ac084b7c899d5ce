"""Whether a loss still falls is told from noise, and how far it will."""

from __future__ import annotations

import numpy as np
import pytest

from kgrad.signs.loss_fall import keeps_falling, loss_fall

NONE = np.empty(0)


def test_a_straight_line_goes_on_as_it_is() -> None:
    fall = loss_fall(np.linspace(2, 1, 400).tolist(), NONE)
    assert fall is not None
    assert fall.level == pytest.approx(1, abs=0.01)
    assert fall.again == pytest.approx(1)
    assert fall.updates_to(0.5, 400) == pytest.approx(200, rel=0.01)
    assert fall.updates_to(3, 400) == 0


@pytest.mark.parametrize("taus", [0.5, 0.69, 1, 2])
def test_an_exponential_comes_as_far_as_it_does(taus: float) -> None:
    """What is ahead is that of the same curve, continued."""
    losses = 10 + np.exp(-taus * np.arange(800) / 400)
    fall = loss_fall(losses[:400].tolist(), NONE)
    assert fall is not None
    fell, true = losses[0] - losses[399], losses[399] - losses[799]
    assert fall.again == pytest.approx(true / fell, rel=0.02)
    assert fall.ahead == pytest.approx(true, rel=0.2)


def test_half_of_the_way_is_one_half_again() -> None:
    losses = 10 + 0.5 ** (np.arange(400) / 400)
    fall = loss_fall(losses.tolist(), NONE)
    assert fall is not None
    assert fall.again == pytest.approx(0.5, abs=0.01)


def test_no_loss_falls_below_zero() -> None:
    fall = loss_fall(np.linspace(2, 0.1, 400).tolist(), NONE)
    assert fall is not None
    assert 0 < fall.ahead < fall.level < fall.pace


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
    assert loss_fall(noisy, epochs[:4]) is None
    assert loss_fall(noisy, np.append(epochs, np.nan)) is None


def test_what_fell_and_rises_again_does_not_fall() -> None:
    v = np.concatenate([np.linspace(2, 1, 350), np.linspace(1, 1.5, 50)])
    assert loss_fall(v.tolist(), NONE) is None


def test_few_steps_and_a_loss_below_zero_say_nothing() -> None:
    assert loss_fall(np.linspace(2, 1, 15).tolist(), NONE) is None
    assert loss_fall(np.linspace(1, -1, 400).tolist(), NONE) is None


def test_five_epochs_fall_for_certain_if_they_fall_evenly() -> None:
    evenly = np.array([2.26, 2.214, 2.167, 2.118, 2.068])
    assert loss_fall([], evenly) is not None
    assert loss_fall([], np.array([2.26, 2.19, 2.2, 2.09, 2.068])) is None


def test_validation_keeps_falling_or_does_not() -> None:
    assert keeps_falling(NONE)
    assert keeps_falling(np.array([2.0]))
    assert keeps_falling(np.array([2.0, np.nan, 1.9, 1.7, 1.6]))
    assert not keeps_falling(np.array([2.0, 1.5, 1.6, 1.7]))
