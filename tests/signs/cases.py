"""Per sign: runs that must show it, and near misses that must not.

The near misses come first: they are what a simple rule gets wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kgrad import signs
from kgrad.records import Activity, Sample, Snapshot
from tests.signs.runs import (
    GUESSING,
    KERNEL,
    LEARNING,
    SETUP,
    Data,
    activities,
    encoder,
    profiles,
    run,
)

RNN, HIDDEN, OUT = KERNEL["rnn"], KERNEL["hidden"], KERNEL["out"]


def spike(moved: float, height: float = 50.0) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["gradient_norm"][300, RNN] = 0.1 * height
        data["update_norm"][300, RNN] = 5 * moved

    return change


def thrown(*steps: int, moved: float = 2.0) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["update_norm"][list(steps), RNN] = 5 * moved

    return change


def always(
    ratio: float, start: int = 0, stop: int = 640
) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["update_norm"][start:stop] = ratio * 5

    return change


def decayed(data: Data) -> None:
    always(1e-7, 400)(data)
    data["learning_rate"][400:] = 1e-6


def without_gradient(data: Data) -> None:
    data["update_norm"][:, RNN] = 0
    data["gradient_norm"][:, RNN] = 0


def shrunk(factor: float, column: int = RNN) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["gradient_norm"][:, column] *= factor

    return change


def began(norm: float, column: int) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["weight_norm"][:, column] = norm

    return change


def quiet(
    share: float, *columns: int, stop: int = 640
) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for column in columns:
            data["quiet_unit_share"][200:stop, column] = share

    return change


def nonfinite(*columns: int, loss: bool = False) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for column in columns:
            data["nonfinite_count"][300:, column] = 7
            data["gradient_norm"][300:, column] = np.nan
            data["weight_norm"][301:, column] = np.nan
        if loss:
            data["loss"][300:] = np.nan

    return change


def moved_bias(data: Data) -> None:
    nonfinite(*range(6), loss=True)(data)
    data["update_norm"][295:300, RNN + 1] = 9.0


def lost_weights(column: int) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        nonfinite(*range(6), loss=True)(data)
        data["weight_norm"][300, column] = np.nan

    return change


def overflow(steps: slice, *, loss: bool = False) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        if loss:
            data["loss"][steps] = np.nan
        data["nonfinite_count"][steps] = 1
        data["gradient_norm"][steps] = np.nan
        data["skipped"][steps] = True

    return change


def no_loss(data: Data) -> None:
    data["loss"][:] = np.nan


def lost_loss(data: Data) -> None:
    data["loss"][300:] = np.inf


def constant_loss(data: Data) -> None:
    data["loss"][:] = 1.39


def both(*changes: Callable[[Data], None]) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for one in changes:
            one(data)

    return change


def gates(**shares: float) -> Callable[[int], Sample]:
    values = {f"gate_{k}_saturated_share": v for k, v in shares.items()}
    values |= {"silent_unit_share": 0.0, "saturated_unit_share": 0.1}

    def sample(step: int) -> Sample:
        return Sample(step, activities=(Activity("net/rnn", values),))

    return sample


def zigzag(size: float, middle: float = 0.6) -> tuple[float, ...]:
    return tuple(middle + size / 2 * (-1) ** i for i in range(10))


FALLING = tuple(1.4 - 0.12 * i for i in range(10))
VAL_LOSS = (1.4, 1.3, 1.2, 1.3, 1.5, 1.7, 1.9, 2.0, 2.1, 2.3)
BUMP = (1.4, 1.3, 1.2, 1.1, 1.0, 0.9, 0.85, 0.8, 0.75, 2.0)


SIGMOID = replace(
    SETUP,
    layers=(replace(SETUP.layers[0], activation="sigmoid"), *SETUP.layers[1:]),
)


def heart(
    *,
    loss: Sequence[float] = FALLING,
    val_loss: Sequence[float] = VAL_LOSS,
    accuracy: Sequence[float] = LEARNING,
    val_accuracy: Sequence[float] = GUESSING,
    samples: int = 10_000,
) -> list[Snapshot]:
    """Ten epochs of a model that memorizes its training data."""
    more = {"loss": loss, "val_loss": val_loss, "val_accuracy": val_accuracy}
    return run(metric=accuracy, more=more, samples=samples)


@dataclass(frozen=True)
class Case:
    """A run, and what a sign must say of it.

    Args:
        name: What is special about it, as a sentence.
        snapshots: The run.
        target: Where the sign must be seen; `""` if it must not.
        first: The step that it must be seen from.
        remedy: Code that the first remedy must contain.
    """

    name: str
    snapshots: list[Snapshot]
    target: str = ""
    first: int = 1
    remedy: str = ""


LOSSES = [1.2, 0.3, 0.18, 0.168, 0.167, 0.167, 0.166, 0.167, 0.167, 0.167]
LSTM = replace(SETUP, layers=(replace(SETUP.layers[0], class_name="LSTM"),))
REGRESSION = replace(SETUP, classes=0, loss="mse")

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
            "learning_rate=10",
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
    signs.Vanishing: [
        Case("gradients of one size", run()),
        Case("a hundredth in the early layer", run(shrunk(1e-2))),
        Case(
            "a model that learns all the same",
            run(shrunk(1e-6), metric=LEARNING),
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
    signs.VanishingInTime: [
        Case(
            "a gradient that reaches all the way",
            run(samples_of=profiles(0.001)),
        ),
        Case(
            "a short horizon of a model that learns",
            run(samples_of=profiles(0.2), metric=LEARNING),
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
            "bias[16:32] = 3.0",
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
    signs.Nonfinite: [
        Case("finite numbers", run()),
        Case("a loss that was never told", run(no_loss)),
        Case(
            "routine overflows under loss scaling",
            run(overflow(slice(300, 305))),
        ),
        Case("overflows now and then", run(overflow(slice(None, None, 2)))),
        Case(
            "a loss by hand",
            run(
                nonfinite(*range(6), loss=True),
                setup=replace(SETUP, loss="my_log_of_zero"),
            ),
            "net/rnn/kernel",
            301,
            "keras.config.epsilon()",
        ),
        Case(
            "one variable, from the backward pass",
            run(nonfinite(HIDDEN + 1)),
            "net/hidden/bias",
            301,
            "isfinite(x)",
        ),
        Case(
            "all variables, while the loss is finite: nearest the loss",
            run(nonfinite(*range(6))),
            "net/out/kernel",
            301,
            "global_clipnorm=1",
        ),
        Case(
            "all variables and the loss: nearest the input",
            run(nonfinite(*range(6), loss=True)),
            "net/rnn/kernel",
            301,
            "np.isfinite(x)",
        ),
        Case(
            "all variables and the loss, after a bias moved by a lot",
            run(moved_bias),
            "net/rnn/kernel",
            301,
            "np.isfinite(x)",
        ),
        Case("the loss alone", run(lost_loss), "global", 301, "np.isfinite(x)"),
        Case(
            "loss scaling that finds no scale",
            run(overflow(slice(300, None))),
            "net/out/kernel",
            301,
            "global_clipnorm=1",
        ),
        Case(
            "a loss that no scale can have turned to NaN",
            run(overflow(slice(300, 301), loss=True)),
            "net/rnn/kernel",
            301,
            "np.isfinite(x)",
        ),
        Case(
            "weights that are lost before any gradient",
            run(lost_weights(HIDDEN)),
            "net/hidden/kernel",
            301,
            "np.isfinite(x)",
        ),
    ],
    signs.Oscillation: [
        Case("a metric that rises", run(metric=LEARNING)),
        Case(
            "noise of a small validation set",
            run(metric=zigzag(0.12), samples=100),
        ),
        Case(
            "jitter below what matters", run(metric=zigzag(0.03), samples=10**6)
        ),
        Case(
            "one dip", run(metric=[0.3, 0.5, 0.7, 0.4, 0.8, 0.82, 0.85, 0.86])
        ),
        Case("a model that guesses", run(metric=GUESSING)),
        Case(
            "swings that end where the task is solved",
            run(metric=[0.3, 0.9, 0.4, 0.9, 0.5, 0.95, 0.5, 0.9, 0.97, 0.98]),
        ),
        Case(
            "a model that learns little, and is back at guessing",
            run(metric=[0.25, 0.26, 0.25, 0.3, 0.36, 0.45, 0.5, 0.26, 0.25]),
            "global",
            498,
            "learning_rate=0.01",
        ),
        Case(
            "a model that learns little, and keeps most of it",
            run(metric=[0.25, 0.26, 0.25, 0.3, 0.36, 0.45, 0.5, 0.36, 0.35]),
        ),
        Case(
            "a loss whose chance is not known",
            run(no_loss, name="loss", metric=zigzag(0.9), setup=REGRESSION),
        ),
        Case(
            "swings that take four epochs each",
            run(
                metric=[*(0.3, 0.35, 0.4, 0.45, 0.5, 0.45, 0.4, 0.35) * 2, 0.3]
            ),
            "global",
            189,
            "learning_rate=0.01",
        ),
        Case(
            "swings beyond the noise",
            run(metric=zigzag(0.3)),
            "global",
            129,
            "learning_rate=0.01",
        ),
        Case(
            "a model that loses what it had learned",
            run(metric=[0.4, 0.7, 0.9, 0.95, 0.3, 0.25, 0.25, 0.25]),
            "global",
            321,
            "learning_rate=0.01",
        ),
    ],
    signs.Overfitting: [
        Case(
            "no validation data", run(metric=LEARNING, more={"loss": FALLING})
        ),
        Case("a loss that falls on both", heart(val_loss=FALLING)),
        Case(
            "a loss that rises at the same accuracy: only more sure of itself",
            heart(val_accuracy=[x - 0.02 for x in LEARNING]),
        ),
        Case(
            "a gap that thirty samples may make",
            heart(val_accuracy=[x - 0.2 for x in LEARNING], samples=30),
        ),
        Case("both losses rise: it diverges", heart(loss=VAL_LOSS)),
        Case(
            "a model that has not learned its training data either",
            heart(accuracy=[0.45] * 10, val_accuracy=GUESSING),
        ),
        Case("a loss that is higher for one epoch", heart(val_loss=BUMP)),
        Case(
            "an error whose chance is 1, memorized",
            run(
                name="mse",
                metric=[1 - x for x in LEARNING],
                more={
                    "loss": FALLING,
                    "val_loss": VAL_LOSS,
                    "val_mse": [1.0] * 10,
                },
                setup=replace(SETUP, classes=0, chance={"mse": 1.0}),
            ),
            "global",
            193,
            "EarlyStopping",
        ),
        Case(
            "a loss that rises while the other falls",
            heart(),
            "global",
            193,
            "EarlyStopping",
        ),
    ],
    signs.SlowProgress: [
        Case("a metric that rises", run(metric=LEARNING)),
        Case("too early to say", run(steps=256)),
        Case("two long epochs", run(metric=[0.25, 0.25])),
        Case(
            "a model that learned late",
            run(metric=[*GUESSING[:7], 0.5, 0.8, 0.8]),
        ),
        Case("a converged run", run(metric=[0.9] * 10)),
        Case(
            "a converged regression whose chance is not known",
            run(name="loss", metric=LOSSES, setup=REGRESSION),
        ),
        Case(
            "a model that learns only the training data",
            run(metric=LEARNING, more={"val_accuracy": GUESSING}),
        ),
        Case(
            "a loss that is NaN is another sign",
            run(name="loss", metric=[1.4] * 9 + [np.nan]),
        ),
        Case(
            "an accuracy whose loss is NaN is another sign, too",
            run(more={"loss": [np.nan] * 10}),
        ),
        Case(
            "a hard task whose loss stands still while weights move",
            run(constant_loss, metric=[0.45] * 10),
        ),
        Case(
            "a lucky start that nothing moves from",
            run(both(constant_loss, always(1e-6)), metric=[0.45] * 10),
            "global",
            1,
            "learning_rate=100.0",
        ),
        Case("an accuracy of one in four", run(), "global", 1, "LSTM(16)"),
        Case(
            "a loss at the entropy of guessing",
            run(name="loss", metric=[1.386] * 10),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "a regression at the chance that the user gave",
            run(
                name="loss",
                metric=LOSSES,
                setup=replace(REGRESSION, chance={"loss": 1 / 6}),
            ),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "a loss that stays where it began",
            run(
                constant_loss,
                name="loss",
                metric=[1.385] * 10,
                setup=REGRESSION,
            ),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "a metric that only validation has",
            run(name="val_accuracy"),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "updates too large",
            run(always(0.05)),
            "global",
            1,
            "global_clipnorm=1",
        ),
        Case(
            "updates too small",
            run(always(1e-6)),
            "global",
            1,
            "learning_rate=1",
        ),
    ],
}
