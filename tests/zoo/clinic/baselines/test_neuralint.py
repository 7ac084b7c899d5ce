from __future__ import annotations

import pytest

from tests.zoo.clinic.baselines.made import regression, run, setting
from zoo.clinic.baselines import NeuraLint, Setting

MUST = {
    "logits for a sparse loss": setting("linear"),
    "logits for a categorical loss": setting(
        "linear", loss="categorical_crossentropy"
    ),
    "sigmoid for a categorical loss": setting(
        "sigmoid", loss="categorical_crossentropy"
    ),
    "softmax over one unit": setting("softmax", 1, "binary_crossentropy"),
    "one unit for classes": setting("sigmoid", 1),
    "several sigmoids for a binary loss": setting(
        "sigmoid", 3, "binary_crossentropy"
    ),
    "no sigmoid for a binary loss": setting("linear", 1, "binary_crossentropy"),
    "relu for a regression": regression("relu"),
    "sigmoid for a hinge loss": regression("sigmoid", loss="hinge"),
}

MUST_NOT = {
    "softmax": setting(),
    "softmax for a categorical loss": setting(loss="categorical_crossentropy"),
    "sigmoid for a binary loss": setting("sigmoid", 1, "binary_crossentropy"),
    "logits that are asked for": setting("linear", from_logits=True),
    "a regression": regression(),
    "a loss that it does not know": regression("tanh", loss="log_cosh"),
    "an activation that is not known": setting("", 1),
    "units that are not known": setting("linear", 0),
    "nothing": Setting(),
}


@pytest.mark.parametrize("name", MUST)
def test_what_must_be_told_is_told_before_training(name: str) -> None:
    assert NeuraLint().signs(run(), MUST[name]) == {"output_and_loss": 1}
    assert NeuraLint().signs([], MUST[name]) == {"output_and_loss": 1}


@pytest.mark.parametrize("name", MUST_NOT)
def test_what_must_not_be_told(name: str) -> None:
    assert NeuraLint().signs(run(), MUST_NOT[name]) == {}
