"""Of which losses and accuracies it is known what guessing reaches."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kgrad.records import Setup
from kgrad.signs.guessing import chance_level
from tests.signs.test_guessing import BINARY, SQUARED, seen, setting


def test_a_loss_that_guessing_brings_to_0_is_none_to_learn_from() -> None:
    for setup, y in ((BINARY, np.ones(400, int)), (SQUARED, np.full(400, 1e7))):
        labels = seen(y, y)
        assert labels.level("loss", setup) == 0
        assert math.isnan(chance_level("loss", setup, labels))


@pytest.mark.parametrize(
    "setup",
    [
        # A sum over the batch, or smoothed labels.
        setting("binary_crossentropy", 2, is_plain=False),
        # The user's own, whatever its name.
        replace(setting("", 2), loss="weighted_binary_crossentropy"),
        setting("binary_focal_crossentropy", 2),
    ],
)
def test_of_a_loss_that_is_no_plain_mean_guessing_is_not_known(
    setup: Setup,
) -> None:
    for labels in (None, seen(np.arange(400) % 2)):
        assert math.isnan(chance_level("loss", setup, labels))
        assert chance_level("accuracy", setup, labels) == pytest.approx(
            0.5, abs=0.001
        )


def test_an_accuracy_of_several_units_asks_which_is_the_largest() -> None:
    """Keras chooses so, under a binary loss, too."""
    of_each = setting("binary_crossentropy", 2, units=5)
    one_hot = seen(np.eye(5)[np.arange(400) % 5])
    several = seen(np.arange(2000).reshape(400, 5) % 3 == 0)
    assert chance_level("val_accuracy", of_each, one_hot) == 0.2
    assert chance_level("binary_accuracy", of_each, one_hot) == 0.8
    assert math.isnan(chance_level("accuracy", of_each, several))
    assert math.isnan(chance_level("accuracy", of_each))
    assert chance_level("binary_accuracy", of_each, several) > 0.6
