"""Optimizers that are changed by `apply`, and what `compile` was told."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from kgrad import remedies
from kgrad.records import Edit
from kgrad.records.edits import (
    AddBatchNormalization,
    ChangeOptimizer,
    ReplaceLayer,
)
from kgrad.session.setup import setup_of
from kgrad.treatment import NotApplicableError, apply
from tests.small import dense
from tests.treatment.models import (
    compiled,
    find,
    inputs,
    layer_record,
    same,
    sequential,
    squared,
    subclassed,
    weights,
)

CLIP = ChangeOptimizer({"clipnorm": None, "global_clipnorm": 1.0})


def clipping(model: keras.Model) -> tuple[Edit, ...]:
    setup = setup_of(model, model.optimizer, {}, {})
    return remedies.clip_gradients(setup).edits


def test_only_what_the_remedy_names_changes() -> None:
    given = keras.optimizers.Adam(0.02, beta_1=0.8, clipvalue=3.0)
    model = apply(compiled(sequential(), given), clipping(dense()))
    before, after = given.get_config(), model.optimizer.get_config()
    assert type(model.optimizer) is keras.optimizers.Adam
    assert after == before | {"clipvalue": None, "global_clipnorm": 1.0}
    assert model.optimizer is not given


def test_the_layers_are_the_same_and_begin_alike() -> None:
    given, old = sequential(), sequential()
    model = apply(given, clipping(given))
    for now, before in zip(model.layers, old.layers, strict=True):
        assert same(weights(now), weights(before))


def test_it_trains_as_one_that_was_compiled_so_by_hand() -> None:
    model, by_hand = sequential(), sequential()
    model = apply(model, clipping(model))
    compiled(by_hand, keras.optimizers.SGD(0.1, global_clipnorm=1.0))
    x = inputs(model)
    y = np.full((8, 2), 100.0, np.float32)
    for each in (model, by_hand):
        each.fit(x, y, 4, epochs=2, shuffle=False, verbose=0)
    plain = sequential()
    plain.fit(x, y, 4, epochs=2, shuffle=False, verbose=0)
    assert same(weights(model), weights(by_hand))
    assert not same(weights(model), weights(plain))


def test_a_subclassed_model_can_have_another_optimizer() -> None:
    given = subclassed()
    model = apply(given, clipping(given))
    assert model is given
    assert model.optimizer.global_clipnorm == 1.0


def test_a_schedule_of_the_users_own_stays() -> None:
    class Halving(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            return 0.1 * 0.5 ** keras.ops.cast(step, "float32")

        def get_config(self) -> dict[str, Any]:
            return {}

    schedule = Halving()
    model = compiled(sequential(), keras.optimizers.SGD(schedule))
    model = apply(model, [CLIP])
    assert model.optimizer._learning_rate is schedule
    assert model.optimizer.global_clipnorm == 1.0


def test_a_rate_that_decays_ends_at_zero() -> None:
    model = sequential()
    setup = setup_of(model, model.optimizer, {}, {})
    model = apply(model, remedies.decay_learning_rate(setup, 20).edits)
    rate = model.optimizer._learning_rate
    assert [round(float(rate(step)), 4) for step in (0, 10, 20)] == [
        0.1,
        0.05,
        0.0,
    ]


def test_a_larger_batch_is_the_mean_gradient_of_four_steps() -> None:
    def build() -> keras.Model:
        keras.utils.set_random_seed(1)
        parts = [layers.Input((3,)), layers.Dense(2)]
        return compiled(keras.Sequential(parts))

    setup = setup_of(build(), build().optimizer, {}, {})
    accumulating = apply(build(), remedies.larger_batch(setup).edits)
    by_hand = build()
    rng = np.random.default_rng(0)
    x = rng.normal(size=(32, 3)).astype(np.float32)
    y = x[:, :2]
    accumulating.fit(x, y, 4, shuffle=False, verbose=0)
    by_hand.fit(x, y, 16, shuffle=False, verbose=0)
    for now, expected in zip(
        weights(accumulating), weights(by_hand), strict=True
    ):
        np.testing.assert_allclose(now, expected, rtol=1e-5)


@pytest.mark.parametrize("named", [True, False])
def test_loss_scaling_stays(named: bool) -> None:
    policy = "mixed_float16"

    def build() -> keras.Model:
        rnn = layers.SimpleRNN(4, dtype=policy, name="rnn")
        out = layers.Dense(2, dtype=policy, name="out")
        model = keras.Sequential([layers.Input((5, 3)), rnn, out], name="net")
        inner = keras.optimizers.SGD(0.1, momentum=0.5)
        return compiled(
            model,
            keras.optimizers.LossScaleOptimizer(
                inner, initial_scale=512.0, dynamic_growth_steps=7
            ),
        )

    model = build()
    edits = list(clipping(model))
    if named:
        edits += remedies.gated_cell(layer_record(model, "rnn")).edits
        edits += remedies.batch_normalization(layer_record(model, "rnn")).edits
    model = apply(model, edits)
    optimizer = model.optimizer
    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    assert optimizer.initial_scale == 512.0
    assert optimizer.dynamic_growth_steps == 7
    assert optimizer.inner_optimizer.global_clipnorm == 1.0
    assert optimizer.inner_optimizer.momentum == 0.5
    if named:
        assert type(find(model, "rnn")) is layers.LSTM
    for layer in model.layers:
        assert layer.compute_dtype == "float16"
        assert layer.variable_dtype == "float32"
    x = inputs(model)
    model.fit(x, np.zeros((8, 2)), 4, verbose=0)


def test_scaling_that_compile_added_is_not_added_twice() -> None:
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = dense()
        model = apply(model, clipping(model))
    finally:
        keras.config.set_dtype_policy("float32")
    optimizer = model.optimizer
    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    assert isinstance(optimizer.inner_optimizer, keras.optimizers.SGD)


@pytest.mark.parametrize(
    "edits",
    [
        [CLIP],
        [AddBatchNormalization("net/rnn")],
        [ReplaceLayer("net/rnn", "LSTM"), CLIP],
    ],
)
def test_it_is_compiled_as_the_given_model_was(edits: list[Edit]) -> None:
    metric = keras.metrics.MeanAbsoluteError(name="far")
    model = sequential()
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        squared,
        loss_weights=[2.0],
        metrics=[metric, "mse"],
        weighted_metrics=["mae"],
        run_eagerly=True,
        steps_per_execution=1,
        jit_compile=False,
    )
    model = apply(model, edits)
    assert model.compiled
    assert model.loss is squared
    assert model.run_eagerly
    assert not model.jit_compile
    assert model.optimizer.momentum == 0.9
    x = inputs(model)
    y = np.ones((8, 2), np.float32)
    logs = model.evaluate(x, y, verbose=0, return_dict=True)
    error = y - np.asarray(model.predict(x, verbose=0))
    assert logs["loss"] == pytest.approx(2 * np.mean(error**2), rel=1e-4)
    assert logs["mse"] == pytest.approx(np.mean(error**2), rel=1e-4)
    assert logs["far"] == pytest.approx(np.mean(abs(error)), rel=1e-4)
    assert logs["mae"] == pytest.approx(np.mean(abs(error)), rel=1e-4)


def test_a_compile_of_its_own_is_refused() -> None:
    class Two(keras.Model):
        def compile(self, first: Any, second: Any) -> None:
            super().compile()
            self.first, self.second = first, second

    model = Two()
    model.compile(keras.optimizers.SGD(), keras.optimizers.SGD())
    with pytest.raises(NotApplicableError, match="`Two` has a `compile` of"):
        apply(model, [CLIP])


def test_a_train_step_of_its_own_is_not_lost() -> None:
    class Own(keras.Sequential):
        def train_step(self, data: Any) -> Any:
            return super().train_step(data)

    parts = [layers.Input((5, 3)), layers.SimpleRNN(2), layers.Dense(1)]
    model = compiled(Own(parts))
    edit = remedies.gated_cell(layer_record(model, parts[1].name)).edits
    with pytest.raises(NotApplicableError, match="inside a `Own`"):
        apply(model, edit)
    x = keras.Input((5, 3))

    class Functional(keras.Model):
        def train_step(self, data: Any) -> Any:
            return {"own": keras.ops.convert_to_tensor(7.0)}

    rnn = layers.SimpleRNN(2, name="rnn")
    model = compiled(Functional(x, layers.Dense(1)(rnn(x))))
    edit = remedies.gated_cell(layer_record(model, "rnn")).edits
    model = apply(model, edit)
    assert type(find(model, "rnn")) is layers.LSTM
    logs = model.fit(inputs(model), np.zeros((8, 1)), verbose=0).history
    assert logs == {"own": [7.0]}
