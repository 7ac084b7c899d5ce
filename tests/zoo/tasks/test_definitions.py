"""Each task asks what its definition says, by another computation."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from zoo.tasks import TASKS


@pytest.mark.parametrize("length", [10, 15, 25, 37, 50, 200])
def test_temporal_order_asks_for_the_two_symbols_in_order(length: int) -> None:
    x, y = TASKS["temporal_order"].data("train", 300, length=length)
    assert set(np.unique(x)) == {0, 1}
    assert (x.sum(axis=2) == 1).all()
    for sample, answer in zip(x.argmax(axis=2), y, strict=True):
        first, second = np.flatnonzero(sample < 2)
        assert 0.1 * length - 0.5 <= first <= 0.2 * length
        assert 0.5 * length - 0.5 <= second <= 0.6 * length
        assert answer == 2 * sample[first] + sample[second]


def test_temporal_order_puts_every_noise_symbol_everywhere() -> None:
    x, _ = TASKS["temporal_order"].data("train", 2000)
    assert (x[:, :, 2:].sum(axis=0) > 200).all()


@pytest.mark.parametrize("length", [2, 11, 100])
def test_adding_asks_for_the_sum_of_the_marked_numbers(length: int) -> None:
    x, y = TASKS["adding"].data("train", 300, length=length)
    assert (x[:, :, 0] >= 0).all()
    assert (x[:, :, 0] < 1).all()
    for sample, answer in zip(x, y, strict=True):
        first, second = np.flatnonzero(sample[:, 1])
        assert first < length // 2 <= second
        assert sample[first, 1] == sample[second, 1] == 1
        assert answer == pytest.approx(sample[first, 0] + sample[second, 0])


def test_sequential_digits_are_the_images_of_scikit_learn() -> None:
    images, digits = load_digits(return_X_y=True)
    known = {
        (image / 16).astype(np.float32).tobytes(): digit
        for image, digit in zip(images, digits, strict=True)
    }
    x, y = TASKS["sequential_digits"].data("validation", 200)
    assert [known[image.tobytes()] for image in x] == list(y)


def test_sequential_digits_use_each_image_once() -> None:
    task = TASKS["sequential_digits"]
    seen = [
        image.tobytes()
        for split, size in task.available.items()
        for image in task.data(split, size)[0]  # type: ignore[arg-type]
    ]
    assert len(seen) == len(set(seen)) == 1797
