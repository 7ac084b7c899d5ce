"""Recordings of the UEA and UCR archives, as the package `aeon` brings them.

The archives' own split is kept: their test data are never trained on, and
validation data are carved from their training data.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split, from_package
from zoo.tasks.drawing import curve, over_time

_LICENSE = "comes with aeon, BSD-3-Clause"
_UCR = f"UCR archive: Dau et al. 2019, arXiv:1810.07758; {_LICENSE}"
_UEA = f"UEA archive: Bagnall et al. 2018, arXiv:1811.00075; {_LICENSE}"

_ALL_OF_TRAINING = {"decay": True, "stop_when_solved": 0, "validation_size": 0}


class Recordings(Task):
    """A data set of the archives: a series comes in, its class goes out.

    Every channel is scaled to mean 0 and variance 1 over the training data.
    A task counts as solved at the accuracy of the archives' own benchmark,
    the nearest neighbor by dynamic time warping.

    Attributes:
        dataset: Its name in the archive.
    """

    dataset: ClassVar[str]
    carved = True

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        x, y = _read(self.dataset, self.length)[
            "test" if split == "test" else "train"
        ]
        order = rng.permutation(len(x))
        chosen = order[-size:] if split == "validation" else order[:size]
        return x[chosen], y[chosen]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        there = x.any(axis=1)
        rows = {
            f"channel {number}": curve(values[there], -2, 2)
            for number, values in enumerate(x.T)
        }
        return f"{over_time(rows)}\n\nanswer  {y}"


@cache
def _read(dataset: str, length: int) -> Mapping[str, Data]:
    """Both splits, `(samples, length, channels)` and `(samples,)` each."""

    def load() -> dict[str, Any]:
        from aeon.datasets import load_classification

        # It downloads what a version of the package does not bring.
        return {
            split: load_classification(dataset, split, load_equal_length=False)
            for split in ("train", "test")
        }

    raw = from_package("aeon", load)
    series, labels = raw["train"]
    steps = np.concatenate([np.transpose(one) for one in series])
    mean, deviation = steps.mean(axis=0), steps.std(axis=0)
    classes = np.unique(labels)
    found = {}
    for split, (series, labels) in raw.items():
        x = np.zeros((len(series), length, len(mean)), np.float32)
        for padded, one in zip(x, series, strict=True):
            scaled = (np.transpose(one) - mean) / deviation
            padded[length - len(scaled) :] = scaled
        found[split] = x, np.searchsorted(classes, labels)
    return found


class JapaneseVowels(Recordings):
    """Speech: nine men say two vowels; the shortest take has seven frames."""

    name = "japanese_vowels"
    version = 1
    dataset = "JapaneseVowels"
    definition = (
        "Two Japanese vowels spoken in succession, as 7 to 29 frames of 12 "
        "cepstral coefficients, padded in front. Which of nine men speaks?"
    )
    source = (
        "Kudo, Toyama, Shimbo 1999, Multidimensional Curve Classification "
        "Using Passing-Through Regions, doi:10.1016/S0167-8655(99)00077-X; "
        f"UCI, CC BY 4.0, doi:10.24432/C5NS47; {_UEA}"
    )
    length = 29
    lengths = (29, 29)
    features = 12
    masked = True
    outputs = 9
    chance = 1 / 9
    solved = 0.949
    available: ClassVar[Mapping[str, int]] = {
        "train": 270,
        "validation": 67,
        "test": 370,
    }
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 64,
        "learning_rate": 3e-3,
        "batch_size": 32,
        "epochs": 60,
        **_ALL_OF_TRAINING,
    }


class BasicMotions(Recordings):
    """Wearable sensors: four students, each doing each thing five times."""

    name = "basic_motions"
    version = 1
    dataset = "BasicMotions"
    definition = (
        "Acceleration and rotation of a smart watch about three axes each, "
        "ten times a second for ten seconds. Does its wearer stand, walk, run "
        "or play badminton?"
    )
    source = _UEA
    length = 100
    lengths = (100, 100)
    features = 6
    outputs = 4
    chance = 0.25
    solved = 0.975
    available: ClassVar[Mapping[str, int]] = {
        "train": 40,
        "validation": 10,
        "test": 40,
    }
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 64,
        "learning_rate": 3e-3,
        "batch_size": 10,
        "epochs": 100,
        **_ALL_OF_TRAINING,
        "jit_compile": True,
    }


class ItalyPower(Recordings):
    """Electricity: the demand of a country over a day."""

    name = "italy_power"
    version = 1
    dataset = "ItalyPowerDemand"
    definition = (
        "Italy's demand for electric power in every hour of a day, "
        "each day scaled to mean 0 and variance 1. Is it from October to "
        "March, or from April to September?"
    )
    source = _UCR
    length = 24
    lengths = (24, 24)
    features = 1
    outputs = 2
    chance = 0.5
    solved = 0.95
    available: ClassVar[Mapping[str, int]] = {
        "train": 67,
        "validation": 16,
        "test": 1029,
    }
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 32,
        "learning_rate": 3e-3,
        "batch_size": 16,
        "epochs": 120,
        **_ALL_OF_TRAINING,
        "jit_compile": True,
    }


class GunPoint(Recordings):
    """Motion from video: an actor's hand, with or without a gun in it."""

    name = "gun_point"
    version = 1
    dataset = "GunPoint"
    definition = (
        "Where an actor's hand is in 150 frames of a film, each film scaled to "
        "mean 0 and variance 1. Does it hold a gun, or only point?"
    )
    source = _UCR
    length = 150
    lengths = (150, 150)
    features = 1
    outputs = 2
    chance = 0.5
    solved = 0.907
    available: ClassVar[Mapping[str, int]] = {
        "train": 50,
        "validation": 12,
        "test": 150,
    }
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 64,
        "learning_rate": 3e-3,
        "batch_size": 10,
        "epochs": 150,
        **_ALL_OF_TRAINING,
        "jit_compile": True,
    }


class OsuLeaf(Recordings):
    """A long one: the outline of a leaf, all the way around."""

    name = "osu_leaf"
    version = 1
    dataset = "OSULeaf"
    definition = (
        "The outline of a leaf as a curve of 427 steps around it, each "
        "scaled to mean 0 and variance 1. Which of six plants is it from?"
    )
    source = (
        "Gandhi 2002, Content-Based Image Retrieval: Plant Species "
        f"Identification, Oregon State University; {_UCR}"
    )
    length = 427
    lengths = (427, 427)
    features = 1
    outputs = 6
    chance = 0.182
    solved = 0.591
    available: ClassVar[Mapping[str, int]] = {
        "train": 200,
        "validation": 50,
        "test": 242,
    }
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 48,
        "learning_rate": 3e-3,
        "batch_size": 40,
        "epochs": 100,
        **_ALL_OF_TRAINING,
        "jit_compile": True,
    }
