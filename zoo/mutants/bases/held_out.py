"""Bases that are only scored: no limit is tuned on them, or their mutants.

They share no data with the others.
"""

from __future__ import annotations

from keras import layers

from zoo.clinic import data as clinic
from zoo.mutants import data
from zoo.mutants.bases.networks import (
    BINARY,
    NUMBERS,
    SEVERAL,
    attended,
    both_ways,
    embedding,
    encoder_decoder,
    every_step,
    extra,
    hidden,
    recurrent,
)
from zoo.mutants.program import Program, Tag, stack

_TIME: frozenset[Tag] = frozenset({"time", "squashed"})
_GATED: frozenset[Tag] = _TIME | {"gated"}
_WORDS: frozenset[Tag] = _GATED | {"words"}

RECURRENT = (
    Program(
        name="rnn-first",
        data=lambda: data.first(6),
        hidden=stack(lambda: [recurrent("SimpleRNN", 24)]),
        tags=_TIME,
        units=4,
        optimizer="sgd",
        rate=0.1,
        optimizer_arguments={"momentum": 0.9, "global_clipnorm": 1.0},
    ),
    Program(
        name="lstm-first",
        data=data.first,
        hidden=stack(lambda: [recurrent("LSTM", 20)]),
        tags=_GATED,
        units=4,
        rate=0.02,
    ),
    Program(
        name="gru-first",
        data=data.first,
        hidden=stack(lambda: [recurrent("GRU", 20)]),
        tags=_GATED,
        units=4,
        optimizer="nadam",
        rate=0.02,
    ),
    Program(
        name="stacked_gru-first",
        data=data.first,
        hidden=stack(
            lambda: [extra("GRU"), layers.Dropout(0.1), recurrent("GRU")]
        ),
        tags=_GATED | {"extra"},
        units=4,
        rate=0.02,
        decays=True,
    ),
    Program(
        name="masked_gru-sums",
        data=data.padded_sums,
        hidden=stack(lambda: [layers.Masking(), recurrent("GRU")]),
        tags=_GATED | {"masked"},
        **BINARY,
        rate=0.01,
    ),
    Program(
        name="masked_lstm-sums",
        data=data.padded_sums,
        hidden=stack(lambda: [layers.Masking(), recurrent("LSTM")]),
        tags=_GATED | {"masked"},
        units=2,
        rate=0.02,
        optimizer="rmsprop",
    ),
    Program(
        name="lstm_attention-marked",
        data=data.marked,
        hidden=attended(stack(lambda: [every_step("LSTM")])),
        tags=_GATED,
        units=3,
        rate=0.02,
        epochs=10,
    ),
    Program(
        name="both_gru-marked",
        data=data.marked,
        hidden=stack(lambda: [both_ways(recurrent("GRU"))]),
        tags=_GATED,
        units=3,
        rate=0.02,
        decays=True,
        epochs=10,
        optimizer="adamw",
    ),
    Program(
        name="convlstm-growing",
        data=data.growing,
        hidden=stack(
            lambda: [
                layers.ConvLSTM2D(4, 3, padding="same", name="convlstm"),
                layers.GlobalMaxPooling2D(),
            ]
        ),
        tags=_TIME,
        **BINARY,
        rate=0.02,
        epochs=6,
    ),
    Program(
        name="gru-grammar",
        data=data.grammar,
        hidden=stack(lambda: [embedding(6), every_step("GRU", 32)]),
        tags=_WORDS | {"every_step"},
        units=6,
        rate=0.02,
    ),
    Program(
        name="lstm-dyck",
        data=lambda: data.task("dyck", 10),
        hidden=stack(lambda: [every_step("LSTM", 24)]),
        tags=_GATED | {"every_step"},
        units=3,
        rate=0.01,
        policy="mixed_float16",
    ),
    Program(
        name="encoder_decoder-reversed",
        data=data.reversed_symbols,
        hidden=encoder_decoder("GRU", 32, 3),
        tags=_GATED | {"every_step"},
        units=4,
        rate=0.02,
        epochs=10,
    ),
)

WORDS = (
    Program(
        name="gru-opinions",
        data=data.opinions,
        hidden=stack(lambda: [embedding(50), recurrent("GRU")]),
        tags=_WORDS,
        **BINARY,
        rate=0.01,
        decays=True,
    ),
    Program(
        name="rnn-opinions",
        data=data.opinions,
        hidden=stack(lambda: [embedding(50), recurrent("SimpleRNN")]),
        tags=_TIME | {"words"},
        units=2,
        decays=True,
    ),
    Program(
        name="masked_lstm-opinions",
        data=data.padded_opinions,
        hidden=stack(
            lambda: [
                embedding(50, mask_zero=True),
                recurrent("LSTM"),
                hidden(12),
            ]
        ),
        tags=_WORDS | {"masked"},
        **BINARY,
        rate=0.01,
        decays=True,
    ),
    Program(
        name="bag-opinions",
        data=data.opinions,
        hidden=stack(
            lambda: [
                embedding(50),
                layers.GlobalAveragePooling1D(),
                hidden(12),
            ]
        ),
        tags=frozenset({"squashed", "words"}),
        **BINARY,
        rate=0.02,
    ),
)

FORECASTS = (
    Program(
        name="both_lstm-slopes",
        data=data.slopes,
        hidden=stack(lambda: [both_ways(recurrent("LSTM", 12))]),
        tags=_GATED,
        **{**NUMBERS, "loss": "mae"},
        rate=0.01,
    ),
    Program(
        name="conv_gru-slopes",
        data=data.slopes,
        hidden=stack(
            lambda: [
                layers.Conv1D(8, 3, activation="relu", name="conv"),
                recurrent("GRU", 12),
            ]
        ),
        tags=_GATED,
        **NUMBERS,
        optimizer="rmsprop",
    ),
    Program(
        name="lstm-echo",
        data=data.echo,
        hidden=stack(lambda: [every_step("LSTM", 20)]),
        tags=_GATED | {"every_step"},
        **NUMBERS,
        rate=0.02,
    ),
    Program(
        name="gru-mackey_glass",
        data=lambda: data.task("mackey_glass", 16),
        hidden=stack(lambda: [recurrent("GRU", 20)]),
        tags=_GATED,
        **NUMBERS,
        rate=0.01,
    ),
)

FEED_FORWARD = (
    Program(
        name="dense-circles",
        data=lambda: clinic.circles(data.SIZE),
        hidden=stack(
            lambda: [hidden(16, "tanh"), hidden(16, "tanh", name="extra")]
        ),
        tags=frozenset({"squashed", "extra"}),
        **BINARY,
        optimizer="sgd",
        rate=0.1,
        optimizer_arguments={"momentum": 0.9},
    ),
    Program(
        name="dense-friedman",
        data=data.friedman,
        hidden=stack(
            lambda: [
                hidden(32),
                layers.BatchNormalization(momentum=0.9),
                hidden(32, name="extra"),
            ]
        ),
        tags=frozenset({"squashed", "extra"}),
        **NUMBERS,
        rate=0.01,
        epochs=10,
    ),
    Program(
        name="conv-shapes",
        data=data.shapes,
        hidden=stack(
            lambda: [
                layers.Conv2D(8, 3, activation="relu", name="conv"),
                layers.MaxPooling2D(2),
                layers.Flatten(),
                hidden(24),
            ]
        ),
        tags=frozenset({"squashed"}),
        units=3,
        rate=0.01,
        epochs=10,
    ),
    Program(
        name="conv-features",
        data=data.features_of_shapes,
        hidden=stack(
            lambda: [
                layers.Conv2D(12, 3, activation="relu", name="conv"),
                layers.Flatten(),
            ]
        ),
        tags=frozenset({"squashed"}),
        **{**SEVERAL, "units": 2},
        epochs=10,
    ),
)
