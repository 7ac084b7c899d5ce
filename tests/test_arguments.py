"""What is refused, at construction, in Keras' form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import pytest

import kgrad
from tests.small import dense

REFUSED: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"log_dir": None}, TypeError),
    ({"log_dir": ""}, TypeError),
    ({"log_dir": 3}, TypeError),
    ({"optimizer": 3}, TypeError),
    ({"optimizer": keras.optimizers.SGD}, TypeError),
    ({"signs": "exploding"}, TypeError),
    ({"signs": [None]}, TypeError),
    ({"signs": 1}, TypeError),
    ({"reporters": ["console"]}, TypeError),
    ({"reporters": False}, TypeError),
    ({"chance": 0.1}, TypeError),
    ({"chance": {"accuracy": "low"}}, TypeError),
    ({"chance": {1: 0.5}}, TypeError),
    ({"hparams": ["units"]}, TypeError),
    ({"hparams": {"units": [1, 2]}}, TypeError),
    ({"lag": 0}, ValueError),
    ({"lag": 2.5}, TypeError),
    ({"window": 0}, ValueError),
    ({"histograms": 1}, TypeError),
    ({"window": -64}, ValueError),
    ({"window": 1.5}, TypeError),
    ({"window": True}, TypeError),
]


@pytest.mark.parametrize(
    ("arguments", "error"), REFUSED, ids=[str(a) for a, _ in REFUSED]
)
def test_bad_arguments_are_refused_by_name_and_value(
    arguments: dict[str, Any], error: type[Exception], tmp_path: Path
) -> None:
    ((name, value),) = arguments.items()
    with pytest.raises(error) as caught:
        kgrad.GradientMonitor(**({"log_dir": tmp_path} | arguments))
    assert str(caught.value).startswith(f"`{name}` must ")
    assert str(caught.value).endswith(f"Received: {name}={value!r}")
    assert list(tmp_path.iterdir()) == []


def test_histograms_without_samples_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="`histograms` must be False without"):
        kgrad.GradientMonitor(tmp_path, time_every=None, histograms=True)


def test_unknown_and_positional_arguments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        kgrad.GradientMonitor(tmp_path, windows=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        kgrad.GradientMonitor(tmp_path, "adam")  # type: ignore[misc]


def test_a_loop_without_an_optimizer_is_refused(tmp_path: Path) -> None:
    monitor = kgrad.GradientMonitor(tmp_path)
    watching = monitor.watch(keras.Sequential([keras.layers.Dense(1)]))
    with pytest.raises(ValueError, match="`optimizer` must say which"):
        watching.__enter__()


def test_an_attribute_that_holds_no_optimizer_is_refused(
    tmp_path: Path,
) -> None:
    monitor = kgrad.GradientMonitor(tmp_path, optimizer="name")
    watching = monitor.watch(dense())
    with pytest.raises(ValueError, match="Received: optimizer='name'"):
        watching.__enter__()
