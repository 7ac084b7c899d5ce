"""Sick: the last layer, the loss and the targets do not fit together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.clinic import data, flaws
from zoo.clinic.case import EARLY, Case, Samples, family, mended
from zoo.clinic.networks import recurrent, sgd
from zoo.clinic.programs import BINARY, CLASSES, NUMBERS, XLA, Flaw, Program

_NOT_LEARNED = {
    "slow_progress",
    "vanishing",
    "dead_units",
    "saturation",
    "small_updates",
    "exploding",
    "large_updates",
    "oscillation",
    "nonfinite",
    "behavior",
    "overfitting",
}


def _changed(
    programs: Mapping[str, Program], flaw: Flaw | None = None, **parts: Any
) -> dict[str, dict[str, Any]]:
    """Programs with other last parts, mended with their own."""
    return {
        name: {**program.but(**parts)(flaw), "mended": program(flaw)}
        for name, program in programs.items()
    }


def _some(programs: Mapping[str, Program], *names: str) -> dict[str, Program]:
    return {name: programs[name] for name in names}


def _forecast(name: str) -> Program:
    """The next six values at once, or one after a mistake."""
    return NUMBERS[name].but(data=lambda: data.waves(ahead=6), units=6)


def _several(samples: Samples) -> Samples:
    """Two questions at once: rows with none, one or two ones."""

    def rows(y: Any, x: Any) -> Any:
        more = np.sort(x.reshape(len(x), -1), axis=1)[:, -1]
        other = more > np.median(more)
        return np.stack([y, other, ~other], axis=1).astype(np.float32)

    return Samples(
        samples.x,
        rows(samples.y, samples.x),
        samples.x_validation,
        rows(samples.y_validation, samples.x_validation),
    )


def _multi_label(program: Program) -> Program:
    return program.but(
        data=lambda: _several(program.data()),
        units=3,
        metrics=("binary_accuracy",),
        epochs=10,
    )


def _softmax(z: Any) -> Any:
    """One by hand: of its own, Keras finds the logits, and says so."""
    e = ops.exp(z - ops.max(z, axis=-1, keepdims=True))
    return e / ops.sum(e, axis=-1, keepdims=True)


_LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

ILL: list[Case] = [
    *family(
        "sigmoid_for_numbers",
        "tuning",
        _changed(
            _some(NUMBERS, "dense", "conv", "lstm-waves"), activation="sigmoid"
        ),
        must={"output_and_loss": EARLY},
        may=_NOT_LEARNED,
    ),
    *family(
        "bounded_for_numbers",
        "scored",
        {
            **_changed(
                _some(NUMBERS, "dense", "gru-waves"),
                flaws.targets(flaws.times(5.0)),
                activation="tanh",
            ),
            **_changed(
                {"conv-waves-relu": NUMBERS["conv-waves"]}, activation="relu"
            ),
            "lstm-last": {
                **NUMBERS["lstm-waves"].but(
                    hidden=lambda: recurrent("lstm", 1), units=0
                )(flaws.targets(flaws.times(5.0))),
                "mended": NUMBERS["lstm-waves"](
                    flaws.targets(flaws.times(5.0))
                ),
            },
        },
        must={"output_and_loss": EARLY},
        may=_NOT_LEARNED,
    ),
    *family(
        "softmax_over_one_unit",
        "scored",
        _changed(
            _some(BINARY, "dense", "conv", "lstm-words"), activation="softmax"
        ),
        must={"output_and_loss": EARLY},
        may=_NOT_LEARNED,
    ),
    *family(
        "softmax_for_numbers",
        "tuning",
        _changed(
            _some(NUMBERS, "dense", "conv", "gru-waves"), activation="softmax"
        ),
        must={"output_and_loss": EARLY},
        may=_NOT_LEARNED,
    ),
    *family(
        "one_unit_for_classes",
        "tuning",
        {
            **_changed(
                _some(CLASSES, "dense", "bidirectional-words"),
                units=1,
                activation="sigmoid",
                loss="binary_crossentropy",
            ),
            **_changed(
                {"conv-sparse": CLASSES["conv"].but(compiled=XLA)}, units=1
            ),
            **_changed(
                {"gru-categorical": BINARY["gru"]},
                loss="categorical_crossentropy",
            ),
        },
        must={"output_and_loss": EARLY},
        may=_NOT_LEARNED | {"labels"},
    ),
    *family(
        "probabilities_taken_for_logits",
        "scored",
        _changed(
            {
                name: CLASSES[name].but(
                    activation=_softmax,
                    optimizer=lambda rate=rate: sgd(rate, momentum=0.9),
                )
                for name, rate in (
                    ("conv", 0.02),
                    ("bidirectional-words", 0.06),
                    ("conv-words", 0.02),
                )
            },
            loss=_LOGITS,
        ),
        must={"output_and_loss": EARLY},
        may=_NOT_LEARNED,
    ),
    *family(
        "logits_taken_for_probabilities",
        "tuning",
        {
            **_changed(
                _some(CLASSES, "dense", "conv", "lstm-words"), activation=None
            ),
        },
        must={"output_and_loss": EARLY},
        may=_NOT_LEARNED,
    ),
    *family(
        "one_output_for_six_targets",
        "scored",
        {
            name: {
                **_forecast(name).but(units=1)(),
                "mended": _forecast(name)(),
            }
            for name in ("conv-waves", "lstm-waves", "gru-waves")
        },
        must={"output_and_loss": EARLY},
        may=_NOT_LEARNED,
    ),
    *family(
        "crossentropy_for_numbers",
        "tuning",
        {
            **_changed(
                _some(NUMBERS, "dense", "gru-waves"),
                loss="categorical_crossentropy",
            ),
            **_changed(
                _some(NUMBERS, "conv"),
                loss="binary_crossentropy",
                activation="sigmoid",
            ),
        },
        must={"output_and_loss": EARLY},
        may=_NOT_LEARNED | {"labels", "targets"},
    ),
    *family(
        "softmax_for_several_at_once",
        "scored",
        {
            name: {
                **_multi_label(program).but(loss="categorical_crossentropy")(),
                "mended": _multi_label(program).but(
                    activation="sigmoid", loss="binary_crossentropy"
                )(),
            }
            for name, program in _some(BINARY, "dense", "gru").items()
        },
        must={"output_and_loss": EARLY},
        may=_NOT_LEARNED,
    ),
]

CASES: list[Case] = [
    *ILL,
    *mended(
        ILL,
        "bounded_for_numbers",
        "one_output_for_six_targets",
        "softmax_for_several_at_once",
    ),
]
