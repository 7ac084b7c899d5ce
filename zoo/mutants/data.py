"""Data of the bases: each can be learned from a thousand samples in seconds.

Nothing here is used by bases of both halves.
"""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np

from zoo.clinic import data as clinic
from zoo.clinic.case import Array, Samples
from zoo.tasks import TASKS

SIZE = 960
VALIDATION = 320


def _halved(x: Array, y: Array) -> Samples:
    """The first samples to train on, the others to validate on."""
    if x.dtype == np.float64:
        x = x.astype(np.float32)
    y = y.astype(np.float32 if y.dtype == np.float64 else np.int32)
    return Samples(x[:SIZE], y[:SIZE], x[SIZE:], y[SIZE:])


def _random(name: str) -> tuple[np.random.Generator, int]:
    """Random numbers that no other data have, and how many samples to make."""
    seed = zlib.crc32(name.encode())
    return np.random.default_rng(seed), SIZE + VALIDATION


def task(name: str, length: int, size: int = SIZE) -> Samples:
    """A task of the zoo, short."""
    x, y = TASKS[name].data("train", size, length=length)
    x_validation, y_validation = TASKS[name].data(
        "validation", VALIDATION, length=length
    )
    return Samples(x, y, x_validation, y_validation)


def tones(length: int = 16) -> Samples:
    """Sines of one of three frequencies, in noise, from any phase on."""
    rng, n = _random("tones")
    y = rng.integers(0, 3, n)
    t = np.arange(length) + rng.uniform(0, 30, (n, 1))
    x = np.sin(t * np.array([0.35, 0.8, 1.4])[y][:, np.newaxis])
    return _halved((x + rng.normal(0, 0.3, x.shape))[..., np.newaxis], y)


def padded_topics() -> Samples:
    """Texts of 4 to 12 words, padded with 0 behind: to one of three topics."""
    samples = clinic.topics(SIZE)

    def padded(x: Array) -> Array:
        lengths = np.random.default_rng(len(x)).integers(4, 13, len(x))
        return np.where(np.arange(x.shape[1]) < lengths[:, np.newaxis], x, 0)

    return clinic.changed(samples, x=padded)


def tags(length: int = 10) -> Samples:
    """At every step, whether the last two inputs add up to more than 0."""
    rng, n = _random("tags")
    x = rng.normal(size=(n, length, 1))
    before = np.concatenate([np.zeros((n, 1, 1)), x[:, :-1]], axis=1)
    return _halved(x, (x + before > 0).astype(int)[..., 0])


def binary_tags(length: int = 10) -> Samples:
    """The same as `(n, length, 1)`, for one sigmoid unit a step."""
    samples = tags(length)
    return clinic.changed(samples, y=lambda y: y[..., np.newaxis])


def rows_of_digits() -> Samples:
    """Images of digits, row by row: `(n, 8, 8)`."""
    return clinic.changed(clinic.digits(SIZE), x=lambda x: x[..., 0])


def moving(length: int = 5, side: int = 8) -> Samples:
    """A spot that moves up, down, left or right, round the edge."""
    rng, n = _random("moving")
    y = rng.integers(0, 4, n)
    way = np.array([(-1, 0), (1, 0), (0, -1), (0, 1)])[y]
    start = rng.integers(0, side, (n, 2))
    x = rng.normal(0, 0.1, (n, length, side, side, 1))
    for t in range(length):
        row, column = ((start + t * way) % side).T
        x[np.arange(n), t, row, column, 0] += 1
    return _halved(x, y)


def first(length: int = 8, symbols: int = 4) -> Samples:
    """One-hot symbols: which of them came first?"""
    rng, n = _random("first")
    x = rng.integers(0, symbols, (n, length))
    return _halved(np.eye(symbols)[x], x[:, 0])


def padded_sums(length: int = 12) -> Samples:
    """Whether the last three numbers before the padding add up to above 0.

    Sequences of 4 to 12 steps, padded with zeros behind.
    """
    rng, n = _random("padded_sums")
    x = rng.normal(size=(n, length, 1))
    ends = rng.integers(4, length + 1, n)
    y = np.array(
        [values[end - 3 : end].sum() > 0 for values, end in zip(x, ends)]  # noqa: B905
    )
    x[np.arange(length) >= ends[:, np.newaxis]] = 0
    return _halved(x, y.astype(int))


def marked(length: int = 12) -> Samples:
    """Numbers, one of them marked: which third of the normal is it from?"""
    rng, n = _random("marked")
    values = rng.normal(size=(n, length))
    place = rng.integers(0, length, n)
    marks = np.arange(length) == place[:, np.newaxis]
    y = np.digitize(values[marks], [-0.43, 0.43])
    return _halved(np.stack([values, marks], axis=-1).astype(float), y)


def opinions(length: int = 14, vocabulary: int = 50) -> Samples:
    """Words of praise and of blame among others: which are more?"""
    rng, n = _random("opinions")
    x = rng.integers(1, vocabulary, (n, length))
    praise, blame = ((x <= 12).sum(axis=1), (x > vocabulary - 13).sum(axis=1))
    return _halved(x.astype(np.int32), (praise > blame).astype(int))


def padded_opinions() -> Samples:
    """The same, of 5 to 14 words, padded with 0 behind."""
    samples = opinions()

    def padded(x: Array) -> Array:
        lengths = np.random.default_rng(len(x)).integers(5, 15, len(x))
        return np.where(np.arange(x.shape[1]) < lengths[:, np.newaxis], x, 0)

    samples = clinic.changed(samples, x=padded)

    def judged(x: Array) -> Array:
        praise = ((x >= 1) & (x <= 12)).sum(axis=1)
        return np.asarray(praise > (x > 37).sum(axis=1), np.int32)

    return replace(
        samples, y=judged(samples.x), y_validation=judged(samples.x_validation)
    )


def slopes(length: int = 12) -> Samples:
    """A noisy line: how steep is it?"""
    rng, n = _random("slopes")
    y = rng.normal(size=(n, 1))
    x = y * np.linspace(-1, 1, length) + rng.normal(0, 0.3, (n, length))
    x += rng.normal(size=(n, 1))
    return _halved(x[..., np.newaxis], y)


def echo(length: int = 10, delay: int = 2) -> Samples:
    """At every step, the input two steps before."""
    rng, n = _random("echo")
    x = rng.normal(size=(n, length, 1))
    y = np.concatenate([np.zeros((n, delay, 1)), x[:, :-delay]], axis=1)
    return _halved(x, y)


def grammar(length: int = 12, symbols: int = 6) -> Samples:
    """At every step, the next symbol: it mostly follows from the last two."""
    rng, n = _random("grammar")
    rule = rng.integers(0, symbols, (symbols, symbols))
    text = rng.integers(0, symbols, (n, length + 1))
    for t in range(2, length + 1):
        ruled = rule[text[:, t - 2], text[:, t - 1]]
        text[:, t] = np.where(rng.random(n) < 0.85, ruled, text[:, t])
    return _halved(text[:, :-1].astype(np.int32), text[:, 1:])


def reversed_symbols(length: int = 3, symbols: int = 4) -> Samples:
    """One-hot symbols, to be given back from the last to the first."""
    rng, n = _random("reversed_symbols")
    x = rng.integers(0, symbols, (n, length))
    return _halved(np.eye(symbols)[x], x[:, ::-1])


def friedman() -> Samples:
    """A table: ten features, of which five matter, not linearly."""
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(SIZE + VALIDATION, noise=0.5, random_state=0)
    y = (y - y.mean()) / y.std()
    return _halved(2 * x - 1, y[:, np.newaxis])


def shapes(side: int = 8) -> Samples:
    """A row, a column or a cross of bright pixels in noise."""
    rng, n = _random("shapes")
    y = rng.integers(0, 3, n)
    x = rng.normal(0, 0.4, (n, side, side, 1))
    row, column = rng.integers(0, side, (2, n))
    across, down = y != 1, y != 0
    x[across, row[across]] += 1
    x[down, :, column[down]] += 1
    return _halved(x, y)


def features_of_shapes() -> Samples:
    """Of the same images: whether there is a row, and whether a column."""
    samples = shapes()
    return clinic.changed(
        samples, y=lambda y: np.stack([y != 1, y != 0], axis=-1).astype("int32")
    )


def growing(length: int = 5, side: int = 8) -> Samples:
    """A square that grows or shrinks, anywhere: which does it?"""
    rng, n = _random("growing")
    y = rng.integers(0, 2, n)
    x = rng.normal(0, 0.1, (n, length, side, side, 1))
    corner = rng.integers(0, side - 4, (n, 2))
    for i in range(n):
        top, left = corner[i]
        for t in range(length):
            edge = (t if y[i] else length - 1 - t) // 2 + 1
            x[i, t, top : top + edge, left : left + edge] += 1
    return _halved(x, y)
