"""What was trained, described for remedies; which optimizer is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kgrad
from kgrad.session.setup import completed, setup_of
from kgrad.step.optimizers import find_optimizer
from tests.small import STEPS, dense, fit


def test_arguments_are_those_that_are_not_defaults() -> None:
    model = dense()
    optimizer = keras.optimizers.Adam(0.01, beta_1=0.8, clipnorm=1.0)
    setup = setup_of(model, optimizer, {"accuracy": 0.5}, {"units": 3}, 7)
    assert setup.optimizer == "Adam"
    assert setup.optimizer_arguments == {
        "learning_rate": 0.01,
        "beta_1": 0.8,
        "clipnorm": 1.0,
    }
    assert setup.chance == {"accuracy": 0.5}
    assert setup.hparams == {"units": 3}
    assert setup.lag == 7
    assert not setup.loss_scaling


def test_describing_an_optimizer_makes_no_other() -> None:
    keras.backend.clear_session(free_memory=False)
    names = [keras.optimizers.SGD().name for _ in range(2)]
    keras.backend.clear_session(free_memory=False)
    setup_of(None, keras.optimizers.SGD(), {}, {})
    assert keras.optimizers.SGD().name == names[1]


@pytest.mark.parametrize(
    ("loss", "units", "classes"),
    [
        ("sparse_categorical_crossentropy", 5, 5),
        ("categorical_crossentropy", 4, 4),
        ("binary_crossentropy", 1, 2),
        ("mse", 3, 0),
    ],
)
def test_classes_follow_from_loss_and_output(
    loss: str, units: int, classes: int
) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units)])
    model.compile("sgd", loss)
    assert setup_of(model, model.optimizer, {}, {}).classes == classes


def test_a_rate_that_warms_up_is_known_to_follow_a_schedule() -> None:
    warm_up = keras.optimizers.schedules.CosineDecay(
        0.0, 900, warmup_target=1e-3, warmup_steps=100
    )
    for rate, scheduled in ((1e-3, False), (warm_up, True)):
        optimizer = keras.optimizers.Adam(rate)
        assert setup_of(None, optimizer, {}, {}).has_schedule == scheduled


def test_layers_are_those_a_reader_knows() -> None:
    model = keras.Sequential(
        [
            keras.Input((3, 2)),
            keras.layers.LSTM(4, name="rnn"),
            keras.layers.Dense(1, activation="relu", name="out"),
        ],
        name="model",
    )
    layers = setup_of(model, keras.optimizers.SGD(), {}, {}).layers
    assert [(x.name, x.class_name, x.units) for x in layers] == [
        ("model/rnn", "LSTM", 4),
        ("model/out", "Dense", 1),
    ]
    assert layers[1].activation == "relu"


def test_what_compile_wraps_for_loss_scaling_is_found(tmp_path: Path) -> None:
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = dense()
    finally:
        keras.config.set_dtype_policy("float32")
    outer = model.optimizer
    assert isinstance(outer, keras.optimizers.LossScaleOptimizer)
    assert find_optimizer(model) is outer
    assert find_optimizer(model, outer.inner_optimizer) is outer
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    fit(model, monitor)
    history = monitor.history
    assert history.setup.loss_scaling
    assert history.setup.optimizer == "SGD"
    assert len(history.steps) == STEPS
    # True gradients, not those multiplied by the scale of 2**15.
    kept = history["gradient_norm"][~history.skipped]
    assert len(kept) >= STEPS - 2
    assert np.max(kept) < 100


def test_with_two_optimizers_one_has_to_be_named() -> None:
    model = keras.Model()
    model.first = keras.optimizers.SGD()
    assert find_optimizer(model) is model.first
    model.second = keras.optimizers.SGD()
    with pytest.raises(ValueError, match="'first', 'second'"):
        find_optimizer(model)
    assert find_optimizer(model, "second") is model.second


def test_other_arguments_of_a_layer_are_told_where_they_are_no_defaults() -> (
    None
):
    layers = [
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(4, (3, 5), strides=2, use_bias=False, name="conv"),
        keras.layers.Reshape((-1, 4), name="rows"),
        keras.layers.SimpleRNN(
            3, return_sequences=True, kernel_regularizer="l2", name="rnn"
        ),
        keras.layers.Dense(1, name="out"),
    ]
    model = keras.Sequential(layers)
    described = setup_of(model, keras.optimizers.SGD(), {}, {}).layers
    told = {x.class_name: dict(x.arguments) for x in described}
    assert told["Conv2D"] == {
        "kernel_size": (3, 5),
        "strides": (2, 2),
        "use_bias": False,
    }
    assert told["SimpleRNN"] == {"return_sequences": True}
    assert told["Dense"] == {}


class Sparse(keras.layers.Dense):
    """A layer with a loss of its own."""

    def call(self, inputs: Any) -> Any:
        self.add_loss(keras.ops.mean(inputs))
        return super().call(inputs)


@pytest.mark.parametrize(
    ("layer", "adds"),
    [
        (keras.layers.Dense(2), False),
        (keras.layers.LSTM(2), False),
        (keras.layers.Dense(2, kernel_regularizer="l2"), True),
        (keras.layers.LSTM(2, recurrent_regularizer="l2"), True),
        (keras.layers.Dense(2, activity_regularizer="l1"), True),
        (Sparse(2), True),
    ],
)
def test_whether_layers_add_to_the_loss(layer: Any, adds: bool) -> None:
    first = keras.layers.Reshape((3, 1) if "lstm" in layer.name else (3,))
    inner = keras.Sequential([keras.Input((3,)), first, layer])
    model = keras.Sequential([keras.Input((3,)), inner])
    setup = setup_of(model, keras.optimizers.SGD(), {}, {})
    assert setup.adds_losses == adds
    assert completed(setup, model).adds_losses == adds


def test_penalties_of_weights_are_told_with_their_factors() -> None:
    layers = [
        keras.Input((5, 2)),
        keras.layers.Bidirectional(
            keras.layers.LSTM(
                3,
                kernel_regularizer=keras.regularizers.L1(0.5),
                recurrent_regularizer=keras.regularizers.L2(0.25),
            )
        ),
        keras.layers.Dense(1, bias_regularizer=keras.regularizers.L1L2(1, 2)),
    ]
    model = keras.Sequential(layers)
    described = setup_of(model, keras.optimizers.SGD(), {}, {}).layers
    told = {x.name.rpartition("/")[2]: x.penalties for x in described}
    of_lstm = (("kernel", 0.5, 0.0), ("recurrent_kernel", 0.0, 0.25))
    assert [x for x in told.values() if x] == [
        of_lstm,
        of_lstm,
        (("bias", 1.0, 2.0),),
    ]


def test_a_layer_of_the_users_own_has_no_arguments_to_tell() -> None:
    class Own(keras.layers.Dense):
        def get_config(self) -> dict[str, object]:
            raise NotImplementedError

    model = keras.Sequential([keras.Input((3,)), Own(2)])
    (layer,) = setup_of(model, keras.optimizers.SGD(), {}, {}).layers
    assert layer.arguments == {}


def test_a_model_that_its_first_step_builds_is_described_then(
    tmp_path: Path,
) -> None:
    def history(*start: object) -> kgrad.RunHistory:
        layers = [*start, keras.layers.Dense(2, "softmax", name="out")]
        model = keras.Sequential(layers, name="net")
        model.compile("sgd", "sparse_categorical_crossentropy")
        monitor = kgrad.GradientMonitor(tmp_path, reporters=[])
        x = np.zeros((8, 3), np.float32)
        model.fit(x, np.zeros(8), 4, verbose=0, callbacks=[monitor])
        return monitor.history

    late, early = history().setup, history(keras.Input((3,))).setup
    assert late.classes == early.classes == 2
    assert [x.name for x in late.layers] == ["net/out"]
    assert late == early
