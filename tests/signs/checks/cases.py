"""Per check: near misses, of which it must be silent, and what it must tell.

The near misses come first: they are what a simple rule gets wrong.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrad.records import Layer, Plan
from tests.signs.checks.made import (
    BINARY,
    IDS,
    LABELS,
    NUMBERS,
    ONE_HOT,
    PIXELS,
    RNG,
    SEQUENCES,
    Judged,
    N,
    X,
    dense,
    judged,
    lstm,
    softmax,
    untrained,
)

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
BY_HAND = untrained("softmax", 5)
HELD_OUT = Plan(
    shuffle=True,
    validation_split=0.25,
    label_counts=(100, 100, 40),
    label_runs=3,
    held_out_counts=(0, 0, 60, 20),
)


def with_added_loss(case: Judged) -> Judged:
    """The same where layers add to the loss."""
    setup, data = case
    return replace(setup, adds_losses=True), data


STEPS = RNG.integers(0, 2, (N, 20, 1)).astype("float32")
PAST_END = np.arange(20)[:, None] >= 12
MISSING = np.arange(N) % 4 == 0
RESIZED = PIXELS / 255 * 1.07 - 0.03
MASKING = Layer("masking", "Masking")


def with_schedule(case: Judged) -> Judged:
    """The same where the learning rate warms up."""
    setup, data = case
    return replace(setup, has_schedule=True), data


MUST_NOT: dict[str, list[Judged]] = {
    "nonfinite_data": [
        judged(),
        # A loss of one's own that leaves out what is missing.
        judged(y=TARGETS_WITH_NAN, loss="", value=0.9),
    ],
    "ids_beyond_vocabulary": [
        judged(IDS, plan=Plan(vocabulary=(("", 100),))),
        judged(IDS.astype("float32"), plan=Plan(vocabulary=(("", 100),))),
        judged(IDS),
    ],
    "labels_not_whole": [
        judged(y=LABELS.astype("float32"), units=5, loss=SPARSE),
        judged(y=NUMBERS),
        judged(y=ONE_HOT * 0.9 + 0.02, units=5, loss=CATEGORICAL),
    ],
    "sparse_or_one_hot": [
        judged(y=LABELS, units=5, activation="softmax", loss=SPARSE),
        judged(y=LABELS[:, None], units=5, activation="softmax", loss=SPARSE),
        judged(y=ONE_HOT, units=5, activation="softmax", loss=CATEGORICAL),
        # A label at each of five steps, of five classes.
        judged(
            SEQUENCES,
            np.eye(5, dtype=int)[LABELS],
            untrained("softmax", 5, 5),
            units=5,
            activation="softmax",
            loss=SPARSE,
        ),
    ],
    "label_range": [
        judged(y=LABELS, units=5, activation="softmax", loss=SPARSE),
        # 0 is kept for padding.
        judged(y=LABELS + 1, units=6, activation="softmax", loss=SPARSE),
        judged(y=IGNORED, units=4, loss=SPARSE, ignore_class=-1),
        judged(
            y=np.where(LABELS == 4, 255, LABELS),
            units=4,
            loss=SPARSE,
            ignore_class=255,
        ),
        judged(y=np.sign(NUMBERS), activation="tanh", loss="hinge"),
        judged(y=BINARY, activation="tanh", loss="hinge"),
        judged(RESIZED, RESIZED, activation="sigmoid", loss=BINARY_LOSS),
        # Padded with -1 where a mask, or weights of 0, leave it out.
        judged(
            SEQUENCES,
            np.where(PAST_END, -1, STEPS),
            untrained("sigmoid", 20, 1),
            activation="sigmoid",
            loss=BINARY_LOSS,
            layers=(MASKING, lstm(return_sequences=True)),
        ),
        judged(
            y=np.where(MISSING, -1, BINARY),
            weight=1.0 - MISSING,
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
        # The output is wrong, not the labels.
        judged(y=LABELS, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=NUMBERS * 3, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=BINARY * 0.8 + 0.1, activation="sigmoid", loss=BINARY_LOSS),
    ],
    "rows_not_one_hot": [
        judged(y=ONE_HOT, units=5, loss=CATEGORICAL),
        judged(y=ONE_HOT * 0.9 + 0.02, units=5, loss=CATEGORICAL),
        judged(y=ONE_HOT * (LABELS > 0)[:, None], units=5, loss=CATEGORICAL),
        # What a teacher says of each step, and nothing of padding.
        judged(
            SEQUENCES,
            np.where(PAST_END, 0, softmax(RNG.normal(size=(N, 20, 5)))),
            untrained("softmax", 20, 5),
            units=5,
            loss=CATEGORICAL,
            layers=(MASKING, lstm(return_sequences=True)),
        ),
        # The same without a mask: the loss is 0 there.
        judged(
            SEQUENCES,
            np.where(PAST_END, 0, softmax(RNG.normal(size=(N, 20, 5)))),
            untrained("softmax", 20, 5),
            units=5,
            loss=CATEGORICAL,
        ),
        judged(y=MULTI_HOT, units=5, activation="sigmoid", loss=BINARY_LOSS),
        # The loss is wrong, not the rows.
        judged(y=MULTI_HOT, units=5, activation="softmax", loss=CATEGORICAL),
        judged(y=X[:, :5], units=5, activation="softmax", loss=CATEGORICAL),
    ],
    "constant_inputs": [
        judged(),
        judged(np.ones((4, 6))),
        # The state that a decoder begins with.
        judged([SEQUENCES, np.zeros((N, 8))], NUMBERS),
        # One sample, to be learned by heart.
        judged(np.repeat(X[:1], 32, 0), np.ones(32)),
    ],
    "empty_samples": [
        judged(
            np.where(np.arange(N)[:, None] % 9, IDS, 0),
            plan=Plan(vocabulary=(("", 100),)),
        ),
        judged(np.where(np.arange(N)[:, None] % 9 == 0, X, 0)),
    ],
    "softmax_over_one_unit": [
        judged(y=BINARY, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=LABELS, units=5, activation="softmax", loss=SPARSE),
        # Attention weights over time.
        judged(
            SEQUENCES,
            said=softmax(untrained("", 20))[..., None],
            activation="softmax",
            loss="",
        ),
    ],
    "one_unit_for_classes": [
        judged(y=BINARY, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=LABELS, units=5, activation="softmax", loss=SPARSE),
        judged(y=LABELS),
        # Labels from 1, numbers and pixels, of which others speak.
        judged(y=BINARY + 1, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=NUMBERS, activation="sigmoid", loss=BINARY_LOSS),
        judged(PIXELS, PIXELS, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=MULTI_HOT, units=5, activation="sigmoid", loss=BINARY_LOSS),
    ],
    "crossentropy_of_numbers": [
        judged(y=NUMBERS),
        judged(RESIZED, RESIZED, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=NUMBERS, activation="sigmoid", loss=""),
        judged(y=BINARY * 0.8 + 0.1, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=BINARY + 1, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=np.sign(NUMBERS), activation="sigmoid", loss=BINARY_LOSS),
        judged(y=ONE_HOT * 0.9 + 0.02, units=5, loss=CATEGORICAL),
        # Shares that were not divided by their sum.
        judged(y=np.abs(X[:, :5]), units=5, loss=CATEGORICAL),
    ],
    "no_probabilities": [
        judged(y=BINARY, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=BINARY, loss=BINARY_LOSS, from_logits=True),
        judged(y=ONE_HOT, units=5, activation="sigmoid", loss=CATEGORICAL),
        # A softmax of one's own that nobody sees.
        judged(
            y=LABELS,
            said=untrained("softmax", 5),
            activation="",
            units=5,
            loss=SPARSE,
        ),
        judged(y=NUMBERS),
    ],
    "logits_twice": [
        judged(y=LABELS, units=5, activation="softmax", loss=SPARSE),
        judged(y=LABELS, units=5, loss=SPARSE, from_logits=True),
        judged(y=BINARY, activation="sigmoid", loss=""),
        # Behind the sigmoid, something gives logits again.
        judged(
            y=BINARY,
            said=untrained("", 1),
            activation="sigmoid",
            loss=BINARY_LOSS,
            from_logits=True,
        ),
    ],
    "probabilities_as_logits": [
        judged(y=LABELS, said=BY_HAND, units=5, activation="", loss=SPARSE),
        judged(y=LABELS, units=5, loss=SPARSE, from_logits=True),
        # Keras' own, of which Keras takes the logits.
        judged(
            y=LABELS,
            units=5,
            activation="softmax",
            loss=SPARSE,
            from_logits=True,
        ),
        # Logits of a relu that nearly sum to 1.
        judged(
            y=LABELS,
            said=BY_HAND + np.linspace(0, 0.01, 32)[:, None],
            units=5,
            loss=SPARSE,
            from_logits=True,
        ),
        # Four samples may do so by chance.
        judged(
            y=LABELS, said=BY_HAND[:4], units=5, loss=SPARSE, from_logits=True
        ),
    ],
    "batch_as_time": [
        judged(),
        judged(SEQUENCES, NUMBERS, layers=(lstm(),)),
    ],
    "softmax_of_several": [
        judged(y=MULTI_HOT, units=5, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=ONE_HOT, units=5, activation="softmax", loss=CATEGORICAL),
        judged(y=MULTI_HOT, units=5, loss="mean_squared_error"),
        judged(
            y=MULTI_HOT / np.maximum(MULTI_HOT.sum(1), 1)[:, None],
            units=5,
            activation="softmax",
            loss=CATEGORICAL,
        ),
        judged(y=ONE_HOT, units=5, activation="softmax", loss=BINARY_LOSS),
    ],
    "broadcast_shapes": [
        judged(y=NUMBERS),
        judged(y=NUMBERS[:, None]),
        judged(SEQUENCES, SEQUENCES[..., 0], untrained("", 20, 1)),
        judged(SEQUENCES, SEQUENCES, untrained("", 20, 2), units=2),
        judged(y=X, units=6),
        judged(y=X, loss=""),
    ],
    "bounded_output": [
        judged(
            y=np.where(MISSING, -9, np.abs(NUMBERS)),
            weight=1.0 - MISSING,
            activation="relu",
        ),
        judged(y=NUMBERS),
        judged(
            y=(NUMBERS - NUMBERS.min()) / np.ptp(NUMBERS), activation="sigmoid"
        ),
        # Scaled with the training data, of which these are not.
        judged(y=np.linspace(-0.03, 1.04, N), activation="sigmoid"),
        judged(y=np.abs(NUMBERS) * 50, activation="relu"),
        judged(y=np.clip(NUMBERS, -1, 1), activation="tanh"),
        # A Rescaling behind it.
        judged(y=NUMBERS * 3, said=3 * untrained("", 1), activation="sigmoid"),
        judged(y=NUMBERS * 3, activation="tanh", loss="cosine_similarity"),
    ],
    "impossible_loss": [
        judged(y=NUMBERS, value=1.2),
        judged(y=NUMBERS, value=-1.2, loss=""),
        with_added_loss(judged(y=NUMBERS, value=-0.3)),
        judged(y=NUMBERS, value=-np.inf),
        judged(y=NUMBERS, value=-0.2, loss="cosine_similarity"),
        judged(y=BINARY, value=0.0, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=NUMBERS, value=0.5, weight=np.arange(N) % 2),
        # Of one unit, whatever it says.
        judged(
            y=NUMBERS,
            said=np.ones((32, 1)),
            value=-2e-8,
            activation="sigmoid",
            loss=CATEGORICAL,
        ),
    ],
    "loss_below_zero": [
        judged(RESIZED, RESIZED, activation="sigmoid", loss=BINARY_LOSS),
        judged(
            RESIZED,
            RESIZED,
            activation="sigmoid",
            loss=BINARY_LOSS,
            value=0.02,
        ),
        judged(y=BINARY, activation="sigmoid", loss=BINARY_LOSS, value=-2e-8),
        judged(y=NUMBERS, value=-3.0, loss=""),
        with_added_loss(
            judged(
                RESIZED,
                RESIZED,
                activation="sigmoid",
                loss=BINARY_LOSS,
                value=-3.0,
            )
        ),
    ],
    "one_class_only": [
        judged(y=BINARY, activation="sigmoid", loss=BINARY_LOSS),
        # 90 to 10, and 8 of them.
        judged(X[:8], np.zeros(8, int), activation="sigmoid", loss=BINARY_LOSS),
        judged(y=np.zeros(N)),
        # A batch of sorted samples.
        judged(
            y=np.zeros(N, int),
            units=5,
            activation="softmax",
            loss=SPARSE,
            plan=Plan(label_counts=(300, 0, 40), samples=340),
        ),
        judged(
            X[:32],
            np.zeros(32, int),
            units=5,
            activation="softmax",
            loss=SPARSE,
            plan=Plan(label_counts=(12,), samples=12),
        ),
        # A label that no sample of many has.
        judged(
            y=np.zeros((N, 5)), units=5, activation="sigmoid", loss=BINARY_LOSS
        ),
    ],
    "sorted_labels": [
        judged(y=SORTED, units=5, loss=SPARSE, plan=Plan(shuffle=True)),
        judged(y=SORTED, units=5, loss=SPARSE),
        judged(
            y=REGIMES,
            loss=BINARY_LOSS,
            activation="sigmoid",
            plan=Plan(validation_split=0.2),
        ),
        judged(y=LABELS, units=5, loss=SPARSE, plan=Plan(shuffle=False)),
        judged(y=np.sort(NUMBERS), plan=Plan(shuffle=False)),
        # Of all samples, not of a batch that happens to be sorted.
        judged(
            y=SORTED,
            units=5,
            loss=SPARSE,
            plan=Plan(shuffle=False, label_counts=(200, 200), label_runs=190),
        ),
        judged(
            y=LABELS,
            units=5,
            loss=SPARSE,
            plan=replace(HELD_OUT, validation_split=0.0),
        ),
        # Every batch holds all samples.
        judged(
            y=SORTED,
            units=5,
            loss=SPARSE,
            plan=Plan(shuffle=False, batch_size=N),
        ),
    ],
    "target_scale": [
        judged(y=NUMBERS),
        judged(y=np.where(MISSING, -99_999, NUMBERS), weight=1.0 - MISSING),
        judged(y=NUMBERS * 300 + 1000, layers=(dense(), dense()), plan=FEW),
        judged(y=NUMBERS * 3 + 5, plan=FEW),
        # A Rescaling behind the last layer.
        judged(y=NUMBERS * 8e4 + 3e5, said=8e4 * untrained("", 1) + 3e5),
        judged(y=NUMBERS * 8e4, loss="mean_squared_logarithmic_error"),
        judged(
            SEQUENCES, NUMBERS * 5 + 20, layers=(lstm(50),), rate=0.01, plan=FEW
        ),
        with_schedule(
            judged(
                SEQUENCES,
                NUMBERS * 20 + 300,
                layers=(lstm(50),),
                rate=0.0,
                plan=FEW,
            )
        ),
        judged(y=NUMBERS * 300, optimizer="SGD", layers=(), rate=0.01),
        judged(y=NUMBERS * 300, optimizer="SGD", rate=1e-5),
    ],
    "input_scale": [
        judged(),
        with_added_loss(
            judged(
                COLUMNS,
                BINARY,
                activation="sigmoid",
                loss=BINARY_LOSS,
                value=60.0,
            )
        ),
        # Pixels that do no harm as yet.
        judged(
            PIXELS,
            LABELS,
            units=5,
            activation="softmax",
            loss=SPARSE,
            layers=(Layer("conv", "Conv2D", "relu", 8),),
            value=4.0,
        ),
        judged(
            COLUMNS,
            BINARY,
            activation="sigmoid",
            loss=BINARY_LOSS,
            layers=(Layer("n", "Normalization"), dense()),
            value=0.7,
        ),
        judged(
            PIXELS,
            LABELS,
            units=5,
            activation="softmax",
            loss=SPARSE,
            layers=(Layer("r", "Rescaling"), dense()),
            value=60.0,
        ),
        judged(
            IDS,
            BINARY,
            activation="sigmoid",
            loss=BINARY_LOSS,
            layers=(Layer("e", "Embedding"), lstm()),
            value=60.0,
            plan=Plan(vocabulary=(("", 100),)),
        ),
        judged(
            np.round(np.abs(X) * 6),
            LABELS,
            units=5,
            activation="softmax",
            loss=SPARSE,
            layers=(dense("tanh"),),
            value=2.0,
        ),
        judged(SEQUENCES[..., :1] * 15, NUMBERS, layers=(lstm(50),), value=1.0),
        judged(np.eye(40)[LABELS], layers=(lstm(),)),
    ],
    "stateful_shuffled": [
        judged(layers=(lstm(stateful=True),), plan=Plan(shuffle=False)),
        judged(layers=(lstm(stateful=True),)),
        judged(layers=(lstm(),), plan=Plan(shuffle=True)),
    ],
    "moving_statistics": [
        judged(plan=Plan(updates=300, batchnorm_momentum=(("bn", 0.99),))),
        judged(plan=Plan(updates=40, batchnorm_momentum=(("bn", 0.6),))),
        judged(plan=Plan(batchnorm_momentum=(("bn", 0.99),))),
        judged(
            plan=Plan(
                updates=40,
                batchnorm_momentum=(("bn", 0.99),),
                settled=("bn",),
            )
        ),
    ],
    "few_updates": [
        judged(plan=FEW),
        # Sixty-four samples, in small batches.
        judged(plan=Plan(batch_size=8, updates=40, epochs=5, samples=64)),
        judged(plan=Plan(batch_size=512, updates=100), rate=0.01),
        with_schedule(judged(plan=FEW, rate=0.0)),
        # A transformer that is tuned.
        judged(plan=Plan(batch_size=16, updates=45, epochs=3), rate=2e-5),
        judged(plan=Plan(batch_size=128, updates=150, epochs=3), rate=5e-5),
        with_schedule(judged(plan=Plan(batch_size=512, updates=100))),
        judged(plan=Plan(batch_size=512, updates=100), optimizer="SGD"),
        judged(),
    ],
    "majority_only": [
        judged(
            y=BINARY,
            said=np.zeros((N, 1)),
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
        judged(
            y=RARE,
            said=RARE[:, None] * 0.9,
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
        # Sure of none, but likelier where it is: far below an entropy of 0.2.
        judged(
            y=RARE,
            said=0.02 + 0.4 * RARE[:, None],
            activation="sigmoid",
            loss=BINARY_LOSS,
            value=0.07,
        ),
        # All of a batch, by chance, and all of them right.
        judged(
            y=np.zeros(40, int),
            said=np.zeros((40, 1)),
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
    ],
    "same_answer": [
        judged(y=NUMBERS),
        # What cannot be foreseen.
        judged(y=NUMBERS, said=0.02 + 1e-5 * NUMBERS[:, None]),
        judged(np.repeat(X[:1], 32, 0), np.ones(32), np.ones((32, 1))),
    ],
    "target_scale_not_reached": [
        judged(y=NUMBERS * 300 + 1000, value=300.0),
        with_added_loss(judged(y=NUMBERS * 300 + 1000, value=1.1e6)),
        judged(y=NUMBERS, value=1.3),
    ],
    "relu_recurrence": [
        judged(layers=(lstm(),)),
        judged(layers=(Layer("rnn", "SimpleRNN", "relu", 8),)),
    ],
    "squared_error_of_classes": [
        judged(y=NUMBERS),
        judged(y=np.abs(NUMBERS) / 4, activation="sigmoid"),
        judged(y=BINARY, activation="sigmoid", loss=BINARY_LOSS),
    ],
    "regression_accuracy": [
        judged(y=NUMBERS, metrics=("mae",)),
        judged(y=LABELS, units=5, loss=SPARSE, metrics=("accuracy",)),
        judged(y=BINARY, activation="sigmoid", metrics=("accuracy",)),
    ],
    "class_imbalance": [
        judged(y=BINARY, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=NUMBERS),
    ],
    "unscaled_inputs": [
        judged(),
        judged(np.round(np.abs(X) * 6)),
        judged(PIXELS, layers=(Layer("r", "Rescaling"), dense())),
        judged(
            PIXELS,
            layers=(
                Layer("s", "Resizing"),
                Layer("r", "Rescaling"),
                dense(),
            ),
        ),
        # What it does is not known: divides by 255, perhaps.
        judged(PIXELS, layers=(Layer("l", "Lambda"), dense())),
    ],
    "batch_larger_than_data": [
        judged(plan=Plan(batch_size=32, samples=400)),
        judged(plan=Plan(batch_size=32)),
    ],
}

MUST: dict[str, list[Judged]] = {
    "nonfinite_data": [
        judged(WITH_NAN, NUMBERS),
        judged(y=TARGETS_WITH_NAN),
        judged(y=NUMBERS, weight=np.full(N, np.inf)),
    ],
    "ids_beyond_vocabulary": [
        judged(IDS, plan=Plan(vocabulary=(("", 80),))),
        judged(IDS - 2, plan=Plan(vocabulary=(("", 100),))),
        judged(IDS / 100, plan=Plan(vocabulary=(("", 100),))),
    ],
    "labels_not_whole": [
        judged(y=LABELS / 255, units=5, activation="softmax", loss=SPARSE),
        judged(y=NUMBERS, units=5, activation="softmax", loss=SPARSE),
    ],
    "sparse_or_one_hot": [
        judged(y=ONE_HOT, units=5, activation="softmax", loss=SPARSE),
        judged(y=LABELS, units=5, activation="softmax", loss=CATEGORICAL),
    ],
    "label_range": [
        judged(y=LABELS + 1, units=5, activation="softmax", loss=SPARSE),
        judged(y=IGNORED, units=4, activation="softmax", loss=SPARSE),
        judged(y=np.sign(NUMBERS), activation="sigmoid", loss=BINARY_LOSS),
        judged(y=BINARY + 1, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=BINARY * 255, activation="sigmoid", loss=BINARY_LOSS),
        judged(PIXELS, PIXELS, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=LABELS, activation="tanh", loss="hinge"),
    ],
    "rows_not_one_hot": [
        judged(
            y=ONE_HOT * 100, units=5, activation="softmax", loss=CATEGORICAL
        ),
        judged(
            y=np.abs(X[:, :5]), units=5, activation="softmax", loss=CATEGORICAL
        ),
    ],
    "constant_inputs": [
        judged(np.zeros((N, 8, 8, 1)), LABELS),
        judged(np.ones((N, 6)), NUMBERS),
        judged(np.repeat(X[:1], N, 0), NUMBERS),
    ],
    "empty_samples": [judged(PADDED, plan=Plan(vocabulary=(("", 100),)))],
    "softmax_over_one_unit": [
        judged(y=BINARY, activation="softmax", loss=BINARY_LOSS),
        judged(y=NUMBERS, activation="softmax"),
        judged(activation="softmax"),
        judged(y=LABELS, activation="softmax", loss=SPARSE),
    ],
    "one_unit_for_classes": [
        judged(y=LABELS, activation="sigmoid", loss=SPARSE),
        judged(y=BINARY, activation="sigmoid", loss=CATEGORICAL),
        judged(y=NUMBERS, activation="linear", loss=CATEGORICAL),
        judged(activation="sigmoid", loss=CATEGORICAL),
        judged(y=LABELS, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=LABELS[:, None] + 1, activation="sigmoid", loss=BINARY_LOSS),
        judged(
            SEQUENCES,
            RNG.integers(0, 3, (N, 20, 1)),
            untrained("sigmoid", 20, 1),
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
    ],
    "crossentropy_of_numbers": [
        judged(y=NUMBERS, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=NUMBERS**2 * 9, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=X[:, :5], units=5, activation="softmax", loss=CATEGORICAL),
    ],
    "probabilities_as_logits": [
        judged(
            y=LABELS,
            said=BY_HAND,
            units=5,
            activation="",
            loss=SPARSE,
            from_logits=True,
        ),
        judged(
            y=ONE_HOT,
            said=BY_HAND,
            units=5,
            activation="",
            loss=CATEGORICAL,
            from_logits=True,
        ),
    ],
    "batch_as_time": [
        (replace(setup, batch_as_time=("lstm", "gru")), data)
        for setup, data in (judged(SEQUENCES, NUMBERS, layers=(lstm(),)),)
    ],
    "no_probabilities": [
        judged(y=BINARY, loss=BINARY_LOSS),
        judged(y=ONE_HOT, units=5, loss=CATEGORICAL),
        judged(y=LABELS, units=5, activation="tanh", loss=SPARSE),
        judged(y=BINARY, activation="relu", loss=BINARY_LOSS),
        judged(loss=BINARY_LOSS),
        judged(y=NUMBERS, units=1, loss=BINARY_LOSS),
    ],
    "logits_twice": [
        judged(
            y=LABELS,
            units=5,
            activation="softmax",
            loss=SPARSE,
            from_logits=True,
        ),
        judged(
            y=BINARY, activation="sigmoid", loss=BINARY_LOSS, from_logits=True
        ),
    ],
    "softmax_of_several": [
        judged(y=MULTI_HOT, units=5, activation="softmax", loss=BINARY_LOSS),
        judged(y=MULTI_HOT, units=5, activation="softmax", loss=CATEGORICAL),
        judged(y=MULTI_HOT, units=5, activation="sigmoid", loss=CATEGORICAL),
    ],
    "broadcast_shapes": [
        judged(SEQUENCES, NUMBERS[:, None].repeat(10, 1)),
        judged(SEQUENCES, NUMBERS[:, None], untrained("", 20, 1)),
        judged(SEQUENCES, SEQUENCES[..., :1], untrained("", 1)),
    ],
    "bounded_output": [
        judged(y=NUMBERS**2 * 20 + 3, activation="sigmoid"),
        judged(y=NUMBERS, activation="tanh"),
        judged(y=NUMBERS, activation="relu", loss="mean_absolute_error"),
        judged(y=X * 4, units=6, activation="softmax"),
    ],
    "impossible_loss": [
        judged(y=NUMBERS, value=-0.3),
        judged(y=NUMBERS, value=0.0, weight=np.zeros(N)),
        judged(y=NUMBERS, said=np.ones((32, 1)), value=0.0),
    ],
    "loss_below_zero": [
        judged(
            RESIZED,
            RESIZED,
            activation="sigmoid",
            loss=BINARY_LOSS,
            value=-3.0,
        ),
    ],
    "one_class_only": [
        judged(y=np.zeros(N, int), units=5, activation="softmax", loss=SPARSE),
        judged(
            X[:40],
            np.ones(40, int),
            activation="sigmoid",
            loss=BINARY_LOSS,
            plan=Plan(samples=40),
        ),
        judged(
            X[:32],
            np.ones(32, int),
            units=5,
            activation="softmax",
            loss=SPARSE,
            plan=Plan(label_counts=(0, 300), samples=300),
        ),
    ],
    "sorted_labels": [
        judged(y=LABELS, units=5, loss=SPARSE, plan=HELD_OUT),
        judged(
            y=SORTED,
            units=5,
            loss=SPARSE,
            plan=Plan(shuffle=True, validation_split=0.2),
        ),
        judged(
            y=np.eye(5)[SORTED],
            units=5,
            loss=CATEGORICAL,
            plan=Plan(shuffle=False),
        ),
    ],
    "target_scale": [
        judged(y=NUMBERS * 8e4 + 3e5),
        judged(SEQUENCES, NUMBERS * 20 + 300, layers=(lstm(50),), plan=FEW),
        judged(y=NUMBERS * 300, optimizer="SGD", rate=0.01),
    ],
    "input_scale": [
        judged(1e4 * X, NUMBERS, layers=(dense("tanh"),)),
        judged(SEQUENCES * 100 + 400, NUMBERS, layers=(lstm(50),)),
        judged(
            COLUMNS, BINARY, activation="sigmoid", loss=BINARY_LOSS, value=60.0
        ),
        judged(
            PIXELS,
            LABELS,
            units=5,
            activation="softmax",
            loss=SPARSE,
            layers=(Layer("conv", "Conv2D", "relu", 8),),
            value=60.0,
        ),
    ],
    "stateful_shuffled": [
        judged(layers=(lstm(stateful=True),), plan=Plan(shuffle=True))
    ],
    "moving_statistics": [
        judged(
            plan=Plan(updates=40, batchnorm_momentum=(("a", 0.9), ("b", 0.99)))
        )
    ],
    "few_updates": [
        judged(plan=Plan(batch_size=450, updates=80, epochs=20, samples=1900)),
        judged(plan=FEW, rate=1e-8),
    ],
    "majority_only": [
        judged(
            y=RARE,
            said=np.full((N, 1), 0.05),
            activation="sigmoid",
            loss=BINARY_LOSS,
            value=value,
            weight=weight,
        )
        for value, weight in ((0.199, None), (0.07, 0.1 + RARE))
    ],
    "same_answer": [judged(y=NUMBERS, said=np.full((32, 1), 0.02))],
    "target_scale_not_reached": [judged(y=NUMBERS * 300 + 1000, value=1.1e6)],
    "relu_recurrence": [judged(layers=(lstm(activation="relu"),))],
    "squared_error_of_classes": [
        judged(y=ONE_HOT, units=5, activation="softmax"),
        judged(y=BINARY, activation="sigmoid"),
    ],
    "regression_accuracy": [judged(y=NUMBERS, metrics=("accuracy",))],
    "class_imbalance": [
        judged(y=RARE, activation="sigmoid", loss=BINARY_LOSS),
        # At each step, and as floats.
        judged(
            SEQUENCES,
            np.repeat([[[1.0], *[[0.0]] * 19]], N, axis=0),
            untrained("sigmoid", 20, 1),
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
    ],
    "unscaled_inputs": [
        judged(PIXELS),
        judged(X + 100),
        judged(PIXELS, layers=(Layer("s", "Resizing"), dense())),
    ],
    "batch_larger_than_data": [judged(plan=Plan(batch_size=500, samples=400))],
}
