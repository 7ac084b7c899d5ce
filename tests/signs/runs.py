"""Runs made by hand: healthy numbers, and a change that makes them ill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from kgrad.records import (
    ActionRecord,
    Activity,
    Epoch,
    Layer,
    Measure,
    Origin,
    Sample,
    Setup,
    Snapshot,
    Target,
    TimeProfile,
)

MEASURES = (
    Measure("gradient_norm", "", "", "root_sum_square"),
    Measure("clipped_gradient_norm", "", "", "root_sum_square"),
    Measure("weight_norm", "", "", "root_sum_square"),
    Measure("update_norm", "", "", "root_sum_square"),
    Measure("quiet_unit_share", "", "", "mean_by_units"),
    Measure("nonfinite_count", "", "", "sum"),
)
LAYERS = (
    Layer("net/rnn", "SimpleRNN", "tanh", 16),
    Layer("net/hidden", "Dense", "relu", 16),
    Layer("net/out", "Dense", "softmax", 4),
)
SETUP = Setup(
    optimizer="SGD",
    optimizer_arguments={"learning_rate": 0.1},
    layers=LAYERS,
    loss="sparse_categorical_crossentropy",
    classes=4,
)
PARTS = tuple(
    Target(
        f"{layer.name}/{role}",
        layer.name,
        role,
        depth=depth,
        size=size * layer.units,
        units=layer.units,
    )
    for depth, layer in enumerate(LAYERS)
    for role, size in (("kernel", 16), ("bias", 1))
)
WHOLE = Target(
    "global",
    "",
    "",
    depth=-1,
    size=sum(t.size for t in PARTS),
    units=sum(t.units for t in PARTS),
    parts=tuple(range(len(PARTS))),
)
KERNEL = {
    layer.name.removeprefix("net/"): 2 * i for i, layer in enumerate(LAYERS)
}
"""Column of the kernel of each layer; its bias is the next."""

STEPS = 640
SOLVING = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.98, 0.98)
LEARNING = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.88, 0.9)
GUESSING = (0.25, 0.26, 0.24, 0.25, 0.25, 0.26, 0.25, 0.24, 0.25, 0.25)

Data = dict[str, np.ndarray]


def healthy(steps: int = STEPS) -> Data:
    """What is usual: heavy-tailed gradients, updates of a thousandth."""
    rng = np.random.default_rng(0)
    shape = (steps, len(PARTS))
    gradient = 0.1 * np.exp(rng.standard_normal(shape))
    weight = np.full(shape, 5.0)
    weight[:, 1::2] = np.linspace(0, 0.5, steps)[:, np.newaxis]
    return {
        "gradient_norm": gradient,
        "clipped_gradient_norm": gradient.copy(),
        "weight_norm": weight,
        "update_norm": 5e-3 * np.exp(0.3 * rng.standard_normal(shape)),
        "quiet_unit_share": np.zeros(shape),
        "nonfinite_count": np.zeros(shape),
        "loss": np.linspace(1.4, 0.3, steps),
        "learning_rate": np.full(steps, 0.1),
        "skipped": np.zeros(steps, np.bool_),
    }


def run(
    change: Callable[[Data], object] | None = None,
    *,
    metric: Sequence[float] = GUESSING,
    name: str = "accuracy",
    samples: int = 10_000,
    steps: int = STEPS,
    chunk: int = 64,
    setup: Setup = SETUP,
    more: Mapping[str, Sequence[float]] | None = None,
    samples_of: Callable[[int], Sample] | None = None,
    origins: Sequence[Origin] = (),
    actions: Sequence[ActionRecord] = (),
) -> list[Snapshot]:
    """A run as the monitor would push it.

    Args:
        change: Changes the healthy numbers in place.
        metric: Value of the metric after each of the equal epochs.
        name: Name of the metric.
        samples: Number of samples behind it.
        steps: Number of steps.
        chunk: Steps in a snapshot.
        setup: What is trained.
        more: Further metrics by name.
        samples_of: Gives the sample of a step; every 50th is one.
        origins: Where steps stopped being finite.
        actions: What actions did.
    """
    data = healthy(steps)
    if change is not None:
        change(data)
    values = np.stack([data[m.name] for m in MEASURES], -1).astype(np.float32)
    series = {name: metric, **(more or {})} if len(metric) else {}
    epochs = [
        Epoch(
            i,
            (i + 1) * steps // len(metric),
            {key: float(s[i]) for key, s in series.items()},
            dict.fromkeys(series, samples),
        )
        for i in range(len(metric))
    ]
    return [
        Snapshot(
            steps=np.arange(start, min(start + chunk, steps)) + 1,
            targets=(*PARTS, WHOLE),
            measures=MEASURES,
            values=values[start : start + chunk],
            loss=data["loss"][start : start + chunk],
            learning_rate=data["learning_rate"][start : start + chunk],
            skipped=data["skipped"][start : start + chunk],
            epochs=tuple(e for e in epochs if start < e.step <= start + chunk),
            samples=tuple(
                samples_of(step)
                for step in range(1, steps + 1, 50)
                if samples_of and start < step <= start + chunk
            ),
            setup=setup,
            origins=tuple(
                o for o in origins if start < o.step <= start + chunk
            ),
            actions=tuple(
                a for a in actions if start < a.step <= start + chunk
            ),
        )
        for start in range(0, steps, chunk)
    ]


def profiles(
    decay: float | Callable[[int], float],
    *,
    length: int = 100,
    fresh: bool = False,
) -> Callable[[int], Sample]:
    """Samples whose gradient falls by so many decades per step back."""

    def sample(step: int) -> Sample:
        slope = decay(step) if callable(decay) else decay
        norm = 10.0 ** (-slope * np.arange(length)[::-1])
        profile = TimeProfile("net/rnn", "h", norm, step, fresh=fresh)
        return Sample(step, (profile,))

    return sample


def encoder(
    decay: float, *, of_decoder: float = 0.2
) -> Callable[[int], Sample]:
    """Samples of a model whose decoder is read at every step."""

    def sample(step: int) -> Sample:
        (first,) = profiles(decay)(step).profiles
        (last,) = profiles(of_decoder, fresh=True)(step).profiles
        return Sample(step, (first, replace(last, layer="net/decoder")))

    return sample


def activities(
    layer: str, name: str, share: float | Callable[[int], float]
) -> Callable[[int], Sample]:
    """Samples in which a share of a layer's units is silent or saturated."""

    def sample(step: int) -> Sample:
        value = share(step) if callable(share) else share
        values = {"silent_unit_share": 0.0, name: value}
        return Sample(step, activities=(Activity(layer, values),))

    return sample
