from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kgrad.records import Epoch
from kgrad.signs.metric import Progress
from kgrad.signs.series import higher_is_better, main_metric
from tests.signs.runs import SETUP, run


@pytest.mark.parametrize(
    ("metric", "higher"),
    [
        ("recall_accuracy", True),
        ("bits_per_character", False),
        ("nrmse", False),
    ],
)
def test_a_metric_is_judged_before_the_loss(metric: str, higher: bool) -> None:
    logs = {"loss": 1.0, metric: 0.5, "val_loss": 1.0, f"val_{metric}": 0.5}
    assert main_metric([Epoch(epoch=0, step=5, logs=logs)]) == f"val_{metric}"
    assert higher_is_better(metric) == higher


def test_a_chance_that_is_perfect_says_nothing() -> None:
    progress = Progress()
    for snapshot in run(setup=replace(SETUP, chance={"accuracy": 1.0})):
        progress.update(snapshot)
    assert math.isnan(progress.distance("accuracy"))
    assert np.isnan(progress.gains("accuracy")).all()
