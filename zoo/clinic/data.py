"""Small data for the cases: points, digits, sequences, and how to spoil it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from zoo.clinic.case import Array, Samples
from zoo.tasks import TASKS

VALIDATION = 400
"""Samples to validate on, unless a case is about having few."""


def circles(size: int = 1600, seed: int = 0) -> Samples:
    """Two noisy circles in a plane, one in the other: `(n, 2)` to 0 or 1.

    The first problem of the AUTOTRAINER paper, made by scikit-learn.
    """
    from sklearn.datasets import make_circles

    x, y = make_circles(
        size + VALIDATION, noise=0.1, factor=0.5, random_state=seed
    )
    return _split(x.astype(np.float32), y.astype(np.int32), size)


def blobs(
    size: int = 1600, classes: int = 3, seed: int = 0, spread: float = 1.0
) -> Samples:
    """Clouds of points in a plane: `(n, 2)` to the number of the cloud.

    The second problem of the AUTOTRAINER paper, made by scikit-learn.
    """
    from sklearn.datasets import make_blobs

    x, y = make_blobs(
        size + VALIDATION,
        centers=classes,
        cluster_std=spread,
        random_state=seed,
    )
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return _split(x.astype(np.float32), y.astype(np.int32), size)


def digits(size: int = 1200) -> Samples:
    """scikit-learn's images of digits: `(n, 8, 8, 1)` to 0 to 9."""
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.default_rng(0).permutation(len(found.target))
    x = found.images[order].astype(np.float32)[..., np.newaxis] / 16
    y = found.target[order].astype(np.int32)
    return _split(x, y, size)


def sequences(task: str, length: int, size: int = 2000) -> Samples:
    """A task of the zoo, shorter or longer than there."""
    x, y = TASKS[task].data("train", size, length=length)
    x_validation, y_validation = TASKS[task].data(
        "validation", VALIDATION, length=length
    )
    return Samples(x, y, x_validation, y_validation)


def recent(length: int = 30, size: int = 2000) -> Samples:
    """The sign of the sum of the last three inputs: nothing to remember."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(size + VALIDATION, length, 1)).astype(np.float32)
    y = (x[:, -3:, 0].sum(axis=1) > 0).astype(np.int32)
    return _split(x, y, size)


def ragged(padding: int = 0, size: int = 1200, length: int = 16) -> Samples:
    """Is the sum of the last three inputs above 0, at each step?

    Sequences have 6 steps or more, and zeros after their end: `(n, length,
    1)` to `(n, length)` of 0, 1 and, after the end, `padding`.
    """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(size + VALIDATION, length))
    before = np.pad(x, ((0, 0), (2, 0)))
    sums = x + before[:, 1:-1] + before[:, :-2]
    ends = rng.integers(6, length + 1, (len(x), 1))
    is_padding = np.arange(length) >= ends
    y = np.where(is_padding, padding, sums > 0).astype(np.int32)
    x[is_padding] = 0
    return _split(x[..., np.newaxis].astype(np.float32), y, size)


def line(size: int = 1600, features: int = 8, noise: float = 0.1) -> Samples:
    """A linear regression: `(n, features)` to `(n, 1)`.

    What it is made of has variance 1, what is added to it noise ** 2.
    """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(size + VALIDATION, features)).astype(np.float32)
    slope = rng.normal(size=(features, 1))
    y = x @ slope / np.linalg.norm(slope)
    y += noise * rng.normal(size=y.shape)
    return _split(x, y.astype(np.float32), size)


def words(
    size: int = 2000, length: int = 20, vocabulary: int = 2000
) -> Samples:
    """Rare words; most of them being odd is the class.

    A word is seen in few batches, as in text: `(n, length)` integers to 0
    or 1.
    """
    rng = np.random.default_rng(0)
    x = rng.zipf(1.3, (size + VALIDATION, length)) % vocabulary
    y = (x % 2).mean(axis=1) > 0.5
    return _split(x.astype(np.int32), y.astype(np.int32), size)


def topics(
    size: int = 1200, classes: int = 3, length: int = 12, vocabulary: int = 60
) -> Samples:
    """A third of the words are of the topic, which is the class.

    Words of a topic have the highest numbers, and 0 is none: `(n, length)`
    integers to 0 to classes - 1.
    """
    rng = np.random.default_rng(0)
    y = rng.integers(0, classes, size + VALIDATION)
    own = 6 * classes
    x = rng.integers(1, vocabulary - own, (len(y), length))
    topic = vocabulary - 6 * (y[:, np.newaxis] + 1)
    topic = topic + rng.integers(0, 6, x.shape)
    x = np.where(rng.random(x.shape) < 0.33, topic, x)
    return _split(x.astype(np.int32), y.astype(np.int32), size)


def waves(size: int = 1200, length: int = 16, ahead: int = 1) -> Samples:
    """Two sines with a little noise: `(n, length, 1)` to what comes next."""
    rng = np.random.default_rng(0)
    t = np.arange(size + VALIDATION + length + ahead)
    series = np.sin(t / 2.7) + np.sin(t / 6.5) + rng.normal(0, 0.05, t.size)
    series = series.astype(np.float32)
    at = rng.permutation(size + VALIDATION)[:, np.newaxis]
    x = series[at + np.arange(length)][..., np.newaxis]
    return _split(x, series[at + length + np.arange(ahead)], size)


def leaning(size: int = 1200) -> Samples:
    """How far the ink of a digit leans to the right: to `(n, 1)`."""

    def lean(x: Array) -> Array:
        ink = x[..., 0].mean(axis=1)
        y: Array = ink[:, 5:].sum(axis=1) - ink[:, :3].sum(axis=1)
        return 4 * y[:, np.newaxis]

    images = digits(size)
    return replace(
        images, y=lean(images.x), y_validation=lean(images.x_validation)
    )


def scaled(samples: Samples, factor: float, offset: float = 0.0) -> Samples:
    """Inputs as they come from a sensor or a table: not scaled."""
    return changed(
        samples, x=lambda x: x * np.float32(factor) + np.float32(offset)
    )


def mislabeled(samples: Samples, share: float = 1.0, seed: int = 1) -> Samples:
    """Labels that are unrelated to the inputs, for a share of the samples."""
    rng = np.random.default_rng(seed)

    def shuffled(y: Array) -> Array:
        y = y.copy()
        wrong = np.flatnonzero(rng.random(len(y)) < share)
        y[wrong] = y[rng.permutation(wrong)]
        return y

    return changed(samples, y=shuffled)


def spoiled(samples: Samples, value: float, row: int) -> Samples:
    """One number of one sample is NaN or infinite."""
    x = samples.x.copy()
    x[row].flat[0] = value
    return replace(samples, x=x)


def cleaned(samples: Samples) -> Samples:
    """Without the samples that hold NaN or infinity."""
    sound = np.isfinite(samples.x.reshape(len(samples.x), -1)).all(axis=1)
    return replace(samples, x=samples.x[sound], y=samples.y[sound])


def few(samples: Samples, size: int, validation: int = VALIDATION) -> Samples:
    """Only the first samples."""
    return Samples(
        samples.x[:size],
        samples.y[:size],
        samples.x_validation[:validation],
        samples.y_validation[:validation],
    )


def far(samples: Samples, factor: float) -> Samples:
    """Targets of another scale than a network begins with."""
    return changed(samples, y=lambda y: y * np.float32(factor))


def last(samples: Samples) -> Samples:
    """Only the answer after the last time step, without those before."""
    return changed(samples, y=lambda y: y[:, -1])


def changed(samples: Samples, **changes: Callable[[Array], Array]) -> Samples:
    """Changes `x` or `y`, of the training data and then of the others."""
    for name, change in changes.items():
        for part in (name, f"{name}_validation"):
            samples = replace(samples, **{part: change(getattr(samples, part))})
    return samples


def _split(x: Array, y: Array, size: int) -> Samples:
    return Samples(x[:size], y[:size], x[size:], y[size:])
