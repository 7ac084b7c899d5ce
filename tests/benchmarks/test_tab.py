"""How soon the tab shows something: of a long run, and of many runs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

from kgrad import figures  # Imported while the browser loads Plotly.
from kgrad.tensorboard_tab.plugin import GradientsPlugin
from tests.benchmarks.long_runs import write_run

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]


class Asked:
    """What the page asks for, and the processor time that answers take.

    Not the time on the wall, which other tests beside this one stretch.
    """

    def __init__(self, logs: Path) -> None:
        self._client = Client(
            TensorBoardWSGI([GradientsPlugin(TBContext(logdir=str(logs)))])
        )
        self._began = time.process_time()

    def __call__(self, question: str) -> Any:
        answer = self._client.get(f"/data/plugin/gradients/{question}")
        assert answer.status_code == 200
        return json.loads(answer.data)

    @property
    def seconds(self) -> float:
        return time.process_time() - self._began


def test_the_first_picture_of_a_million_steps(tmp_path: Path) -> None:
    assert figures.story
    write_run(tmp_path / "long", 1_000_000)
    ask = Asked(tmp_path)
    assert [run["name"] for run in ask("runs")["runs"]] == ["long"]
    told = ask("run?run=long")
    assert ["steps", "1000000, from 1 to 1000000"] in told["facts"]
    drawn = ask("figure?run=long&figure=story")
    assert len(drawn["data"])
    print(f"{ask.seconds:.2f} seconds")
    assert ask.seconds < 3


def test_the_first_picture_of_a_hundred_runs(tmp_path: Path) -> None:
    for i in range(100):
        write_run(tmp_path / f"run{i:02}", 10_000)
    ask = Asked(tmp_path)
    assert len(ask("runs")["runs"]) == 100
    ask("run?run=run00")
    ask("figure?run=run00&figure=story")
    print(f"{ask.seconds:.2f} seconds")
    assert ask.seconds < 5
