"""Recordings of the archives: what arrives is what `aeon` brings."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from aeon.datasets import load_classification

import zoo
from zoo.tasks import TASKS, archive
from zoo.tasks.archive import Recordings

RECORDINGS = [task for task in TASKS if isinstance(task, Recordings)]


def sums(x: np.ndarray) -> np.ndarray:
    """What a sample is known by, whatever the order."""
    return np.sort(x.sum(axis=(1, 2)))


@pytest.mark.parametrize("task", RECORDINGS, ids=lambda task: task.name)
def test_the_split_is_that_of_the_archive(task: Recordings) -> None:
    raw = {
        split: load_classification(task.dataset, split, load_equal_length=False)
        for split in ("train", "test")
    }
    steps = np.concatenate([one.T for one in raw["train"][0]])
    for split, (series, labels) in raw.items():
        x, y = task.data(split, len(series))  # type: ignore[arg-type]
        assert len(series) == task.available[split]
        shares = np.bincount(y, minlength=task.outputs)
        np.testing.assert_array_equal(
            shares, np.unique(labels, return_counts=True)[1]
        )
        scaled = [((o.T - steps.mean(0)) / steps.std(0)).sum() for o in series]
        np.testing.assert_allclose(sums(x), np.sort(scaled), atol=1e-3)


def test_padding_is_in_front_and_labels_stay_with_their_series() -> None:
    x, y = zoo.task("japanese_vowels").data("test", 370)
    series, labels = load_classification(
        "JapaneseVowels", "test", load_equal_length=False
    )
    lengths = x.any(axis=2).sum(axis=1)
    for speaker in range(9):
        expected = [
            one.shape[1]
            for one, label in zip(series, labels, strict=True)
            if int(label) == speaker + 1
        ]
        assert sorted(lengths[y == speaker]) == sorted(expected)


def test_each_seed_carves_other_validation_data() -> None:
    task = zoo.task("gun_point")
    first, other = (task.data("validation", 12, seed=s)[0] for s in (0, 1))
    assert not np.array_equal(sums(first), sums(other))
    train = task.data("train", 38, seed=1)[0]
    every = sums(task.data("train", 50)[0])
    np.testing.assert_allclose(
        np.sort([*sums(train), *sums(other)]), every, atol=1e-4
    )


def test_without_the_package_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive._read.cache_clear()
    monkeypatch.setitem(sys.modules, "aeon.datasets", None)
    with pytest.raises(ImportError, match=r'pip install "kgrad\[data\]"'):
        zoo.task("gun_point").data("test", 3)
