"""What people do to their data without wanting to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from zoo.clinic import data
from zoo.clinic.case import Array, Samples
from zoo.clinic.programs import Flaw


def inputs(change: Callable[[Array], Array]) -> Flaw:
    """All inputs, changed."""
    return lambda samples: data.changed(samples, x=change)


def targets(change: Callable[[Array], Array]) -> Flaw:
    """All targets, changed."""
    return lambda samples: data.changed(samples, y=change)


def both(*flaws: Flaw) -> Flaw:
    """One after the other."""

    def flaw(samples: Samples) -> Samples:
        for each in flaws:
            samples = each(samples)
        return samples

    return flaw


def with_column(make: Callable[[Array], Array]) -> Flaw:
    """One feature more, along the last axis.

    Args:
        make: From inputs without their last axis to the new feature.
    """
    return inputs(
        lambda x: np.concatenate(
            [x, make(x[..., 0])[..., np.newaxis].astype(x.dtype)], axis=-1
        )
    )


def standardized(epsilon: float = 0.0) -> Flaw:
    """Each feature with mean 0 and variance 1; 0 / 0 if it is constant."""

    def change(x: Array) -> Array:
        with np.errstate(invalid="ignore"):
            z = (x - x.mean(axis=0)) / (x.std(axis=0) + epsilon)
        return np.asarray(z, np.float32)

    return inputs(change)


def counts(x: Array) -> Array:
    """A feature that counts something rare: mostly 0."""
    return np.random.default_rng(1).poisson(0.3, x.shape)


def times(factor: float, offset: float = 0.0) -> Callable[[Array], Array]:
    """Another unit, or another zero."""

    def change(values: Array) -> Array:
        changed: Array = (values * factor + offset).astype(np.float32)
        return changed

    return change


def ordered(samples: Samples) -> Samples:
    """The training samples sorted by their labels, as files in folders."""
    order = np.argsort(samples.y, kind="stable")
    return replace(samples, x=samples.x[order], y=samples.y[order])


def first(size: int) -> Flaw:
    """Only the first training samples."""
    return lambda samples: replace(
        samples, x=samples.x[:size], y=samples.y[:size]
    )


def rare(share: float = 0.03, label: int = 1) -> Flaw:
    """Most training samples with a label, and those above it, dropped.

    Args:
        share: Share of the samples with such labels that remain, about.
        label: The first such label; the others become 0, it 1.
    """

    def flaw(samples: Samples) -> Samples:
        samples = targets(lambda y: (y >= label).astype(np.int32))(samples)
        is_kept = np.random.default_rng(0).random(len(samples.y)) < share
        kept = (samples.y == 0) | is_kept
        return replace(samples, x=samples.x[kept], y=samples.y[kept])

    return flaw


def noisy(scale: float) -> Flaw:
    """Inputs that tell less."""

    def change(x: Array) -> Array:
        noise = np.random.default_rng(2).normal(0, scale, x.shape)
        return np.asarray(x + noise, x.dtype)

    return inputs(change)


def one_hot(classes: int) -> Flaw:
    """Labels as rows of zeros with a one."""
    return targets(lambda y: np.eye(classes, dtype=np.float32)[y])
