"""Updates that are too large or too small."""

from __future__ import annotations

from kgrad import signs
from tests.signs.cases.changes import (
    REGRESSION,
    RNN,
    Case,
    always,
    decayed,
    thrown,
    without_gradient,
)
from tests.signs.runs import LEARNING, run

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.LargeUpdates: [
        Case("the first steps of Adam", run(always(0.3, 0, 60))),
        Case(
            "large steps of a model that learns",
            run(always(0.3), metric=LEARNING),
        ),
        Case(
            "a bias that starts at zero",
            run(
                lambda d: d["update_norm"].__setitem__(
                    (slice(None), RNN + 1), 9.0
                )
            ),
        ),
        Case("a few larger steps", run(thrown(200, 300, 400, moved=0.5))),
        Case(
            "one step that replaces the weights",
            run(thrown(200)),
            "net/rnn/kernel",
            201,
            "learning_rate=0.01",
        ),
        Case(
            "the very first step replaces the weights",
            run(thrown(0)),
            "net/rnn/kernel",
            1,
            "learning_rate=0.001",
        ),
        Case(
            "every step is large",
            run(always(0.3)),
            "net/rnn/kernel",
            129,
            "learning_rate=0.01",
        ),
    ],
    signs.SmallUpdates: [
        Case("usual updates", run()),
        Case("a decayed learning rate", run(decayed)),
        Case(
            "a model that has learned", run(always(1e-7, 300), metric=LEARNING)
        ),
        Case("small for a moment", run(always(1e-7, 300, 360))),
        Case("a kernel without any gradient", run(without_gradient)),
        Case(
            "small at the end, of a run whose metric is not known",
            run(always(1e-7, 300), metric=[], setup=REGRESSION),
        ),
        Case(
            "small everywhere",
            run(always(1e-7)),
            "global",
            1,
            "learning_rate=1.0",
        ),
        Case(
            "small in one layer",
            run(
                lambda d: d["update_norm"].__setitem__(
                    (slice(320, None), RNN), 1e-9
                )
            ),
            "net/rnn/kernel",
            321,
            "BatchNormalization",
        ),
    ],
}
