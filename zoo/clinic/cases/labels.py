"""Sick: labels that the model has no output for, or cannot learn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zoo.clinic import data, flaws
from zoo.clinic.case import ANY_TIME, EARLY, Case, family, mended
from zoo.clinic.networks import adam, sgd
from zoo.clinic.programs import (
    BINARY,
    CLASSES,
    XLA,
    Flaw,
    Program,
)

_LOST = {"nonfinite", "dead_units", "slow_progress", "exploding"}
"""What follows where XLA or a GPU makes NaN of a label."""

_NOT_LEARNED = {
    "slow_progress",
    "vanishing",
    "dead_units",
    "saturation",
    "small_updates",
    "output_and_loss",
}

_SWITCHES = {
    "slow_progress",
    "oscillation",
    "large_updates",
    "exploding",
    "saturation",
    "vanishing",
    "dead_units",
    "overfitting",
}
"""What follows where one class comes after the other."""

_CONV, _DENSE, _GRU = CLASSES["conv"], CLASSES["dense"], CLASSES["gru"]


def _some(*names: str) -> dict[str, Program]:
    return {name: CLASSES[name] for name in names}


def _spoiled(
    programs: Mapping[str, Program], flaw: Flaw, good: Flaw | None = None
) -> dict[str, dict[str, Any]]:
    """Programs with a flaw in their data, mended without or with another."""
    return {
        name: {**program(flaw), "mended": program(good)}
        for name, program in programs.items()
    }


def _xla(programs: Mapping[str, Program]) -> dict[str, Program]:
    return {name: p.but(compiled=XLA) for name, p in programs.items()}


def _split(share: float) -> dict[str, Any]:
    """The last rows are held out, instead of data of their own."""
    return {"fit_with": {"validation_data": None, "validation_split": share}}


_WEIGHTS: dict[str, Any] = {"fit_with": {"class_weight": {0: 0.52, 1: 17.0}}}
_RARE = {
    "dense": _DENSE.but(data=lambda: flaws.rare()(data.circles(3200)), units=2)(
        flaws.noisy(0.4), epochs=8
    ),
    "gru": _GRU.but(data=lambda: flaws.rare()(data.recent(12, 2400)))(
        flaws.noisy(1.0)
    ),
}
"""Few of one class, and inputs that do not tell for sure."""

ILL: list[Case] = [
    *family(
        "labels_from_one",
        "scored",
        _spoiled(
            _xla(_some("dense", "conv", "bidirectional-words")),
            flaws.targets(lambda y: y + 1),
        ),
        must={"labels": EARLY},
        may=_LOST,
    ),
    *family(
        "fewer_units_than_classes",
        "tuning",
        {
            name: {
                **program.but(units=program.units - fewer)(),
                "mended": program(),
            }
            for name, program, fewer in (
                ("dense", _DENSE.but(compiled=XLA), 1),
                ("conv", _CONV.but(compiled=XLA), 2),
                ("lstm-words", CLASSES["lstm-words"].but(compiled=XLA), 1),
            )
        },
        must={"labels": EARLY},
        may=_LOST,
    ),
    *family(
        "binary_labels_beyond_one",
        "scored",
        _spoiled(
            {n: BINARY[n] for n in ("dense", "conv", "lstm-words")},
            flaws.targets(lambda y: y + 1),
        ),
        must={"labels": EARLY},
        may=_NOT_LEARNED | {"exploding", "large_updates"},
    ),
    *family(
        "labels_scaled_like_pixels",
        "tuning",
        _spoiled(
            _some("conv", "dense", "bidirectional-words"),
            flaws.targets(flaws.times(1 / 255)),
        ),
        must={"labels": EARLY},
        may=_NOT_LEARNED,
    ),
    *family(
        "one_class_only",
        "scored",
        _spoiled(
            {
                name: program.but(epochs=12)
                for name, program in _some("dense", "rnn", "conv-words").items()
            },
            flaws.both(flaws.ordered, flaws.first(300)),
            flaws.first(300),
        ),
        must={"labels": EARLY},
        may=_NOT_LEARNED | {"overfitting"},
    ),
    *family(
        "majority_only",
        "tuning",
        {
            name: {**fields, "mended": {**fields, **_WEIGHTS}}
            for name, fields in _RARE.items()
        },
        must={"labels": ANY_TIME},
        may=_NOT_LEARNED,
    ),
    *family(
        "sorted_and_not_shuffled",
        "scored",
        {
            name: {
                **program(flaws.ordered, shuffle=False),
                "mended": program(flaws.ordered, shuffle=True),
            }
            for name, program in (
                ("conv", _CONV),
                ("conv-sgd", _CONV.but(optimizer=lambda: sgd(0.05))),
                ("dense", _DENSE.but(optimizer=lambda: adam(0.05))),
                ("gru", _GRU),
            )
        },
        must={"labels": EARLY},
        may=_SWITCHES,
    ),
    *family(
        "split_of_sorted",
        "tuning",
        {
            name: {
                **CLASSES[name](flaws.ordered, **_split(share)),
                "mended": CLASSES[name](**_split(share)),
            }
            for name, share in (
                ("dense", 0.4),
                ("conv", 0.25),
                ("bidirectional-words", 0.25),
            )
        },
        must={"labels": EARLY},
        may={"overfitting", "slow_progress", "oscillation"},
    ),
]

CASES: list[Case] = [*ILL, *mended(ILL, "majority_only", "split_of_sorted")]
