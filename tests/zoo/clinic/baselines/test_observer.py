from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.zoo.clinic.baselines import models
from zoo.clinic.baselines import BASELINES
from zoo.clinic.baselines.observer import Observer

layers = keras.layers


def fit(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    watched: bool = True,
    **arguments: Any,
) -> tuple[Observer, Any]:
    observer = Observer(x[:8], y[:8])
    arguments = {"epochs": 2, "batch_size": 8, "verbose": 0} | arguments
    callbacks = [observer] if watched else []
    return observer, model.fit(x, y, callbacks=callbacks, **arguments)


def with_noise_and_state() -> keras.Model:
    """Random numbers, moving statistics and a state: what may be disturbed."""
    return models.compiled(
        layers.Input(batch_shape=(8, 5, 3)),
        layers.GaussianNoise(0.5),
        layers.SimpleRNN(4, stateful=True, recurrent_dropout=0.3),
        layers.BatchNormalization(),
        layers.Dropout(0.5),
        layers.Dense(1),
        metrics=["mae"],
    )


@pytest.mark.parametrize(
    ("build", "shape", "outputs"),
    [
        (models.dense, (3,), 2),
        (models.recurrent, (5, 3), 1),
        (with_noise_and_state, (5, 3), 1),
    ],
)
def test_training_is_the_same_bit_by_bit(
    build: Callable[[], keras.Model], shape: tuple[int, ...], outputs: int
) -> None:
    x, y = models.samples(*shape, outputs=outputs)
    runs = []
    for watched in (False, True):
        keras.utils.set_random_seed(3)
        model = build()
        observer, history = fit(model, x, y, watched, epochs=3)
        runs.append((model, history.history))
        assert observer.notes == []
        assert len(observer.observations) == (3 if watched else 0)
    (plain, alone), (seen, beside) = runs
    assert alone == beside
    for one, other in zip(plain.variables, seen.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_two_epochs_from_end_to_end() -> None:
    model = models.compiled(
        layers.Input((3,)),
        layers.Dense(4, activation="tanh"),
        layers.Dense(1, activation="sigmoid"),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    x, y = models.samples(3, outputs=1)
    y = (y > 0).astype(np.float32)
    observer, history = fit(model, x, y, validation_data=(x, y))
    logs = history.history
    assert [(o.step, o.epoch, o.epochs) for o in observer.observations] == [
        (2, 1, 2),
        (4, 2, 2),
    ]
    for i, seen in enumerate(observer.observations):
        assert seen.ends_epoch
        assert seen.loss == logs["loss"][i]
        assert seen.val_loss == logs["val_loss"][i]
        assert seen.accuracy == logs["accuracy"][i]
        assert seen.val_accuracy == logs["val_accuracy"][i]
        assert [k.path.split("/")[-2:] for k in seen.kernels] == [
            weight.path.split("/")[-2:] for weight in model.weights[::2]
        ]
        assert len(seen.activations) == 2
        assert seen.nonfinite == ()


def signs_by_name(observer: Observer) -> dict[str, dict[str, int]]:
    return {
        rival.name: rival.signs(observer.observations) for rival in BASELINES
    }


def test_nobody_has_anything_to_say_of_a_few_good_steps() -> None:
    x, y = models.samples(3, outputs=2)
    model = models.dense()
    model.optimizer.learning_rate = 0.01
    observer, _ = fit(model, x, y)
    assert not any(signs_by_name(observer).values())


def test_the_learning_rate_is_that_of_now() -> None:
    x, y = models.samples(3, outputs=2)
    decay = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    for rate, expected in ((0.1, [0.1, 0.1]), (decay, [0.05, 0.025])):
        model = models.dense()
        model.compile(keras.optimizers.SGD(rate), "mse", jit_compile=False)
        observer, _ = fit(model, x, y)
        told = [seen.learning_rate for seen in observer.observations]
        assert told == pytest.approx(expected)


def test_who_sees_a_hidden_layer_that_is_dead() -> None:
    model = models.dense()
    w1, b1, w2, b2 = model.get_weights()
    model.set_weights([w1, b1 - 100, w2, b2])
    x, y = models.samples(3, outputs=2)
    observer, _ = fit(model, x, y, epochs=3)
    seen = signs_by_name(observer)
    # Whoever looks at gradients sees that there are none, too.
    assert seen == {
        "AUTOTRAINER": {"dead_units": 6},
        "SageMaker Debugger": {
            "vanishing": 2,
            "dead_units": 2,
            "small_updates": 2,
        },
        "DeepDiagnosis": {"vanishing": 2, "dead_units": 6},
        "TheDeepChecker": {
            "vanishing": 2,
            "dead_units": 2,
            "small_updates": 2,
        },
        "UMLAUT": {"large_updates": 2},
        "NeuraLint": {},
        "TerminateOnNaN": {},
    }


def test_who_sees_a_hidden_layer_that_is_saturated() -> None:
    model = models.compiled(
        layers.Input((3,)),
        layers.Dense(4, activation="tanh", bias_initializer="ones"),
        layers.Dense(1),
        rate=1e-3,
    )
    w1, b1, *readout = model.get_weights()
    model.set_weights([w1, 30 * b1, *readout])
    x, y = models.samples(3, outputs=1)
    observer, _ = fit(model, x, y, epochs=5)
    steps = {
        name: signs.get("saturation")
        for name, signs in signs_by_name(observer).items()
    }
    assert steps == {
        "AUTOTRAINER": None,
        "SageMaker Debugger": 2,
        "DeepDiagnosis": 10,
        "TheDeepChecker": 2,
        "UMLAUT": None,
        "NeuraLint": None,
        "TerminateOnNaN": None,
    }


def test_an_update_is_the_last_step_of_the_epoch() -> None:
    """With plain SGD it is the rate times the gradient before it."""
    model = models.dense()
    x, y = models.samples(3, outputs=2)
    rate, weights = 0.1, model.get_weights()
    observer, _ = fit(model, x, y, epochs=1, shuffle=False)
    for rows in (slice(0, 8), slice(8, 16)):
        last = weights
        gradients, _ = models.dense_passes(last, x[rows], y[rows])
        weights = [w - rate * g for w, g in zip(last, gradients, strict=True)]
    (seen,) = observer.observations
    for kernel, before, after in zip(
        seen.kernels, last[::2], weights[::2], strict=True
    ):
        assert kernel.weight_mean == pytest.approx(np.abs(before).mean())
        assert kernel.update_mean == pytest.approx(
            np.abs(after - before).mean(), rel=1e-3
        )


def test_steps_that_are_executed_together_share_an_update() -> None:
    x, y = models.samples(3, outputs=2)
    model = models.dense()
    before = model.get_weights()
    model.compile("sgd", "mse", steps_per_execution=2, jit_compile=False)
    observer, _ = fit(model, x, y, epochs=1)
    after = model.get_weights()
    (seen,) = observer.observations
    assert seen.step == 2
    for kernel, b, a in zip(seen.kernels, before[::2], after[::2], strict=True):
        assert kernel.update_mean == pytest.approx(np.abs(a - b).mean() / 2)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_without_a_known_length_updates_are_noted_as_unseen() -> None:
    x, y = models.samples(3, outputs=2)
    observer = Observer(x[:8], y[:8])
    model = models.dense()
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
    unknown = batches.filter(lambda x, y: True)
    model.fit(unknown, shuffle=False, verbose=0, callbacks=[observer])
    assert observer.notes == [
        "updates: how many steps an epoch has is not known"
    ]
    (seen,) = observer.observations
    assert math.isnan(seen.kernels[0].update_mean)
    assert seen.kernels[0].weight_mean == pytest.approx(
        np.abs(model.get_weights()[0]).mean()
    )


def test_nan_in_the_weights_is_seen_everywhere() -> None:
    model = models.dense()
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    x, y = models.samples(3, outputs=2)
    observer, _ = fit(model, x, y)
    first, *epochs = observer.observations
    assert (first.step, first.ends_epoch) == (1, False)
    assert first.nonfinite == ("loss",)
    assert [e.step for e in epochs] == [2, 4]
    for epoch in epochs:
        assert set(epoch.nonfinite) == {
            "loss",
            "weights",
            "gradients",
            "activations",
        }
    for name, signs in signs_by_name(observer).items():
        signs.pop("large_updates", None)  # Of UMLAUT: the rate is 0.1.
        assert set(signs) <= {"nonfinite", "exploding"}, name
        if name != "NeuraLint":
            assert signs["nonfinite"] == (4 if name == "AUTOTRAINER" else 1)


def test_the_first_step_of_a_loss_that_overflows() -> None:
    model = models.compiled(layers.Input((3,)), layers.Dense(1), rate=1e20)
    x, y = models.samples(3, outputs=1)
    observer, _ = fit(model, x, y, epochs=1, batch_size=4)
    middle, end = observer.observations
    assert 1 < middle.step < 4
    assert not math.isfinite(middle.loss)
    assert (end.step, end.ends_epoch) == (4, True)


class Unusual(keras.Model):
    """Trains by itself; its loss cannot be asked for from outside."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(2, activation="relu")

    def call(self, x: Any) -> Any:
        return self.dense(x)

    def compute_loss(
        self, *given: Any, training: bool = True, **named: Any
    ) -> Any:
        if not training:
            raise NotImplementedError("only in training")
        return super().compute_loss(*given, training=training, **named)


def test_what_cannot_be_seen_is_noted_and_training_goes_on() -> None:
    keras.utils.set_random_seed(1)
    model = Unusual()
    model.compile("sgd", "mse", jit_compile=False)
    x, y = models.samples(3, outputs=2)
    observer, history = fit(model, x, y)
    assert len(history.history["loss"]) == 2
    assert observer.notes == [
        "activations: NotImplementedError: only in training",
        "gradients: NotImplementedError: only in training",
    ]
    assert [o.kernels for o in observer.observations] == [(), ()]
    assert [o.loss for o in observer.observations] == history.history["loss"]


def test_gradients_are_seen_where_activations_cannot() -> None:
    model = models.compiled(
        layers.Input((5, 3)),
        layers.TimeDistributed(layers.Dense(4, activation="relu"), name="each"),
        layers.Flatten(),
        layers.Dense(1),
    )
    x, y = models.samples(5, 3, outputs=1)
    observer, _ = fit(model, x, y)
    (note,) = observer.notes
    assert note.startswith("activations: none within ")
    assert "each" in note
    assert len(observer.observations[0].kernels) == 2
