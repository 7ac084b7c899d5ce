"""What guessing reaches is read off the labels, not off their number."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kgrad.records import Layer, Output, Plan, Sample, Setup
from kgrad.records.summaries import summarize_batch
from kgrad.signs.guessing import Guessing, calibrated_loss, chance_level
from kgrad.signs.metric import Progress
from tests.signs.runs import SETUP, run

RNG = np.random.default_rng(0)


def setting(loss: str, classes: int = 0, **output: Any) -> Setup:
    """A model of one output, compiled with one of Keras' losses."""
    made = Output("", "out", loss=loss, **output)
    return Setup(loss=loss, classes=classes, outputs=(made,))


BINARY = setting("binary_crossentropy", 2)
FIVE = setting("sparse_categorical_crossentropy", 5)
SQUARED = setting("mean_squared_error")


def seen(*batches: Any, weight: Any = None) -> Guessing:
    """What is known after some batches of targets."""
    guessing = Guessing()
    for i, y in enumerate(batches):
        y = np.asarray(y)
        data = summarize_batch(np.zeros((len(y), 3)), y, None, weight)
        assert guessing.update(Sample(i, data=data))
    return guessing


def test_the_most_frequent_label_is_what_an_accuracy_guesses() -> None:
    labels = seen(*(np.arange(400) % 10 == 0 for _ in range(100)))
    assert labels.level("val_accuracy", BINARY) == pytest.approx(0.9, abs=0.01)


def test_small_batches_do_not_make_a_label_look_frequent() -> None:
    """Of 32 balanced labels, often 60% are of one class by chance."""
    for _ in range(20):
        balanced = RNG.integers(0, 2, (50, 32))
        level = seen(*balanced).level("accuracy", BINARY)
        assert level == pytest.approx(0.5, abs=0.02)
        few = seen(*balanced[:2]).level("accuracy", BINARY)
        assert 0.5 <= few <= 0.6


def test_few_labels_say_nothing() -> None:
    labels = seen(np.zeros(63, int))
    assert math.isnan(labels.level("accuracy", BINARY))
    assert math.isnan(labels.level("loss", BINARY))
    assert seen(np.zeros(64, int)).level("accuracy", BINARY) == 1


def test_a_cross_entropy_is_that_of_the_labels() -> None:
    p = np.array([0.5, 0.2, 0.1, 0.1, 0.1])
    labels = seen(*RNG.choice(5, (100, 64), p=p))
    entropy = -(p * np.log(p)).sum()
    assert labels.level("loss", FIVE) == pytest.approx(entropy, rel=0.02)
    name = "sparse_categorical_crossentropy"
    assert labels.level(name, SQUARED) == pytest.approx(entropy, rel=0.02)
    # Few labels look more alike than they are: corrected for.
    means = np.mean(
        [seen(RNG.choice(5, 64, p=p)).level("loss", FIVE) for _ in range(300)]
    )
    assert means == pytest.approx(entropy, abs=0.01)


def test_a_binary_cross_entropy_of_one_hot_rows_asks_of_each_column() -> None:
    labels = seen(*(np.eye(5)[np.arange(400) % 5] for _ in range(3)))
    of_each = -(0.2 * math.log(0.2) + 0.8 * math.log(0.8))
    assert labels.level("loss", BINARY) == pytest.approx(of_each)
    categorical = setting("categorical_crossentropy", 5)
    assert labels.level("loss", categorical) == pytest.approx(
        math.log(5), abs=0.01
    )


def test_a_squared_error_is_the_variance_of_the_targets() -> None:
    y = RNG.normal(7, 3, (50, 32)) + np.linspace(-9, 9, 50)[:, None]
    labels = seen(*y)
    for metric in ("loss", "val_loss", "mse", "mean_squared_error"):
        level = labels.level(metric, SQUARED)
        assert level == pytest.approx(y.var(), rel=1e-3)
    assert math.isnan(labels.level("mae", SQUARED))
    assert math.isnan(labels.level("loss", setting("huber")))
    lost = seen(*y, np.full(32, math.nan)).level("loss", SQUARED)
    assert lost == pytest.approx(y.var(), rel=1e-3)


def test_the_variance_of_several_columns_is_within_each() -> None:
    columns = RNG.normal(0, [1, 2, 3], (500, 3)) + np.array([0, 50, -100])
    level = seen(columns).level("loss", SQUARED)
    assert level == pytest.approx(columns.var(axis=0).mean(), rel=1e-3)


def test_weights_and_several_outputs_are_not_looked_at() -> None:
    rare = (np.arange(400) % 10 == 0).astype(int)
    assert math.isfinite(seen(rare).level("accuracy", BINARY))
    weighted = seen(rare, weight=np.ones(400))
    classes = replace(BINARY, plan=Plan(class_weight=True))
    two = replace(BINARY, outputs=(Output("a"), Output("b")))
    assert math.isnan(weighted.level("accuracy", BINARY))
    assert math.isnan(weighted.level("loss", BINARY))
    assert math.isnan(seen(rare).level("loss", classes))
    assert math.isnan(seen(rare).level("loss", two))
    assert math.isnan(Guessing().level("loss", BINARY))


def progress(setup: Setup, y: Any = None, **arguments: Any) -> Progress:
    """After a run whose samples hold the targets."""
    x = np.zeros((1 if y is None else len(y), 3))
    data = summarize_batch(x, y, None, None)
    made = Progress()
    for snapshot in run(
        setup=setup, samples_of=lambda i: Sample(i, data=data), **arguments
    ):
        made.update(snapshot)
    return made


def test_what_the_user_said_goes_before_what_the_labels_say() -> None:
    rare = (np.arange(400) % 10 == 0).astype(int)
    assert progress(BINARY, rare).chance("accuracy") > 0.85
    assert progress(BINARY).chance("accuracy") == 0.5
    said = replace(BINARY, chance={"accuracy": 0.7})
    assert progress(said, rare).chance("val_accuracy") == 0.7


def test_a_model_that_says_the_majority_has_not_learned() -> None:
    rare = (np.arange(400) % 10 == 0).astype(int)
    nine = [0.9] * 5
    assert progress(BINARY, rare, metric=nine).gain < 0.1
    assert progress(BINARY, metric=nine).learned


def test_where_nobody_knows_what_guessing_gives_the_loss_is_judged() -> None:
    """An accuracy of a regression is 0 whatever the model has learned."""
    more = {"loss": [1.0, 0.1, 0.02], "val_loss": [1.0, 0.2, 0.1]}
    nothing = [0.0] * 3
    y = RNG.normal(size=400)
    both = progress(SQUARED, y, metric=nothing, more=more)
    assert (both.metric, both.learned) == ("val_loss", True)
    training = progress(SQUARED, y, metric=nothing, more={"loss": [1.0] * 3})
    assert (training.metric, training.learned) == ("loss", False)
    # Nothing else to judge by: no loss is known.
    alone = progress(
        SQUARED, metric=nothing, change=lambda d: d["loss"].fill(np.nan)
    )
    assert alone.metric == "accuracy"
    known = progress(SETUP, metric=[0.3] * 3, more=more)
    assert known.metric == "accuracy"


PADDED = np.where(np.arange(20) < 12, 0, RNG.integers(1, 5, (40, 20)))
MASKED = (
    Layer("embedding", "Embedding", arguments={"mask_zero": True}),
    Layer("masking", "Masking"),
)


@pytest.mark.parametrize("layer", MASKED)
def test_of_masked_steps_labels_do_not_say_what_guessing_reaches(
    layer: Layer,
) -> None:
    setup = replace(FIVE, layers=(layer,))
    for metric in ("accuracy", "loss"):
        assert math.isfinite(seen(PADDED).level(metric, FIVE))
        assert math.isnan(seen(PADDED).level(metric, setup))
        # One label a sample has no padding.
        for y in (PADDED.ravel(), PADDED.reshape(-1, 1)):
            assert math.isfinite(seen(y).level(metric, setup))


def test_a_label_that_the_loss_ignores_is_not_guessed() -> None:
    setup = setting("sparse_categorical_crossentropy", 5, ignore_class=0)
    labels = seen(PADDED)
    assert labels.level("loss", setup) == pytest.approx(math.log(4), abs=0.02)
    # An accuracy counts it, but nobody says it.
    assert labels.level("accuracy", setup) == 0.2
    assert labels.level("accuracy", FIVE) > 0.5


def test_of_a_weighted_loss_the_number_of_classes_says_nothing() -> None:
    y = np.arange(400) % 50 == 0
    weighted = replace(BINARY, plan=Plan(class_weight=True))
    of_both = [
        (weighted, seen(y)),
        (BINARY, seen(y, weight=1 + 49.0 * y)),
    ]
    for setup, labels in of_both:
        assert math.isnan(chance_level("val_loss", setup, labels))
        assert chance_level("accuracy", setup, labels) == 0.5


def test_the_weight_of_a_loss_multiplies_what_guessing_gives() -> None:
    light = setting("binary_crossentropy", 2, weight=1e-6)
    half = seen(np.arange(400) % 2)
    for labels in (half, None):
        level = chance_level("val_loss", light, labels)
        assert level == pytest.approx(1e-6 * math.log(2), rel=0.01)
    # Metrics have no weight.
    assert chance_level("accuracy", light) == 0.5
    name = "binary_crossentropy"
    assert chance_level(name, light, half) == pytest.approx(
        math.log(2), rel=0.01
    )


def test_what_an_accuracy_is_worth() -> None:
    for classes in (2, 5):
        assert calibrated_loss(1.0, classes) == 0
        assert calibrated_loss(1 / classes, classes) == pytest.approx(
            math.log(classes)
        )
    assert calibrated_loss(0.85, 2) == pytest.approx(0.4227, abs=1e-4)


@pytest.mark.parametrize(
    ("loss", "weight", "is_learned"),
    [
        (0.6, 1.0, False),
        (0.6e-6, 1e-6, False),
        # As sure as it is right, or more: it was trained before.
        (0.42, 1.0, True),
        (0.1, 1.0, True),
        (0.9, 1.0, True),
    ],
)
def test_an_untrained_model_is_right_by_luck_and_unsure(
    loss: float, weight: float, is_learned: bool
) -> None:
    setup = setting("binary_crossentropy", 2, weight=weight)

    def stays(data: dict[str, np.ndarray]) -> None:
        data["loss"][:] = loss

    right = [0.85] * 10
    assert progress(setup, change=stays, metric=right).learned == is_learned

    def falls(data: dict[str, np.ndarray]) -> None:
        data["loss"][:] = np.linspace(0.69, 0.6, len(data["loss"]))

    assert progress(BINARY, change=falls, metric=right).learned


def test_class_weights_make_labels_as_frequent_as_they_count() -> None:
    rare = (np.arange(400) % 10 == 0).astype(int)
    labels = seen(rare, weight=np.where(rare, 5.0, 5 / 9))
    plan = Plan(class_weight=True, class_weights=(5 / 9, 5.0))
    setup = replace(BINARY, plan=plan)
    # Nine times as frequent, and counted a ninth: like a coin.
    assert chance_level("loss", setup, labels) == pytest.approx(math.log(2))
    # By hand: the best answer that is the same for all samples.
    twice = replace(setup, plan=replace(plan, class_weights=(1.0, 2.0)))
    p = np.linspace(0.01, 0.99, 981)
    best = (-0.9 * np.log(1 - p) - 2 * 0.1 * np.log(p)).min()
    assert chance_level("loss", twice, labels) == pytest.approx(best, abs=1e-5)
    # A label without a weight weighs 1.
    first = replace(setup, plan=replace(plan, class_weights=(1.0,)))
    plain = seen(rare).level("loss", BINARY)
    assert chance_level("loss", first, labels) == pytest.approx(plain, abs=0.01)
    # Validation is not weighted, nor are metrics.
    assert math.isnan(chance_level("val_loss", setup, labels))
    assert chance_level("accuracy", setup, labels) == 0.5


def test_of_one_class_alone_nothing_is_by_luck() -> None:
    def stays(data: dict[str, np.ndarray]) -> None:
        data["loss"][:] = 0.6

    ones = np.ones(400, int)
    state = progress(BINARY, ones, change=stays, metric=[0.85] * 10)
    assert not state.chance_is_known("loss")
    assert not state.learned


def test_soft_labels_have_the_entropy_of_their_mean_and_no_majority() -> None:
    setup = setting("categorical_crossentropy", 2)
    rows = np.where(np.arange(256)[:, None] % 4 == 0, [0.1, 0.9], [0.9, 0.1])
    mean = np.array([0.7, 0.3])
    expected = -(mean * np.log(mean)).sum()
    for padding, share in ((0, 1.0), (256, 0.5)):
        labels = seen(np.pad(rows, ((0, padding), (0, 0))).astype(np.float32))
        level = chance_level("val_loss", setup, labels)
        assert level == pytest.approx(share * expected, rel=1e-3)
        assert math.isnan(chance_level("accuracy", setup, labels))
    whole = seen(np.eye(2, dtype=np.float32)[np.arange(256) % 2])
    assert chance_level("accuracy", setup, whole) == pytest.approx(0.5)
