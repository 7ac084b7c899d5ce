"""A run of a million steps, simulated: memory, disk, report, first picture.

    python -m tests.benchmarks.million_steps [--steps N]

Windows of an LSTM with readout, as a GradientMonitor would read them, go
through the real pipeline: all signs, the history on disk, TensorBoard's event
file. The metric stays at guessing and the gradient does not reach back, so
that the signs have to remember and to tell as much as they ever do.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from kgrad import signs
from kgrad.records import (
    Activity,
    Epoch,
    Layer,
    Sample,
    Setup,
    Snapshot,
    Target,
    TimeProfile,
)
from kgrad.reporters.tensorboard.reporter import TensorBoardReporter
from kgrad.session.pipeline import Pipeline
from kgrad.step import statistics

WINDOW, PER_EPOCH, TIME_EVERY = 64, 1024, 50
LAYER = "sequential/lstm"
CELL = f"{LAYER}/lstm_cell"
READOUT = "sequential/dense"
MEASURED = (
    *(
        Target(f"{CELL}/{role}[{gate}]", LAYER, role, gate, 0, 2500, 50)
        for role in ("kernel", "recurrent_kernel", "bias")
        for gate in "ifco"
    ),
    Target(f"{READOUT}/kernel", READOUT, "kernel", "", 1, 200, 4),
    Target(f"{READOUT}/bias", READOUT, "bias", "", 1, 4, 4),
)
TARGETS = (
    *MEASURED,
    *(
        Target(
            f"{CELL}/{role}",
            LAYER,
            role,
            depth=0,
            size=10_000,
            units=200,
            parts=tuple(range(4 * i, 4 * i + 4)),
        )
        for i, role in enumerate(("kernel", "recurrent_kernel", "bias"))
    ),
    Target("global", "", "", depth=-1, parts=tuple(range(len(MEASURED)))),
)
MEASURES = tuple(statistic.measure for statistic in statistics.BUILT_IN)
SETUP = Setup(
    "SGD",
    {"learning_rate": 0.1},
    (Layer(LAYER, "LSTM", "tanh", 50), Layer(READOUT, "Dense", "softmax", 4)),
    "sparse_categorical_crossentropy",
    classes=4,
    lag=40,
)


@dataclass(frozen=True)
class Measured:
    """What a long run takes.

    Args:
        steps: How many it had.
        grown: Bytes by which the process grew from a tenth of it to its end.
        seconds: Processor time, per thousand steps, of the first tenth and
            of the last.
        history: Bytes of run files.
        events: Bytes of event files.
        report: Processor time that `kgrad report` takes, in seconds.
    """

    steps: int
    grown: int
    seconds: tuple[float, float]
    history: int
    events: int
    report: float


def windows(steps: int) -> Iterator[Snapshot]:
    """The run, window by window."""
    rng = np.random.default_rng(0)
    shape = (WINDOW, len(MEASURED), len(MEASURES))
    values = rng.uniform(0.5, 2, shape).astype(np.float32)
    for i, measure in enumerate(MEASURES):
        if measure.name in ("nonfinite_count", "quiet_unit_share"):
            values[:, :, i] = 0
        if measure.name == "update_norm":
            values[:, :, i] *= 1e-3
    for first in range(1, steps + 1, WINDOW):
        numbers = np.arange(first, min(first + WINDOW, steps + 1))
        rows = len(numbers)
        yield Snapshot(
            numbers,
            TARGETS,
            MEASURES,
            np.roll(values[:rows], first % rows, axis=0),
            rng.uniform(1.3, 1.5, rows),
            np.full(rows, 0.1),
            np.zeros(rows, bool),
            seconds=float(first),
            epochs=tuple(
                Epoch(
                    int(step) // PER_EPOCH - 1,
                    int(step),
                    {"loss": 1.4, "accuracy": 0.25 + 0.01 * rng.random()},
                    {"loss": 4096, "accuracy": 4096},
                )
                for step in numbers[numbers % PER_EPOCH == 0]
            ),
            samples=tuple(map(_sample, numbers[numbers % TIME_EVERY == 1])),
            setup=SETUP,
        )


def _sample(step: int) -> Sample:
    norm = 10.0 ** np.linspace(-20, 0, 50)
    values = {"silent_unit_share": 0.0, "saturated_unit_share": 0.1}
    return Sample(
        int(step),
        tuple(TimeProfile(LAYER, s, norm, int(step)) for s in "hc"),
        (
            Activity(
                LAYER, {**values, "output_mean": 0.1, "output_spread": 1.0}
            ),
        ),
    )


def run(folder: Path, steps: int) -> Measured:
    """Writes the run and reads it again.

    Args:
        folder: The run folder.
        steps: How many it is to have.
    """
    pipeline = Pipeline(folder, signs.default(), [TensorBoardReporter(folder)])
    tenth = steps // 10
    memory: list[int] = []
    marks: list[float] = [time.process_time()]
    seen = 0
    for snapshot in windows(steps):
        before, seen = seen, int(snapshot.steps[-1])
        pipeline.push(snapshot)
        if before // tenth < seen // tenth:
            gc.collect()
            memory.append(_resident())
            marks.append(time.process_time())
    pipeline.close()
    spent = np.diff(marks) / tenth * 1000
    return Measured(
        steps,
        memory[-1] - memory[0],
        (float(spent[0]), float(spent[-1])),
        _size(folder, "gradients-*"),
        _size(folder, "events*"),
        _report_seconds(folder),
    )


def _resident() -> int:
    """Bytes of memory that the process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern))


def _report_seconds(folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "kgrad", "report", str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.million_steps"
    )
    parser.add_argument("--steps", type=int, default=1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        measured = run(Path(folder) / "run", parser.parse_args().steps)
        print(measured)
        numbers = len(MEASURED) * len(MEASURES)
        print(
            f"memory grew by {measured.grown / 1e6:.1f} MB\n"
            f"{measured.history / measured.steps:.0f} bytes of history and "
            f"{measured.events / measured.steps:.1f} of events a step "
            f"({numbers} numbers each)\n"
            f"a thousand steps took {measured.seconds[0]:.3f} s at first, "
            f"{measured.seconds[1]:.3f} s at the end\n"
            f"kgrad report: {measured.report:.1f} s"
        )


if __name__ == "__main__":
    main()
