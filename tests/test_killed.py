"""In processes of their own: killed, ended by an exception, only importing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import kgrad

TRAIN = """
import sys, keras, numpy as np, kgrad
model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
model.compile("sgd", "mse")
x = np.ones((4_000_000, 3), "float32")

class Told(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print(batch, flush=True)
        if sys.argv[2:] and batch == int(sys.argv[2]):
            raise ValueError("on purpose")

monitor = kgrad.GradientMonitor(
    sys.argv[1], signs=[], reporters=[], statistics=["all"]
)
model.fit(x, x[:, :2], 4, verbose=0, callbacks=[monitor, Told()])
"""
WINDOW = 64


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", TRAIN, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
    )


def test_a_killed_run_loses_at_most_one_window(tmp_path: Path) -> None:
    process = start(str(tmp_path))
    assert process.stdout is not None
    steps = 0
    for line in process.stdout:
        steps = int(line) + 1
        if steps >= 3 * WINDOW + WINDOW // 2:
            break
    process.send_signal(signal.SIGKILL)
    rest = process.communicate()[0].split()
    steps = int(rest[-1]) + 1 if rest else steps
    assert process.returncode == -signal.SIGKILL

    history = kgrad.RunHistory.load(tmp_path)
    read = len(history.steps)
    assert list(history.steps) == list(range(1, read + 1))
    # The step that was under way, or not yet told of, may be read as well.
    assert steps - WINDOW <= read <= steps + WINDOW
    assert (history["gradient_norm"] > 0).all()


def test_a_script_that_ends_in_an_exception_loses_nothing(
    tmp_path: Path,
) -> None:
    process = start(str(tmp_path), "9")
    errors = process.communicate()[1]
    assert process.returncode == 1
    assert errors.strip().endswith("ValueError: on purpose")
    assert list(kgrad.RunHistory.load(tmp_path).steps) == list(range(1, 11))


def test_signs_and_history_do_without_tensorflow_and_within_a_second() -> None:
    code = (
        "import kgrad, kgrad.signs, kgrad.storage.history, sys;"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    fastest = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        fastest = min(fastest, time.perf_counter() - began)
    assert fastest < 1
