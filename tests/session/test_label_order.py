"""Which labels all samples have, and in which order they stand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kgrad.session.label_order import label_order

SORTED = np.repeat([0, 2, 1], [3, 2, 4])


class Column:
    """What a data frame gives."""

    def to_numpy(self) -> Any:
        return SORTED


@pytest.mark.parametrize(
    "y",
    [
        SORTED,
        SORTED[:, np.newaxis],
        SORTED.astype(np.float32),
        np.eye(3)[SORTED],
        Column(),
    ],
)
def test_labels_are_counted_however_they_are_written(y: Any) -> None:
    assert label_order({"y": y, "val_y": np.array([1, 1])}) == {
        "label_counts": (3, 4, 2),
        "label_runs": 3,
        "held_out_counts": (0, 2),
    }


def test_of_labels_that_change_all_the_time_each_is_a_run() -> None:
    found = label_order({"y": np.arange(40) % 2})
    assert (found["label_runs"], found["held_out_counts"]) == (40, ())
    bits = label_order({"y": np.arange(40) % 2 == 0})
    assert bits["label_counts"] == (20, 20)


@pytest.mark.parametrize(
    "y",
    [
        None,
        [0, 1],
        np.array(["a", "b"]),
        np.array([0.5, 1.0]),
        np.array([-1, 1]),
        np.array([0, 1000]),
        np.array([0.0, np.nan]),
        np.zeros((4, 3)),
        np.ones((4, 3)),
        np.zeros((4, 5, 1), np.int32),
        np.zeros(0),
    ],
)
def test_what_is_not_one_label_a_sample_is_not_counted(y: Any) -> None:
    assert label_order({"y": y}) == {}


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_the_column_of_a_matrix_is_as_good_as_an_array() -> None:
    column = np.matrix([[0], [1], [1]])  # type: ignore[no-untyped-call]
    assert label_order({"y": column})["label_counts"] == (1, 2)
