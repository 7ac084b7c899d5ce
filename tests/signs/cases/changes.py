"""Changes that make a healthy run ill, and what a case is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kgrad.records import Activity, Sample, Snapshot
from tests.signs.runs import (
    GUESSING,
    KERNEL,
    LEARNING,
    SETUP,
    Data,
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
KEPT = (0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.69, 0.68, 0.68, 0.68)
LOST = (0.3, 0.5, 0.7, 0.8, 0.8, 0.8, 0.75, 0.72, 0.68, 0.66)
LOST_AGAIN = (0.3, 0.4, 0.5, 0.55, 0.5, 0.4, 0.35, 0.3, 0.28, 0.28)
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
        rule: What must have seen it, where one sign has several rules.
    """

    name: str
    snapshots: list[Snapshot]
    target: str = ""
    first: int = 1
    remedy: str = ""
    rule: str = ""


LOSSES = [1.2, 0.3, 0.18, 0.168, 0.167, 0.167, 0.166, 0.167, 0.167, 0.167]
LSTM = replace(SETUP, layers=(replace(SETUP.layers[0], class_name="LSTM"),))
REGRESSION = replace(SETUP, classes=0, loss="mse")
