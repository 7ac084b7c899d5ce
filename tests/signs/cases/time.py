"""Gradients that explode or vanish on their way through time."""

from __future__ import annotations

from dataclasses import replace

from kgrad import signs
from tests.signs.cases.changes import LOST_AGAIN, LSTM, Case, always, no_loss
from tests.signs.runs import LEARNING, SETUP, encoder, profiles, run

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.VanishingInTime: [
        Case(
            "a gradient that reaches all the way",
            run(samples_of=profiles(0.001)),
        ),
        Case(
            "a short horizon of a model that learns",
            run(samples_of=profiles(0.2), metric=LEARNING),
        ),
        Case(
            "a model that had learned more than it has now",
            run(samples_of=profiles(0.2), metric=LOST_AGAIN),
        ),
        Case(
            "weights that have hardly moved, and the horizon of the start",
            run(always(1e-4), samples_of=profiles(0.2)),
        ),
        Case("no samples", run()),
        Case("a short sequence", run(samples_of=profiles(0.5, length=8))),
        Case(
            "a loss at every step",
            run(samples_of=profiles(0.2, fresh=True)),
        ),
        Case(
            "a decoder with a loss at every step",
            run(samples_of=encoder(0.001)),
        ),
        Case(
            "vanishing at initialization, not later",
            run(samples_of=profiles(lambda step: 0.3 if step < 300 else 0.01)),
        ),
        Case("too early to say", run(samples_of=profiles(0.2), steps=256)),
        Case(
            "a tenth of the sequence, and the task needs no more",
            run(samples_of=profiles(0.2), setup=replace(SETUP, lag=15)),
        ),
        Case(
            "a metric that is not known",
            run(no_loss, samples_of=profiles(0.2), metric=[]),
        ),
        Case(
            "a horizon that grows and then shrinks again",
            run(
                samples_of=profiles(
                    lambda step: 0.01 if 100 < step <= 300 else 0.2
                )
            ),
            "net/rnn/kernel",
            301,
            "keras.layers.LSTM(16)",
        ),
        Case(
            "a horizon that shrinks",
            run(samples_of=profiles(lambda step: 0.2 if step > 300 else 0.01)),
            "net/rnn/kernel",
            301,
            "keras.layers.LSTM(16)",
        ),
        Case(
            "a tenth of the sequence within reach of an LSTM",
            run(samples_of=profiles(0.2), setup=LSTM),
            "net/rnn/kernel",
            1,
            "bias[16:32] = 4.6",
        ),
        Case(
            "a horizon that opens in the last hundred steps",
            run(samples_of=profiles(lambda step: 0.2 if step < 550 else 0.001)),
            "net/rnn/kernel",
            1,
            "keras.layers.LSTM(16)",
        ),
        Case(
            "a tenth of the sequence, and the task needs half",
            run(samples_of=profiles(0.2), setup=replace(SETUP, lag=50)),
            "net/rnn/kernel",
            1,
            "keras.layers.LSTM(16)",
        ),
        Case(
            "a tenth of the sequence within reach of an encoder",
            run(samples_of=encoder(0.2)),
            "net/rnn/kernel",
            1,
            "keras.layers.LSTM(16)",
        ),
        Case(
            "a gradient of 0 one step back",
            run(samples_of=profiles(400.0)),
            "net/rnn/kernel",
            1,
            "keras.layers.LSTM(16)",
        ),
        Case(
            "a tenth of the sequence within reach",
            run(samples_of=profiles(0.2)),
            "net/rnn/kernel",
            1,
            "keras.layers.LSTM(16)",
        ),
    ],
    signs.ExplodingInTime: [
        Case("a gradient that falls", run(samples_of=profiles(0.1))),
        Case("a gradient that grows a little", run(samples_of=profiles(-0.01))),
        Case(
            "growth in a model that learns",
            run(samples_of=profiles(-0.1), metric=LEARNING),
        ),
        Case("no samples", run()),
        Case(
            "a loss at every step",
            run(samples_of=profiles(-0.1, fresh=True)),
        ),
        Case(
            "growth in a decoder with a loss at every step",
            run(samples_of=encoder(0.001, of_decoder=-0.1)),
        ),
        Case(
            "ten decades over the sequence of an encoder",
            run(samples_of=encoder(-0.1)),
            "net/rnn/kernel",
            1,
            "global_clipnorm=1",
        ),
        Case(
            "ten decades over the sequence",
            run(samples_of=profiles(lambda step: -0.1 if step > 300 else 0)),
            "net/rnn/kernel",
            301,
            "global_clipnorm=1",
        ),
    ],
}
