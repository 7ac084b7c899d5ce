"""How soon the tab shows something: of a long run, and of many runs.

In multiples of the time that a bare reading of the same bytes takes, since
seconds are others on every machine and at every hour. On the machine of the
README a bare reading of a million steps takes 0.5 seconds, the picture no
longer, within the second that was promised, and what is said of the run two
seconds more.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

from kgrad import figures  # Imported while the browser loads Plotly.
from kgrad.storage.run_file import FRAME, MAGIC, run_files
from kgrad.tensorboard_tab.plugin import GradientsPlugin
from tests.benchmarks.long_runs import write_run

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]

Ask = Callable[[str], Any]


def page(logs: Path) -> Ask:
    """What the page asks a TensorBoard that was just started for."""
    app = TensorBoardWSGI([GradientsPlugin(TBContext(logdir=str(logs)))])
    client = Client(app)

    def ask(question: str) -> Any:
        answer = client.get(f"/data/plugin/gradients/{question}")
        assert answer.status_code == 200
        return json.loads(answer.data)

    return ask


def bare_reading(paths: Iterable[Path]) -> None:
    """Every byte checked and every text parsed, which no reading can avoid."""
    for path in paths:
        with open(path, "rb") as file:
            file.seek(len(MAGIC))
            while frame := file.read(FRAME.size):
                length, checksum = FRAME.unpack(frame)
                body = file.read(length)
                assert zlib.crc32(body) == checksum
                json.loads(body[: body.index(b"\n")])


def seconds(action: Callable[[], object]) -> float:
    """Of the processor, which other tests beside this one do not stretch."""
    began = time.process_time()
    action()
    return time.process_time() - began


def multiple(look: Callable[[], None], *, of: Callable[[], object]) -> float:
    """The fastest of three looks over the fastest of three others, in turns."""
    turns = [(seconds(of), seconds(look)) for _ in range(3)]
    bare, looked = map(min, zip(*turns, strict=True))
    print(f"{looked:.2f} seconds, {looked / bare:.1f} bare readings")
    return looked / bare


def test_the_first_picture_of_a_million_steps(tmp_path: Path) -> None:
    assert figures.story
    folder = tmp_path / "long"
    write_run(folder, 1_000_000)

    def read() -> None:
        bare_reading(run_files(folder))

    def look() -> None:
        ask = page(tmp_path)
        assert [run["name"] for run in ask("runs")["runs"]] == ["long"]
        drawn = ask("figure?run=long&figure=story")
        assert len(drawn["data"])

    def listen() -> None:
        told = page(tmp_path)("run?run=long")
        steps = {"name": "steps", "text": "1000000, from 1 to 1000000"}
        assert steps in told["facts"]

    assert multiple(look, of=read) < 2
    assert multiple(listen, of=read) < 8


def test_the_first_picture_of_a_hundred_runs_reads_one(tmp_path: Path) -> None:
    for i in range(100):
        write_run(tmp_path / f"run{i:02}", 10_000)
    paths = [path for run in tmp_path.iterdir() for path in run_files(run)]

    def look() -> None:
        ask = page(tmp_path)
        assert len(ask("runs")["runs"]) == 100
        ask("run?run=run00")
        ask("figure?run=run00&figure=story")

    assert multiple(look, of=lambda: bare_reading(paths)) < 1
