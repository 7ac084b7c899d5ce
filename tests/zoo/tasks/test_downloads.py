"""Data of `keras.datasets`, from small files in the format of the real ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import zoo
from zoo.tasks import TASKS, imdb, mnist
from zoo.tasks.data import Split, downloaded

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (36, 28, 28), np.uint8)
DIGITS = RNG.integers(0, 10, 36).astype(np.uint8)
REVIEWS = np.empty(30, object)
REVIEWS[:] = [
    RNG.integers(1, 20_000, RNG.integers(5, 30)).tolist() for _ in range(30)
]
GOOD = RNG.integers(0, 2, 30)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Small files in place of those that Keras would fetch."""
    # The loaders check a digest, which only the real files have.
    np.savez(
        tmp_path / "mnist.npz",
        x_train=IMAGES[:24],
        y_train=DIGITS[:24],
        x_test=IMAGES[24:],
        y_test=DIGITS[24:],
    )
    np.savez(
        tmp_path / "imdb.npz",
        x_train=REVIEWS[:20],
        y_train=GOOD[:20],
        x_test=REVIEWS[20:],
        y_test=GOOD[20:],
    )

    def get_file(fname: str, **_: Any) -> str:
        return str(tmp_path / fname)

    for name in ("mnist", "imdb"):
        module = f"keras.src.datasets.{name}.get_file"
        monkeypatch.setattr(module, get_file)
    mnist._load.cache_clear()
    imdb._load.cache_clear()
    yield
    mnist._load.cache_clear()
    imdb._load.cache_clear()


@pytest.mark.parametrize(
    ("split", "size", "own"),
    [
        ("train", 22, slice(0, 22)),
        ("validation", 2, slice(22, 24)),
        ("test", 12, slice(24, 36)),
    ],
)
def test_mnist_comes_row_by_row_or_pixel_by_pixel(
    split: Split, size: int, own: slice
) -> None:
    rows, digits = TASKS["mnist_rows"].data(split, size)
    pixels, same = TASKS["mnist_pixels"].data(split, size)
    assert rows.shape == (size, 28, 28)
    assert pixels.shape == (size, 784, 1)
    assert rows.dtype == pixels.dtype == np.float32
    np.testing.assert_array_equal(rows.reshape(size, -1), pixels[..., 0])
    np.testing.assert_array_equal(digits, same)
    known = {
        image.tobytes(): digit
        for image, digit in zip(IMAGES[own], DIGITS[own], strict=True)
    }
    shown = [np.rint(image * 255).astype(np.uint8).tobytes() for image in rows]
    assert len(set(shown)) == size
    assert [known[image] for image in shown] == list(digits)


@pytest.mark.parametrize("length", [10, 40])
@pytest.mark.parametrize(
    ("split", "size", "own"),
    [
        ("train", 16, slice(0, 16)),
        ("validation", 4, slice(16, 20)),
        ("test", 10, slice(20, 30)),
    ],
)
def test_imdb_keeps_the_end_of_a_review_and_pads_in_front(
    split: Split, size: int, own: slice, length: int
) -> None:
    x, good = TASKS["imdb"].data(split, size, length=length)
    assert x.shape == (size, length)
    assert x.dtype == np.int32
    # Keras shuffles each half of the data; 1 begins a review, 2 is a rare
    # word, and the others are moved by 3.
    half = slice(20, 30) if split == "test" else slice(0, 20)
    known = {
        tuple([1] + [w + 3 if w + 3 < 10_000 else 2 for w in review]): answer
        for review, answer in zip(REVIEWS[half], GOOD[half], strict=True)
    }
    ends = {
        tuple([0] * (length - len(r)) + list(r[-length:])): answer
        for r, answer in known.items()
    }
    assert [ends[tuple(row)] for row in x.tolist()] == list(good)


def test_splits_of_imdb_share_no_review() -> None:
    task = TASKS["imdb"]
    seen = [
        row.tobytes()
        for split, size in (("train", 16), ("validation", 4), ("test", 10))
        for row in task.data(split, size)[0]  # type: ignore[arg-type]
    ]
    assert len(seen) == len(set(seen)) == 30


@pytest.mark.parametrize("name", ["mnist_rows", "mnist_pixels", "imdb"])
def test_a_model_answers_and_a_sample_can_be_looked_at(name: str) -> None:
    task = TASKS[name]
    x, y = task.data("train", 2)
    model = zoo.build(name, cell="gru", units=2, jit_compile=False)
    assert math.isfinite(float(model.compute_loss(x, y, model(x))))
    assert "answer" in task.sample()


@pytest.mark.parametrize("name", ["mnist_rows", "mnist_pixels", "imdb"])
def test_it_says_what_it_is_and_that_it_is_downloaded(name: str) -> None:
    task = TASKS[name]
    assert not task.offline
    assert "Downloaded at first use" in task.definition
    assert task.is_solved(task.solved)
    with pytest.raises(ValueError, match="from 1 to"):
        task.data("train", task.available["train"] + 1)


@pytest.mark.parametrize("name", ["mnist_rows", "imdb"])
def test_without_a_network_it_says_what_is_missing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get_file(fname: str, origin: str, **_: Any) -> str:
        # As in `keras.utils.get_file`.
        raise Exception(f"URL fetch failure on {origin}: None -- refused")

    for module in ("mnist", "imdb"):
        monkeypatch.setattr(f"keras.src.datasets.{module}.get_file", get_file)
    with pytest.raises(ConnectionError, match="must be downloaded") as error:
        TASKS[name].data("train", 1)
    assert "refused" in str(error.value)
    assert "KERAS_HOME" in str(error.value)


def test_keras_says_that_a_fetch_failed_as_is_expected_here(
    tmp_path: Path,
) -> None:
    def load() -> Any:
        return keras.utils.get_file(
            "nothing.npz",
            # Port 9 discards; nothing listens.
            origin="http://127.0.0.1:9/nothing.npz",
            cache_dir=str(tmp_path),
        )

    with pytest.raises(ConnectionError, match=r"`nothing.npz` must be"):
        downloaded("nothing.npz", load)


def test_another_failure_is_not_called_one_of_the_network() -> None:
    def load() -> Any:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        downloaded("mnist.npz", load)
