"""Gradients that explode or vanish from layer to layer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrad import signs
from tests.signs.cases.changes import (
    HIDDEN,
    LOST_AGAIN,
    OUT,
    RNN,
    SIGMOID,
    Case,
    nonfinite,
    overflow,
    shrunk,
    spike,
    thrown,
    without_gradient,
)
from tests.signs.runs import LEARNING, SETUP, run

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.Exploding: [
        Case("heavy tails of a healthy run", run()),
        Case("a spike that clipping tames", run(spike(0.01, 1e4))),
        Case("a large update without a spike", run(thrown(300, moved=0.5))),
        Case(
            "a spike the model recovers from", run(spike(1.0), metric=LEARNING)
        ),
        Case(
            "a spike in step 1",
            run(lambda d: d["gradient_norm"].__setitem__(0, 1e3)),
        ),
        Case(
            "a spike that throws the weights",
            run(spike(0.5)),
            "net/rnn/kernel",
            301,
            "global_clipnorm=1",
        ),
        Case(
            "a spike that throws the weights, clipped already",
            run(
                spike(0.5),
                setup=replace(
                    SETUP,
                    optimizer_arguments={"learning_rate": 0.1, "clipnorm": 9.0},
                ),
            ),
            "net/rnn/kernel",
            301,
            "learning_rate=0.01, clipnorm=9",
        ),
    ],
    signs.ExplodingToInfinity: [
        Case("finite numbers", run(thrown(300))),
        Case("NaN from one step to the next", run(nonfinite(RNN, loss=True))),
        Case(
            "a routine overflow after a large update",
            run(lambda d: (thrown(299)(d), overflow(slice(300, 301))(d))),
        ),
        Case(
            "NaN long after an update that threw the weights",
            run(lambda d: (thrown(200)(d), nonfinite(RNN, loss=True)(d))),
        ),
        Case(
            "an update that threw the weights, then NaN",
            run(lambda d: (thrown(297, 299)(d), nonfinite(RNN, loss=True)(d))),
            "net/rnn/kernel",
            298,
            "global_clipnorm=1",
        ),
        Case(
            "a gradient that grew a thousandfold, then NaN",
            run(
                lambda d: (
                    d["gradient_norm"].__setitem__((slice(297, 300), OUT), 5e3),
                    nonfinite(RNN, loss=True)(d),
                )
            ),
            "net/out/kernel",
            298,
            "global_clipnorm=1",
        ),
        Case(
            "the first step already throws the weights",
            run(
                lambda d: (
                    thrown(0)(d),
                    d["nonfinite_count"].__setitem__((1, RNN), 7),
                    d["gradient_norm"].__setitem__((1, RNN), np.nan),
                )
            ),
            "net/rnn/kernel",
            1,
            "global_clipnorm=1",
        ),
    ],
    signs.Vanishing: [
        Case("gradients of one size", run()),
        Case("a hundredth in the early layer", run(shrunk(1e-2))),
        Case(
            "a model that learns all the same",
            run(shrunk(1e-6), metric=LEARNING),
        ),
        Case(
            "a model that had learned more than it has now",
            run(shrunk(1e-6), metric=LOST_AGAIN),
        ),
        Case(
            "a later layer gets less than an early one", run(shrunk(1e-6, OUT))
        ),
        Case("a layer without any gradient is dead", run(without_gradient)),
        Case(
            "a millionth in the early layer",
            run(shrunk(1e-6)),
            "net/rnn/kernel",
            1,
            "keras.layers.LSTM(16)",
        ),
        Case(
            "a millionth behind a sigmoid",
            run(shrunk(1e-6), setup=SIGMOID),
            "net/rnn/kernel",
            1,
            'activation="tanh"',
        ),
        Case(
            "down to 1e-30 in the middle",
            run(shrunk(1e-30, HIDDEN)),
            "net/hidden/kernel",
            1,
            "BatchNormalization",
        ),
    ],
}
