"""Whatever is told of the data, no sample reaches the run folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import kgrad

RNG = np.random.default_rng(0)
SAMPLES, SCALE = 12, 1e11
"""Out of scale, so that signs and hints tell of it in numbers."""

MARKED = {"x": 3.1904562e11, "y": 4.2768183e11, "weight": 5.1763451e9}
"""Values that one entry has, neither smallest nor largest of its sample."""


def _data() -> dict[str, np.ndarray]:
    x, y = RNG.normal(size=(2, SAMPLES, 5)) * SCALE
    for tensor in (x, y):
        # Smallest and largest are told.
        tensor[:, 0] = -9e11
        tensor[:, 4] = 9e11
    x[3, 2], y[9, 1] = MARKED["x"], MARKED["y"]
    weight = np.linspace(1e9, 9e9, SAMPLES)
    weight[5] = MARKED["weight"]
    data = {"x": x, "y": y, "weight": weight}
    return {name: values.astype(np.float32) for name, values in data.items()}


def _model() -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Input((5,)), layers.Dense(5)])
    # Predictions stay what they are, so that it is known what they are.
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 0.0
    return model


def _numbers(content: bytes) -> set[float]:
    """Every number that is written out in the files."""
    plain = re.findall(rb"\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?", content)
    grouped = re.findall(rb"\d{1,3}(?:,\d{3})+(?:\.\d+)?", content)
    texts = [*plain, *(text.replace(b",", b"") for text in grouped)]
    return {float(text) for text in texts}


def _is_told(value: float, content: bytes) -> bool:
    """Whether it is there in binary, or as text to three digits or more."""
    kinds = (np.float32, np.float64)
    if any(kind(value).tobytes() in content for kind in kinds):
        return True
    exact = float(np.float32(value))
    forms = {abs(exact)} | {float(f"{abs(exact):.{n}g}") for n in range(3, 10)}
    return bool(forms & _numbers(content))


def _content(folder: Path) -> bytes:
    files = [path for path in folder.rglob("*") if path.is_file()]
    # The history, and TensorBoard's.
    assert len(files) > 1
    return b"".join(path.read_bytes() for path in files)


def _trained(
    folder: Path, batch_size: int, data: dict[str, np.ndarray]
) -> tuple[kgrad.GradientMonitor, np.ndarray]:
    model = _model()
    said = model.predict(data["x"], verbose=0)
    monitor = kgrad.GradientMonitor(folder, time_every=1)
    model.fit(
        data["x"],
        data["y"],
        batch_size,
        epochs=3,
        sample_weight=data["weight"],
        shuffle=False,
        verbose=0,
        callbacks=[monitor],
    )
    return monitor, said


def _middle(said: np.ndarray, batch_size: int) -> float:
    """A prediction that is neither smallest nor largest of its batch."""
    return float(
        np.sort(said[:batch_size].ravel())[said[:batch_size].size // 2]
    )


@pytest.mark.parametrize(
    ("batch_size", "bad"), [(4, ""), (4, "x"), (4, "weight"), (1, ""), (1, "y")]
)
def test_no_entry_of_a_sample_is_in_any_file(
    batch_size: int, bad: str, tmp_path: Path
) -> None:
    data = _data()
    if bad:
        data[bad][-1, ...] = np.nan
    monitor, said = _trained(tmp_path, batch_size, data)
    marked: dict[str, Any] = {**MARKED, "prediction": _middle(said, batch_size)}
    if batch_size == 1:
        # One number for one sample is its own mean.
        del marked["weight"]
    content = _content(tmp_path)
    for name, value in marked.items():
        assert not _is_told(value, content), name
    assert len(monitor.history.samples) == 3 * SAMPLES // batch_size
    assert monitor.findings
    assert bool(monitor.history.origins) == bool(bad)


def test_what_may_be_told_is_found_in_this_way(tmp_path: Path) -> None:
    monitor, _ = _trained(tmp_path, 4, _data())
    content = _content(tmp_path)
    data = _data()
    assert _is_told(float(data["x"].max()), content)
    # What is measured is there in binary, what is found as text.
    loss = monitor.history.loss[0]
    kinds = (np.float32, np.float64)
    assert any(kind(loss).tobytes() in content for kind in kinds)
    for finding in monitor.findings:
        assert finding.explanation[:40].encode() in content


@pytest.mark.parametrize(
    "written",
    [b"319045632000.0", b"3.19e+11", b"319,045,632,000", b"-3.1905e+11"],
)
def test_a_number_is_found_however_it_is_written(written: bytes) -> None:
    assert _is_told(MARKED["x"], b"x is " + written + b" there")
    assert not _is_told(MARKED["y"], written)
