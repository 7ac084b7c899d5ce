from __future__ import annotations

import pytest

from kgrad.records import Epoch
from kgrad.signs.metric import higher_is_better, judged


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
    assert judged([Epoch(epoch=0, step=5, logs=logs)]) == f"val_{metric}"
    assert higher_is_better(metric) == higher
