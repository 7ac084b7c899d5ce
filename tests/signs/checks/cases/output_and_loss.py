"""Outputs, and the loss that they are trained with."""

from __future__ import annotations

import numpy as np

from kgrad.records import Layer
from tests.signs.checks.made import (
    BINARY,
    BINARY_LOSS,
    BY_HAND,
    CATEGORICAL,
    LABELS,
    MISSING,
    MULTI_HOT,
    NUMBERS,
    ONE_HOT,
    PIXELS,
    RESIZED,
    RNG,
    SEQUENCES,
    SPARSE,
    Judged,
    N,
    X,
    judged,
    lstm,
    softmax,
    untrained,
    with_added_loss,
    with_weight,
)

MUST_NOT: dict[str, list[Judged]] = {
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
    "hinge_above_zero": [
        judged(y=BINARY, activation="tanh", loss="hinge"),
        judged(y=BINARY, activation="linear", loss="squared_hinge"),
        judged(y=BINARY, activation="sigmoid", loss="binary_crossentropy"),
        # A layer of the reader's own may end in anything.
        judged(y=BINARY, activation="", loss="hinge"),
    ],
    "negative_rate": [
        judged(y=NUMBERS),
        judged(y=LABELS, activation="exponential", loss="poisson"),
        judged(y=LABELS, activation="softplus", loss="poisson"),
        judged(y=LABELS, loss=""),
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
        # Whatever it is below 0 for, labels are no targets of an output.
        judged(y=LABELS, units=5, loss=SPARSE, value=-3.0),
        # A loss that is meant to grow.
        with_weight(
            -1.0,
            judged(
                RESIZED,
                RESIZED,
                activation="sigmoid",
                loss=BINARY_LOSS,
                value=-0.7,
            ),
        ),
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
}

MUST: dict[str, list[Judged]] = {
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
    "hinge_above_zero": [
        judged(y=BINARY, activation="sigmoid", loss="hinge"),
        judged(y=BINARY, activation="relu", loss="squared_hinge"),
    ],
    "negative_rate": [
        judged(y=LABELS, loss="poisson"),
        judged(y=np.abs(NUMBERS), activation="tanh", loss="poisson"),
        judged(y=NUMBERS, activation="exponential", loss="poisson"),
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
    "loss_below_zero": [
        judged(
            RESIZED,
            RESIZED,
            activation="sigmoid",
            loss=BINARY_LOSS,
            value=-3.0,
        ),
    ],
    "impossible_loss": [
        judged(y=NUMBERS, value=-0.3),
        judged(y=NUMBERS, value=0.0, weight=np.zeros(N)),
        judged(y=NUMBERS, said=np.ones((32, 1)), value=0.0),
    ],
    "relu_recurrence": [judged(layers=(lstm(activation="relu"),))],
    "squared_error_of_classes": [
        judged(y=ONE_HOT, units=5, activation="softmax"),
        judged(y=BINARY, activation="sigmoid"),
    ],
    "regression_accuracy": [judged(y=NUMBERS, metrics=("accuracy",))],
}
