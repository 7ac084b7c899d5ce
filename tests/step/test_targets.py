"""From a model to targets: names, gates, layers, depth."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from kgrad.step.targets import layout_of


def test_gates_of_lstm_and_gru_and_what_they_add_up_to() -> None:
    model = keras.Sequential(
        [
            layers.Input((3, 2)),
            layers.LSTM(4, return_sequences=True, name="first"),
            layers.GRU(5, name="second"),
            layers.Dense(1, name="readout"),
        ],
        name="model",
    )
    layout = layout_of(model, model.trainable_variables)
    names = [target.name for target in layout.targets]
    assert names[:4] == [f"model/first/lstm_cell/kernel[{g}]" for g in "ifco"]
    assert "model/second/gru_cell/recurrent_kernel[z]" in names
    assert names[-1] == "global"
    assert len(layout.measured) == 3 * 4 + 3 * 3 + 2
    by_name = {target.name: target for target in layout.targets}
    kernel = by_name["model/first/lstm_cell/kernel"]
    assert [layout.targets[i].gate for i in kernel.parts] == list("ifco")
    assert (kernel.size, kernel.units, kernel.layer) == (32, 16, "model/first")
    assert by_name["model/second/gru_cell/bias[h]"].size == 10
    assert by_name["model/readout/kernel"].depth == 2
    assert by_name["global"].size == model.count_params()
    assert by_name["global"].parts == tuple(range(len(layout.measured)))


def test_both_halves_of_a_bidirectional_layer_have_gates() -> None:
    model = keras.Sequential(
        [layers.Input((3, 2)), layers.Bidirectional(layers.LSTM(4))]
    )
    layout = layout_of(model, model.trainable_variables)
    assert len(layout.measured) == 2 * 3 * 4
    assert len({target.name for target in layout.targets}) == len(
        layout.targets
    )


def test_variables_of_the_same_name_are_told_apart() -> None:
    variables = [keras.Variable(np.ones(2), name="w") for _ in range(2)]
    layout = layout_of(None, variables)
    assert [target.name for target in layout.targets] == ["w", "w#1", "global"]


def test_a_variable_called_global_is_not_the_model() -> None:
    layout = layout_of(None, [keras.Variable(1.0, name="global")])
    assert [target.name for target in layout.targets] == ["global#1", "global"]
    assert layout.targets[0].units == 1
