"""||dL/dh_t|| of every kind of recurrent layer, against a scan by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from kgrad.step.time_tap import TimeTap
from tests.step.through_time import norms_by_hand

BATCH, STEPS, FEATURES = 3, 7, 2


class MinimalCell(keras.Layer):
    """A cell of the user's own: h = softsign(W x + u * h)."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = self.state_size = units

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="w")
        self.recurrent = self.add_weight(shape=(self.units,), name="u")

    def call(self, x: Any, states: Any) -> Any:
        h = keras.ops.softsign(x @ self.kernel + self.recurrent * states[0])
        return h, [h]


@dataclass(frozen=True)
class Case:
    """A layer to tap."""

    name: str
    layer: Callable[[], Any]
    masked: bool = False
    states: tuple[str, ...] = ("h",)


def stacked() -> Any:
    cells = [layers.LSTMCell(4), layers.GRUCell(3)]
    return layers.RNN(layers.StackedRNNCells(cells))


KINDS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "SimpleRNN": (layers.SimpleRNN, ("h",)),
    "LSTM": (layers.LSTM, ("h", "c")),
    "GRU": (layers.GRU, ("h",)),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "return_sequences": {"return_sequences": True},
    "go_backwards": {"go_backwards": True},
    "unroll": {"unroll": True},
    "stateful": {"stateful": True},
    "dropout": {"dropout": 0.3, "recurrent_dropout": 0.3, "seed": 1},
}
CASES = [
    Case(
        f"{kind}, {option}",
        lambda m=make, a=arguments: m(4, **a),
        states=states,
    )
    for kind, (make, states) in KINDS.items()
    for option, arguments in OPTIONS.items()
]
CASES.append(
    Case("SimpleRNN, relu", lambda: layers.SimpleRNN(4, activation="relu"))
)
CASES += [
    Case(f"{kind}, mask", lambda m=make: m(4), True, states)
    for kind, (make, states) in KINDS.items()
]
CASES += [
    Case(
        "LSTM, mask, backwards",
        lambda: layers.LSTM(4, go_backwards=True),
        True,
        ("h", "c"),
    ),
    Case("GRU, reset_after=False", lambda: layers.GRU(4, reset_after=False)),
    Case(
        "GRU, mask, sequences",
        lambda: layers.GRU(4, return_sequences=True),
        True,
    ),
    Case(
        "RNN of a cell",
        lambda: layers.RNN(layers.LSTMCell(4)),
        states=("h", "c"),
    ),
    Case("a cell of the user's own", lambda: layers.RNN(MinimalCell(4))),
    Case("stacked cells", stacked, states=("h1", "c1", "h2")),
]


def built(case: Case) -> tuple[keras.Model, np.ndarray, np.ndarray | None]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            layers.Input(batch_shape=(BATCH, STEPS, FEATURES)),
            case.layer(),
            layers.Reshape((-1,)),
            layers.Dense(1),
        ]
    )
    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCH, STEPS, FEATURES)).astype(np.float32)
    mask = None
    if case.masked:
        mask = np.arange(STEPS) < np.array([[STEPS], [4], [5]])
        mask &= np.arange(STEPS) != 2
    return model, x, mask


def tapped_step(
    model: keras.Model, x: Any, mask: Any, jit: bool, tap: TimeTap | None
) -> list[np.ndarray]:
    """Gradients of a training step."""
    rnn, flat, readout = model.layers

    def step() -> Any:
        with tf.GradientTape() as tape:
            h = rnn(x, mask=mask, training=True)
            loss = tf.reduce_mean(readout(flat(h)) ** 2)
        if tap is not None:
            tap.step_begins()
        return tape.gradient(loss, [v.value for v in model.trainable_variables])

    function = tf.function(step, jit_compile=jit, autograph=False)
    if tap is None:
        return [g.numpy() for g in function()]
    with tap.listening():
        return [g.numpy() for g in function()]


def other_state(model: keras.Model) -> list[Any]:
    """What a step changes beside the weights: states and random seeds."""
    rnn = model.layers[0]
    generator = getattr(rnn.cell, "seed_generator", None)
    seeds = [] if generator is None else [generator.state]
    return [*(rnn.states or []), *seeds]


@contextmanager
def put_back(model: keras.Model) -> Iterator[None]:
    before = [variable.numpy() for variable in other_state(model)]
    yield
    for variable, value in zip(other_state(model), before, strict=True):
        variable.assign(value)


XLA = {
    "LSTM, plain": pytest.mark.slow,
    "GRU, return_sequences": pytest.mark.full,
    "SimpleRNN, go_backwards": pytest.mark.full,
    "LSTM, mask, backwards": pytest.mark.full,
    "stacked cells": pytest.mark.full,
}
"""One of each kind of scan: compiling takes seconds."""
EACH_PUSH = {
    "SimpleRNN, go_backwards",
    "LSTM, mask, backwards",
    "LSTM, stateful",
    "GRU, plain",
    "GRU, mask, sequences",
    "GRU, unroll",
    "GRU, dropout",
    "GRU, reset_after=False",
    "RNN of a cell",
    "a cell of the user's own",
    "stacked cells",
}
"""Of the others each part is one of theirs; `make test-all` has all."""

RUNS = [
    pytest.param(
        case,
        False,
        id=case.name,
        marks=[] if case.name in EACH_PUSH else pytest.mark.full,
    )
    for case in CASES
] + [
    pytest.param(case, True, id=f"{case.name}, XLA", marks=XLA[case.name])
    for case in CASES
    if case.name in XLA
]


@pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask")
@pytest.mark.parametrize(("case", "jit"), RUNS)
def test_profiles_are_those_of_a_scan_by_hand(case: Case, jit: bool) -> None:
    model, x, mask = built(case)
    rnn, flat, readout = model.layers
    with put_back(model):
        plain = tapped_step(model, x, mask, jit, None)
    with put_back(model):
        (expected,) = norms_by_hand(
            [rnn],
            x,
            lambda outputs: tf.reduce_mean(readout(flat(outputs[0])) ** 2),
            mask,
        )
    tap = TimeTap(model, lambda: 1.0)
    gradients = tapped_step(model, x, mask, jit, tap)
    found = tap.read(step=1)
    assert tuple(p.state for p in found) == case.states
    assert {p.layer for p in found} == {rnn.path}
    got = np.stack([p.norm for p in found], axis=1)
    np.testing.assert_allclose(
        got, expected, rtol=1e-3 if jit else 1e-5, atol=1e-12
    )
    assert "inner_loop" not in vars(rnn)
    assert all(p.fresh == rnn.return_sequences for p in found)
    for a, b in zip(plain, gradients, strict=True):
        np.testing.assert_allclose(
            a, b, rtol=1e-5 if jit else 0, atol=1e-9 if jit else 0
        )


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    ("steps", "weight", "fresh"),
    [
        (slice(None), [1.0, 1.0, 1.0], True),
        (slice(None), [0.0, 0.0, 1.0], True),
        (slice(-1, None), [1.0, 1.0, 1.0], False),
        (slice(-1, None), [0.0, 0.0, 1.0], False),
        (slice(-2, None), [0.0, 1.0, 0.0], True),
    ],
)
def test_fresh_is_what_the_loss_reads_of_earlier_steps(
    steps: slice, weight: list[float], fresh: bool, backwards: bool
) -> None:
    keras.backend.clear_session()
    rnn = layers.GRU(4, return_sequences=True, go_backwards=backwards)
    x = np.ones((BATCH, STEPS, FEATURES), np.float32)
    rnn.build(x.shape)
    tap = TimeTap(keras.Sequential([layers.Input(x.shape[1:]), rnn]), lambda: 1)
    with tap.listening(), tf.GradientTape() as tape:
        squares = tf.square(rnn(x)[:, steps])
        loss = tf.tensordot(weight, tf.reduce_sum(squares, [1, 2]), 1)
    tape.gradient(loss, rnn.trainable_variables[0].value)
    (profile,) = tap.read(1)
    assert profile.fresh == fresh
    assert profile.norm.all()


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
def test_samples_that_are_picked_by_index_have_a_gradient_in_slices(
    sequences: bool, compiled: bool
) -> None:
    keras.backend.clear_session()
    rnn = layers.GRU(4, return_sequences=sequences)
    x = np.ones((BATCH, STEPS, FEATURES), np.float32)
    rnn.build(x.shape)
    weight = rnn.trainable_variables[0].value

    def gradient() -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.gather(rnn(x), [0, 2, 2], axis=0) ** 2)
        return tape.gradient(loss, weight)

    plain = gradient()
    tap = TimeTap(keras.Sequential([layers.Input(x.shape[1:]), rnn]), lambda: 1)
    with tap.listening():
        tapped = tf.function(gradient)() if compiled else gradient()
    largest = np.abs(plain).max()
    np.testing.assert_allclose(tapped, plain, rtol=1e-6, atol=1e-6 * largest)
    (profile,) = tap.read(1)
    assert profile.fresh == sequences
    assert profile.norm.all()
