"""Every model of these tests begins with the same weights."""

from __future__ import annotations

import keras
import pytest


@pytest.fixture(autouse=True)
def same_weights() -> None:
    keras.utils.set_random_seed(3)
