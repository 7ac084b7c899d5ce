"""What the remedies are for, where it takes more than one layer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kgrad import signs
from kgrad.records import Layer, Remedy
from kgrad.signs import remedies
from tests.signs.cases import shrunk
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
        assert [edit.layer for edit in remedy.edits] == ON_THE_WAY
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
    [(0.5, 10.0, "5.0"), (0.1, 0.1, "0.01"), (1 / 3, 0.1, "0.0333333")],
)
def test_a_learning_rate_is_a_float_of_six_digits(
    rate: float, factor: float, written: str
) -> None:
    setup = replace(SETUP, optimizer_arguments={"learning_rate": rate})
    remedy = remedies.learning_rate(setup, factor)
    assert f"(learning_rate={written})" in remedy.code
    assert dict(remedy.edits[0].arguments) == {"learning_rate": float(written)}
