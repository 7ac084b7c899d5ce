"""Units that are saturated or dead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrad import signs
from tests.signs.cases.changes import (
    HIDDEN,
    OUT,
    Case,
    began,
    both,
    gates,
    quiet,
)
from tests.signs.runs import LEARNING, SETUP, activities, run

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.Saturation: [
        Case(
            "a third of a layer",
            run(samples_of=activities("net/rnn", "saturated_unit_share", 0.33)),
        ),
        Case(
            "the last layer, which is sure",
            run(samples_of=activities("net/out", "saturated_unit_share", 1)),
        ),
        Case(
            "a model that learns",
            run(
                samples_of=activities("net/rnn", "saturated_unit_share", 1),
                metric=LEARNING,
            ),
        ),
        Case(
            "a loss that falls to what soft labels leave of it",
            run(
                samples_of=activities("net/rnn", "saturated_unit_share", 1),
                setup=replace(SETUP, loss="of its own", classes=0),
                metric=np.linspace(1.4, 1.1, 10),
                name="loss",
            ),
        ),
        Case(
            "the same loss, which stays",
            run(
                samples_of=activities("net/rnn", "saturated_unit_share", 1),
                setup=replace(SETUP, loss="of its own", classes=0),
                metric=np.linspace(1.4, 1.35, 10),
                name="loss",
            ),
            "net/rnn/kernel",
            1,
            "Normalization",
        ),
        Case(
            "once and not again",
            run(
                samples_of=activities(
                    "net/rnn",
                    "saturated_unit_share",
                    lambda step: float(step == 551),
                )
            ),
        ),
        Case(
            "weights that began a hundred times too large",
            run(
                began(400, HIDDEN),
                samples_of=activities("net/rnn", "saturated_unit_share", 1),
            ),
            "net/rnn/kernel",
            1,
            'kernel_initializer="he_normal"',
        ),
        Case(
            "gates of which one moves",
            run(samples_of=gates(i=0.95, f=0.95, o=0.6)),
        ),
        Case(
            "gates that are all stuck",
            run(samples_of=gates(i=0.95, f=0.8, o=0.9)),
            "net/rnn/kernel",
            1,
            "after the input",
        ),
        Case(
            "most of a layer, from some step on",
            run(
                samples_of=activities(
                    "net/rnn",
                    "saturated_unit_share",
                    lambda step: float(step > 300),
                )
            ),
            "net/rnn/kernel",
            301,
            "learning_rate=0.01",
        ),
    ],
    signs.DeadUnits: [
        Case("no quiet units", run()),
        Case("half of a relu layer", run(quiet(0.5, HIDDEN, HIDDEN + 1))),
        Case(
            "units that come back", run(quiet(1, HIDDEN, HIDDEN + 1, stop=400))
        ),
        Case("a kernel whose inputs are all zero", run(quiet(1, OUT))),
        Case(
            "a model that solves its task",
            run(
                quiet(0.9, HIDDEN, HIDDEN + 1), metric=[*LEARNING[3:], 1, 1, 1]
            ),
        ),
        Case(
            "weights that began a hundred times too small",
            run(both(quiet(0.9, HIDDEN, HIDDEN + 1), began(0.04, HIDDEN))),
            "net/hidden/kernel",
            138,
            'kernel_initializer="he_normal"',
        ),
        Case(
            "a tanh layer that was silent from the start",
            run(samples_of=activities("net/rnn", "silent_unit_share", 1)),
            "net/rnn/kernel",
            1,
            "after the input",
        ),
        Case(
            "most of a tanh layer, whose outputs no coin makes small",
            run(samples_of=activities("net/rnn", "silent_unit_share", 0.75)),
            "net/rnn/kernel",
            1,
            "after the input",
        ),
        Case(
            "silent once and not again",
            run(
                samples_of=activities(
                    "net/hidden",
                    "silent_unit_share",
                    lambda step: float(step == 551),
                )
            ),
        ),
        Case(
            "silent outputs, from some step on",
            run(
                samples_of=activities(
                    "net/hidden",
                    "silent_unit_share",
                    lambda step: float(step > 300),
                )
            ),
            "net/hidden/kernel",
            301,
            'activation="leaky_relu"',
        ),
        Case(
            "most of a relu layer",
            run(quiet(0.75, HIDDEN, HIDDEN + 1)),
            "net/hidden/kernel",
            201 - 63,
            'activation="leaky_relu"',
        ),
    ],
}
