"""Bases that limits may be tuned on, and their mutants."""

from __future__ import annotations

from typing import Any

from keras import layers

from zoo.clinic import data as clinic
from zoo.mutants import data
from zoo.mutants.bases.networks import (
    BINARY,
    NUMBERS,
    both_ways,
    embedding,
    every_step,
    extra,
    hidden,
    recurrent,
    self_attended,
)
from zoo.mutants.program import Program, Tag, stack

_TIME: frozenset[Tag] = frozenset({"time", "squashed"})
_GATED: frozenset[Tag] = _TIME | {"gated"}
_WORDS: frozenset[Tag] = _GATED | {"words"}


def _recent() -> Any:
    return clinic.recent(12, data.SIZE)


RECURRENT = (
    Program(
        name="rnn-recent",
        data=_recent,
        hidden=stack(lambda: [recurrent("SimpleRNN")]),
        tags=_TIME,
        units=2,
    ),
    Program(
        name="lstm-recent",
        data=_recent,
        hidden=stack(lambda: [recurrent("LSTM")]),
        tags=_GATED,
        units=2,
        optimizer="rmsprop",
        rate=0.02,
    ),
    Program(
        name="gru-recent",
        data=_recent,
        hidden=stack(lambda: [recurrent("GRU")]),
        tags=_GATED,
        **BINARY,
        optimizer="sgd",
        rate=0.2,
        optimizer_arguments={"momentum": 0.9, "clipnorm": 1.0},
    ),
    Program(
        name="stacked_lstm-tones",
        data=data.tones,
        hidden=stack(lambda: [extra("LSTM"), recurrent("LSTM", 12)]),
        tags=_GATED | {"extra"},
        units=3,
        rate=0.01,
    ),
    Program(
        name="stacked_gru-tones",
        data=data.tones,
        hidden=stack(
            lambda: [extra("GRU"), recurrent("GRU"), layers.Dropout(0.2)]
        ),
        tags=_GATED | {"extra"},
        units=3,
        rate=0.02,
        decays=True,
    ),
    Program(
        name="conv_gru-tones",
        data=data.tones,
        hidden=stack(
            lambda: [
                layers.Conv1D(12, 3, activation="relu", name="conv"),
                recurrent("GRU"),
            ]
        ),
        tags=_GATED,
        units=3,
    ),
    Program(
        name="gru_attention-tones",
        data=data.tones,
        hidden=self_attended(stack(lambda: [every_step("GRU")])),
        tags=_GATED,
        units=3,
        rate=0.01,
        optimizer="adamw",
    ),
    Program(
        name="lstm-rows",
        data=data.rows_of_digits,
        hidden=stack(lambda: [recurrent("LSTM", 32)]),
        tags=_GATED,
        units=10,
        rate=0.01,
        policy="mixed_bfloat16",
    ),
    Program(
        name="gru_normalized-rows",
        data=data.rows_of_digits,
        hidden=stack(
            lambda: [
                extra("GRU", 24),
                layers.LayerNormalization(),
                recurrent("GRU", 24),
            ]
        ),
        tags=_GATED | {"extra"},
        units=10,
        rate=0.01,
        batch_size=48,
    ),
    Program(
        name="convlstm-moving",
        data=data.moving,
        hidden=stack(
            lambda: [
                layers.ConvLSTM2D(6, 3, padding="same", name="convlstm"),
                layers.GlobalMaxPooling2D(),
            ]
        ),
        tags=_TIME,
        units=4,
        rate=0.02,
        epochs=6,
    ),
    Program(
        name="lstm-tags",
        data=data.tags,
        hidden=stack(lambda: [every_step("LSTM")]),
        tags=_GATED | {"every_step"},
        units=2,
        rate=0.01,
        epochs=5,
    ),
    Program(
        name="both_gru-tags",
        data=data.binary_tags,
        hidden=stack(lambda: [both_ways(every_step("GRU", 10))]),
        tags=_GATED | {"every_step"},
        **BINARY,
        rate=0.01,
        epochs=5,
    ),
)

WORDS = (
    Program(
        name="lstm-topics",
        data=lambda: clinic.topics(data.SIZE),
        hidden=stack(lambda: [embedding(60), recurrent("LSTM")]),
        tags=_WORDS,
        units=3,
    ),
    Program(
        name="masked_lstm-topics",
        data=data.padded_topics,
        hidden=stack(
            lambda: [embedding(60, mask_zero=True), recurrent("LSTM")]
        ),
        tags=_WORDS | {"masked"},
        units=3,
        rate=0.01,
    ),
    Program(
        name="both_lstm-topics",
        data=lambda: clinic.topics(data.SIZE, classes=5),
        hidden=stack(lambda: [embedding(60), both_ways(recurrent("LSTM", 12))]),
        tags=_WORDS,
        units=5,
        optimizer="nadam",
        rate=0.01,
    ),
    Program(
        name="conv-topics",
        data=lambda: clinic.topics(data.SIZE, classes=4),
        hidden=stack(
            lambda: [
                embedding(60),
                layers.Conv1D(24, 3, activation="relu", name="conv"),
                layers.GlobalMaxPooling1D(),
            ]
        ),
        tags=frozenset({"time", "squashed", "words"}),
        units=4,
    ),
)

FORECASTS = (
    Program(
        name="lstm-waves",
        data=lambda: clinic.waves(data.SIZE),
        hidden=stack(lambda: [recurrent("LSTM")]),
        tags=_GATED,
        **NUMBERS,
        rate=0.01,
    ),
    Program(
        name="gru-waves",
        data=lambda: clinic.waves(data.SIZE),
        hidden=stack(lambda: [recurrent("GRU"), hidden(12)]),
        tags=_GATED,
        **{**NUMBERS, "loss": "huber"},
        rate=0.01,
        decays=True,
    ),
    Program(
        name="rnn-waves",
        data=lambda: clinic.waves(data.SIZE, ahead=3),
        hidden=stack(lambda: [recurrent("SimpleRNN", 20)]),
        tags=_TIME,
        **{**NUMBERS, "units": 3},
        optimizer="sgd",
        rate=0.05,
        optimizer_arguments={"momentum": 0.9, "global_clipnorm": 1.0},
    ),
    Program(
        name="gru-adding",
        data=lambda: data.task("adding", 6),
        hidden=stack(lambda: [recurrent("GRU", 24)]),
        tags=_GATED,
        **NUMBERS,
        rate=0.02,
        epochs=12,
    ),
)

FEED_FORWARD = (
    Program(
        name="dense-blobs",
        data=lambda: clinic.blobs(data.SIZE),
        hidden=stack(lambda: [hidden(), hidden(name="extra")]),
        tags=frozenset({"squashed", "extra"}),
        units=3,
    ),
    Program(
        name="deep-digits",
        data=lambda: clinic.digits(data.SIZE),
        hidden=stack(
            lambda: [
                layers.Flatten(),
                hidden(32, name="first"),
                hidden(32, name="extra"),
                hidden(32, name="second"),
                layers.BatchNormalization(),
            ]
        ),
        tags=frozenset({"squashed", "extra"}),
        units=10,
        optimizer="sgd",
        rate=0.1,
    ),
    Program(
        name="conv-digits",
        data=lambda: clinic.digits(data.SIZE),
        hidden=stack(
            lambda: [
                layers.Conv2D(8, 3, activation="relu", name="conv"),
                layers.MaxPooling2D(2),
                layers.Flatten(),
            ]
        ),
        tags=frozenset({"squashed"}),
        units=10,
    ),
)
