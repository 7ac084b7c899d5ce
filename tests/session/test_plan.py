"""What is known of how data are fed, from the call of `fit` itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kgrad
from kgrad.records import Plan
from kgrad.session.plan import fit_arguments, plan_of
from tests.small import dense

X, Y = np.zeros((40, 3), np.float32), np.zeros((40, 2), np.float32)


class Asking(keras.callbacks.Callback):
    """Asks where the monitor does."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.plan = plan_of(self.model, fit_arguments(self.model))


def _plan(*args: Any, **kwargs: Any) -> Plan:
    model = dense()
    asking = Asking()
    model.fit(*args, verbose=0, callbacks=[asking], **kwargs)
    return asking.plan


def test_of_arrays_all_is_known() -> None:
    model = keras.Sequential([layers.Input((3,)), layers.Dense(2)])
    model.compile("sgd", "sparse_categorical_crossentropy")
    asking = Asking()
    model.fit(
        X,
        np.zeros(40),
        8,
        epochs=3,
        initial_epoch=1,
        validation_split=0.2,
        shuffle=False,
        class_weight={0: 1.0, 1: 2.0},
        verbose=0,
        callbacks=[asking],
    )
    assert asking.plan == Plan(
        batch_size=8,
        updates=8,
        epochs=2,
        shuffle=False,
        validation_split=0.2,
        class_weight=True,
        class_weights=(1.0, 2.0),
        samples=32,
        label_counts=(32,),
        label_runs=1,
        held_out_counts=(8,),
    )


def test_defaults_are_those_of_keras() -> None:
    plan = _plan(X, Y)
    assert plan == Plan(
        batch_size=32, updates=2, epochs=1, shuffle=True, samples=40
    )


def _dataset() -> Any:
    return tf.data.Dataset.from_tensor_slices((X, Y))


def test_a_dataset_says_whether_it_is_shuffled() -> None:
    shuffled = _plan(_dataset().shuffle(40).batch(8).prefetch(1), shuffle=False)
    assert shuffled == Plan(
        batch_size=8, updates=5, epochs=1, shuffle=True, samples=40
    )
    ordered = _plan(_dataset().batch(8).map(lambda x, y: (x, y)), shuffle=False)
    assert ordered.shuffle is False
    drawn = _dataset().interleave(
        lambda x, y: tf.data.Dataset.from_tensors((x, y)), cycle_length=2
    )
    known = drawn.apply(tf.data.experimental.assert_cardinality(40))
    assert _plan(known.batch(8), shuffle=False).shuffle is None


def test_of_a_generator_little_is_known() -> None:
    def batches() -> Any:
        while True:
            yield X[:8], Y[:8]

    plan = _plan(batches(), steps_per_epoch=3, shuffle=False)
    assert plan == Plan(updates=3, epochs=1)


def test_accumulated_steps_are_one_update() -> None:
    model = dense()
    model.optimizer.gradient_accumulation_steps = 4
    assert plan_of(model, {"epochs": 2, "steps": 10}).updates == 5


def test_outside_fit_nothing_is_known() -> None:
    assert fit_arguments(dense()) == {}


def test_a_fit_of_another_model_is_not_meant() -> None:
    other = dense()

    class Other(Asking):
        def on_train_begin(self, logs: Any = None) -> None:
            self.plan = plan_of(other, fit_arguments(other))

    asking = Other()
    dense().fit(X, Y, verbose=0, callbacks=[asking])
    assert asking.plan == Plan()


def test_momentum_and_vocabulary_are_of_the_model() -> None:
    words = layers.Input((5,), dtype="int32", name="words")
    tags = layers.Input((5,), dtype="int32", name="tags")
    numbers = layers.Input((5, 2), name="numbers")
    joined = layers.Concatenate()(
        [layers.Embedding(9, 3)(words), layers.Embedding(4, 2)(tags), numbers]
    )
    out = layers.BatchNormalization(momentum=0.8, name="bn")(joined)
    plan = plan_of(keras.Model([words, tags, numbers], out), {})
    assert plan.vocabulary == (("words", 9), ("tags", 4))
    ((path, momentum),) = plan.batchnorm_momentum
    assert (path.split("/")[-1], momentum) == ("bn", 0.8)


def test_statistics_of_a_trained_or_frozen_layer_have_settled() -> None:
    names = "new", "trained", "frozen"
    norms = [layers.BatchNormalization(name=name) for name in names]
    model = keras.Sequential([layers.Input((3,)), *norms])
    norms[1].moving_mean.assign([0.5, 0.0, 0.0])
    norms[2].trainable = False
    plan = plan_of(model, {})
    assert len(plan.batchnorm_momentum) == 3
    assert [x.rpartition("/")[2] for x in plan.settled] == ["trained", "frozen"]


@pytest.mark.parametrize("start", [[layers.Input((5,))], []])
def test_a_sequence_has_one_input_without_a_name(start: list[Any]) -> None:
    model = keras.Sequential([*start, layers.Embedding(9, 3)])
    assert plan_of(model, {}).vocabulary == (("", 9),)


def test_the_run_folder_has_it(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Dense(2, "softmax", name="out")])
    model.compile("sgd", "mse", metrics=["accuracy"])
    monitor = kgrad.GradientMonitor(tmp_path, signs=[], reporters=[])
    model.fit(X, Y, 8, epochs=2, verbose=0, callbacks=[monitor])
    setup = kgrad.RunHistory.load(tmp_path).setup
    assert setup == monitor.history.setup
    assert setup.plan.updates == 10
    assert setup.outputs[0].activation == "softmax"
    assert setup.outputs[0].metrics == ("accuracy",)
