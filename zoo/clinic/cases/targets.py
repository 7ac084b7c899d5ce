"""Sick: targets that the model has a long way to."""

from __future__ import annotations

from zoo.clinic import flaws
from zoo.clinic.case import EARLY, Case, family
from zoo.clinic.networks import sgd
from zoo.clinic.programs import NUMBERS

_FAR = {
    "slow_progress",
    "exploding",
    "large_updates",
    "nonfinite",
    "dead_units",
    "saturation",
    "small_updates",
    "vanishing",
    "oscillation",
    "behavior",
    "plan",
}
"""What follows from a loss of another scale."""

ILL: list[Case] = [
    *family(
        "targets_of_a_million",
        "tuning",
        {
            name: {
                **program(flaws.targets(flaws.times(factor))),
                "mended": program(),
            }
            for name, program, factor in (
                ("dense", NUMBERS["dense"], 1e6),
                ("lstm", NUMBERS["lstm-waves"], 1e8),
                ("conv", NUMBERS["conv"], 1e6),
                (
                    "rnn-sgd",
                    NUMBERS["simple_rnn-waves"].but(
                        optimizer=lambda: sgd(0.02), epochs=10
                    ),
                    1e6,
                ),
            )
        },
        must={"targets": EARLY},
        may=_FAR,
    ),
    *family(
        "targets_far_from_zero",
        "scored",
        {
            name: {
                **program(flaws.targets(flaws.times(scale, offset))),
                "mended": program(),
            }
            for name, program, scale, offset in (
                ("dense", NUMBERS["dense"], 10.0, 2000.0),
                ("gru", NUMBERS["gru-waves"], 30.0, 1000.0),
                ("conv-waves", NUMBERS["conv-waves"], 20.0, 1e4),
                ("conv", NUMBERS["conv"], 1.0, 300.0),
            )
        },
        must={"targets": EARLY},
        may=_FAR,
    ),
]

CASES: list[Case] = ILL
