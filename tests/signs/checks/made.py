"""Made-up batches, summarized as `kgrad.check` does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from kgrad.records import DataSummary, Layer, Output, Plan, Setup
from kgrad.records.summaries import summarize_batch

RNG = np.random.default_rng(0)
N = 400

X = RNG.normal(size=(N, 6)).astype("float32")
SEQUENCES = RNG.normal(size=(N, 20, 2)).astype("float32")
IDS = RNG.integers(1, 100, (N, 15))
PIXELS = np.round(RNG.uniform(0, 255, (N, 8, 8, 1))).astype("float32")
BINARY = RNG.integers(0, 2, N)
LABELS = RNG.integers(0, 5, N)
NUMBERS = RNG.normal(size=N)
ONE_HOT = np.eye(5, dtype="float32")[LABELS]

BINARY_LOSS = "binary_crossentropy"
SPARSE = "sparse_categorical_crossentropy"
CATEGORICAL = "categorical_crossentropy"
FEW = Plan(batch_size=32, updates=300, epochs=10, samples=N)

WITH_NAN = X.copy()
WITH_NAN[:, 3] = np.nan
TARGETS_WITH_NAN = np.where(np.arange(N) % 7, NUMBERS, np.nan)
SORTED = np.sort(LABELS)
REGIMES = np.repeat(np.arange(N // 10) % 2, 10)
RARE = (np.arange(N) % 20 == 0).astype(int)
PADDED = np.where(np.arange(N)[:, None] % 4 == 0, IDS, 0)
MULTI_HOT = (X[:, :5] > 0).astype("float32")
COLUMNS = X * [1, 1e4, 30, 1, 1, 1] + [0, 5e4, 40, 0, 0, 0]
IGNORED = np.where(LABELS == 4, -1, LABELS)
STEPS = RNG.integers(0, 2, (N, 20, 1)).astype("float32")
PAST_END = np.arange(20)[:, None] >= 12
MISSING = np.arange(N) % 4 == 0
RESIZED = PIXELS / 255 * 1.07 - 0.03
MASKING = Layer("masking", "Masking")
HELD_OUT = Plan(
    shuffle=True,
    validation_split=0.25,
    label_counts=(100, 100, 40),
    label_runs=3,
    held_out_counts=(0, 0, 60, 20),
)

Judged = tuple[Setup, DataSummary]


def dense(
    activation: str = "relu", units: int = 16, name: str = "hidden"
) -> Layer:
    return Layer(name, "Dense", activation, units)


def lstm(units: int = 16, activation: str = "tanh", **arguments: Any) -> Layer:
    return Layer("lstm", "LSTM", activation, units, arguments)


def softmax(logits: Any) -> Any:
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(logits: Any) -> Any:
    return 1 / (1 + np.exp(-logits))


def untrained(activation: str, *shape: int) -> Any:
    """Predictions such as a model without training has."""
    logits = 0.1 * np.random.default_rng(1).normal(size=(32, *shape))
    return {
        "softmax": softmax,
        "sigmoid": sigmoid,
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
    }.get(activation, lambda z: z)(logits)


BY_HAND = untrained("softmax", 5)


def judged(
    x: Any = X,
    y: Any = None,
    said: Any = None,
    *,
    activation: str = "linear",
    loss: str = "mean_squared_error",
    units: int = 1,
    from_logits: bool | None = None,
    layers: tuple[Layer, ...] = (dense(),),
    value: float = float("nan"),
    weight: Any = None,
    optimizer: str = "Adam",
    rate: float = 1e-3,
    lag: int = 0,
    plan: Plan | None = None,
    **output: Any,
) -> Judged:
    """A set-up with one output, and the numbers of its data."""
    if from_logits is None and "crossentropy" in loss:
        from_logits = False
    if said is None and y is not None:
        said = untrained(activation, units)
    setup = Setup(
        optimizer,
        {"learning_rate": rate},
        layers=(*layers, Layer("out", "Dense", activation, units)),
        loss=loss,
        lag=lag,
        outputs=(
            Output("", "out", activation, units, loss, from_logits, **output),
        ),
        plan=plan or Plan(),
    )
    return setup, replace(summarize_batch(x, y, said, weight), loss=value)


def with_added_loss(case: Judged) -> Judged:
    """The same where layers add to the loss."""
    setup, data = case
    return replace(setup, adds_losses=True), data


def with_schedule(case: Judged) -> Judged:
    """The same where the learning rate warms up."""
    setup, data = case
    return replace(setup, has_schedule=True), data
