"""Which numbers of targets and predictions may stand side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kgrad.records import DataSummary
from kgrad.records.compared import Compared, compared
from kgrad.records.summaries import summarize, summarize_batch

RNG = np.random.default_rng(0)
LABELS = np.arange(8) % 3
SHARES = RNG.dirichlet(np.ones(3), 8)
SEQUENCES = RNG.integers(0, 3, (8, 5))


def one(y: Any, y_pred: Any) -> Compared:
    (found,) = compared(summarize_batch(np.zeros((8, 2)), y, y_pred))
    return found


@pytest.mark.parametrize(
    ("y", "y_pred"),
    [
        (LABELS, SHARES),
        (LABELS[:, np.newaxis], SHARES),
        (np.eye(3)[LABELS], SHARES),
        (SEQUENCES, RNG.dirichlet(np.ones(3), (8, 5))),
        (LABELS % 2, SHARES[:, :1]),
        (LABELS[:, np.newaxis] % 2, SHARES[:, :1]),
        (LABELS % 2, SHARES[:, 0]),
        # A label that no unit stands for is still a label.
        (LABELS + 1, SHARES),
    ],
)
def test_labels_are_compared_with_classes(y: Any, y_pred: Any) -> None:
    assert one(y, y_pred).of_classes


@pytest.mark.parametrize(
    ("y", "y_pred"),
    [
        (RNG.normal(size=(8, 1)), RNG.normal(size=(8, 1))),
        # Whole numbers that are predicted as numbers.
        (LABELS * 10, RNG.normal(size=(8, 1))),
        # Several labels at once.
        (RNG.integers(0, 2, (8, 3)) | [1, 1, 0], SHARES),
        # Labels of CTC: shorter than the time steps of the output.
        (SEQUENCES[:, :2], RNG.dirichlet(np.ones(3), (8, 5))),
        # The class of NaN would be 0.
        (LABELS, np.full((8, 3), np.nan)),
        (np.where(LABELS, 0.5, 0.1), SHARES),
    ],
)
def test_numbers_are_not_taken_for_classes(y: Any, y_pred: Any) -> None:
    assert not one(y, y_pred).of_classes


def test_one_scale_is_that_of_numbers_and_not_of_labels() -> None:
    assert one(LABELS * 10, RNG.normal(size=(8, 1))).on_one_scale
    assert one(np.eye(3)[LABELS], SHARES).on_one_scale
    assert not one(LABELS, SHARES).on_one_scale


def test_outputs_go_together_by_name_then_by_order() -> None:
    def data(*named: tuple[Any, str]) -> DataSummary:
        tensors = [summarize(role, name, LABELS) for role, name in named]
        return DataSummary(tuple(tensors))

    by_name = data(
        ("target", "b"),
        ("target", "a"),
        ("prediction", "a"),
        ("prediction", "b"),
    )
    found = list(compared(by_name))
    assert [pair.name for pair in found] == ["a", "b"]
    assert [pair.target and pair.target.name for pair in found] == ["a", "b"]
    (pair,) = compared(data(("target", "0"), ("prediction", "")))
    assert (pair.name, pair.of_classes) == ("", False)
    assert pair.target is not None
    lonely = data(("target", "a"), ("prediction", "b"), ("prediction", "c"))
    assert [(pair.name, pair.target is None) for pair in compared(lonely)] == [
        ("a", False),
        ("b", True),
        ("c", True),
    ]
