"""What the remedies are for, where it takes more than one layer."""

from __future__ import annotations

from dataclasses import replace

import keras
import pytest

from kgrad import remedies, signs
from kgrad.records import Layer, Plan, Remedy, Setup
from kgrad.records.edits import ChangeOptimizer, LayerEdit
from kgrad.remedies import plans
from tests.signs.cases.changes import nonfinite, shrunk
from tests.signs.runs import SETUP, run

STACK = (
    Layer("net/before", "Dense", "sigmoid", 16),
    Layer("net/rnn", "Dense", "sigmoid", 16),
    Layer("net/act", "Activation", "tanh"),
    Layer("net/gated", "LSTM", "tanh", 16),
    Layer("net/straight", "Dense", "relu", 16),
    Layer("net/hidden", "Dense", "sigmoid", 16),
    Layer("net/out", "Dense", "softmax", 4),
)
ON_THE_WAY = ["net/rnn", "net/act", "net/hidden"]


def against_vanishing(*layers: Layer) -> tuple[Remedy, ...]:
    """Of a run in which the early `rnn` gets a millionth."""
    snapshots = run(shrunk(1e-6), setup=replace(SETUP, layers=layers))
    (finding,) = signs.diagnose(snapshots, [signs.Vanishing()])
    return finding.remedies


def test_every_saturating_layer_on_the_way_is_changed_but_the_last() -> None:
    for remedy in against_vanishing(*STACK):
        layers = [x.layer for x in remedy.edits if isinstance(x, LayerEdit)]
        assert layers == ON_THE_WAY
        lines = remedy.code.splitlines()
        assert [line.split()[-1] for line in lines] == ON_THE_WAY


def test_gates_are_meant_to_saturate() -> None:
    lstm = Layer("net/rnn", "LSTM", "tanh", 16)
    (remedy,) = against_vanishing(lstm, *STACK[5:])
    assert remedy == remedies.batch_normalization(lstm)


def test_code_keeps_what_the_layer_was_told() -> None:
    layer = Layer("a", "SimpleRNN", "tanh", 8, {"return_sequences": True})
    code = remedies.gated_cell(layer).code
    assert code == "keras.layers.LSTM(8, return_sequences=True)  # for a"
    activation = Layer("b", "Activation", "sigmoid")
    code = remedies.relu(activation).code
    assert code == 'keras.layers.Activation(activation="relu")  # for b'


@pytest.mark.parametrize(
    ("rate", "factor", "written"),
    [(0.1, 10.0, "1.0"), (0.1, 0.1, "0.01"), (1 / 3, 0.1, "0.0333333")],
)
def test_a_learning_rate_is_a_float_of_six_digits(
    rate: float, factor: float, written: str
) -> None:
    setup = replace(SETUP, optimizer_arguments={"learning_rate": rate})
    remedy = remedies.learning_rate(setup, factor)
    assert f"(learning_rate={written})" in remedy.code
    assert remedy.edits == (ChangeOptimizer({"learning_rate": float(written)}),)


def rate_after(remedy: Remedy) -> object:
    (edit,) = remedy.edits
    assert isinstance(edit, ChangeOptimizer)
    return edit.arguments["learning_rate"]


def of_rate(rate: float, **arguments: float) -> Setup:
    return replace(
        SETUP, optimizer_arguments={"learning_rate": rate, **arguments}
    )


@pytest.mark.parametrize(
    ("ratio", "rate"),
    [(1e-8, 1.0), (1e-4, 0.01), (1e-5, 0.1), (5e-4, 0.01), (0.0, 1.0)],
)
def test_a_larger_rate_makes_updates_as_large_as_usual(
    ratio: float, rate: float
) -> None:
    remedy = remedies.faster(of_rate(0.001), ratio)
    assert rate_after(remedy) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("ratio", "rate"), [(1e-5, 1e-3), (1e-6, 5e-3), (1e-4, 5e-4)]
)
def test_of_rates_that_are_far_too_small_the_usual_one_is_named(
    ratio: float, rate: float
) -> None:
    """Of an Adam at a thousandth of 0.005: no third of the way at a time."""
    setup = replace(of_rate(5e-6), optimizer="Adam")
    assert rate_after(remedies.faster(setup, ratio)) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("ratio", "rate"),
    [(0.0, 0.01), (0.1, 0.01), (8.0, 1e-4), (1e30, 1e-4)],
)
def test_a_smaller_rate_makes_updates_as_large_as_in_a_good_start(
    ratio: float, rate: float
) -> None:
    assert rate_after(remedies.slower(of_rate(0.1), ratio)) == pytest.approx(
        rate
    )


@pytest.mark.parametrize(
    ("optimizer", "now", "factor", "rate"),
    [
        ("SGD", 0.01, 1e6, 1.0),
        ("SGD", 1.0, 100.0, 3.0),
        ("SGD", 1e30, 1e-6, 1.0),
        ("SGD", 1e-6, 0.1, 3e-7),
        ("Adam", 1e-3, 1e6, 0.01),
        ("Adam", 1e-9, 10.0, 1e-6),
        ("Adam", 3e-3, 1e-6, 1e-6),
        ("RMSprop", 0.2, 0.1, 0.01),
    ],
)
def test_rates_are_such_as_are_used(
    optimizer: str, now: float, factor: float, rate: float
) -> None:
    setup = replace(of_rate(now), optimizer=optimizer)
    remedy = remedies.learning_rate(setup, factor)
    assert rate_after(remedy) == pytest.approx(rate)
    assert ("larger" in remedy.name) == (rate > now)


@pytest.mark.parametrize(
    ("setup", "first"),
    [
        (of_rate(0.1), "gradient clipping"),
        (of_rate(3.0), "smaller learning rate"),
        (of_rate(0.1, momentum=0.98), "smaller learning rate"),
        (of_rate(0.1, clipnorm=1.0), "smaller learning rate"),
        # Its steps are as long as the rate, clipped or not.
        (replace(of_rate(1e-3), optimizer="Adam"), "smaller learning rate"),
        (replace(of_rate(0.1), optimizer="Their"), "gradient clipping"),
    ],
)
def test_clipping_comes_first_where_a_clipped_step_is_short(
    setup: Setup, first: str
) -> None:
    assert remedies.smaller_steps(setup)[0].name == first


@pytest.mark.parametrize(
    ("loss", "first"),
    [
        ("mse", "clean data"),
        ("SparseCategoricalCrossentropy", "clean data"),
        ("my_log_of_zero", "stable loss"),
        ("digit: SparseCategoricalCrossentropy, size: mse", "clean data"),
        ("mse, binary_crossentropy", "clean data"),
        ("digit: mse, size: my_log_of_zero", "stable loss"),
    ],
)
def test_a_custom_loss_is_looked_at_before_the_data(
    loss: str, first: str
) -> None:
    snapshots = run(nonfinite(*range(6), loss=True))
    snapshots = [replace(s, setup=replace(SETUP, loss=loss)) for s in snapshots]
    (finding,) = signs.diagnose(snapshots, [signs.Nonfinite()])
    assert finding.remedies[0].name == first


def test_keras_losses_are_known_by_every_name() -> None:
    for name in dir(keras.losses):
        value = getattr(keras.losses, name)
        of_keras = callable(value) and name not in (
            "Loss",
            "deserialize",
            "get",
            "serialize",
        )
        if of_keras and not name.startswith("_"):
            given = replace(SETUP, loss=name)
            assert not remedies.has_custom_loss(given), name


@pytest.mark.parametrize(
    ("batch", "times", "expected"),
    [
        (48, 10, "batch_size=48, epochs=80"),
        (960, 10, "batch_size=32, epochs=8"),
        (320, 20, "batch_size=32, epochs=16"),
        (0, 2, "batch_size=32, epochs=16"),
    ],
)
def test_more_updates_leave_a_usual_batch_as_it_is(
    batch: int, times: float, expected: str
) -> None:
    plan = Plan(batch_size=batch, epochs=8)
    assert expected in plans.times_the_updates(plan, times).code
