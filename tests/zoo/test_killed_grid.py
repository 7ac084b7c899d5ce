"""A grid that is killed and started again ends as if nothing had been."""

from __future__ import annotations

import csv
import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from tests.zoo.test_train import tiny
from zoo.results import results, to_csv
from zoo.summary import of_runs

KILLS = 10
SEEDS = 6


def start(tmp_path: Path, runs: str) -> subprocess.Popen[bytes]:
    """Trains a model with six seeds, as a user would."""
    tiny().write(tmp_path)
    command = [sys.executable, "-m", "zoo", "train", "recipe.json"]
    return subprocess.Popen(
        [*command, "--seeds", *map(str, range(SEEDS)), "--runs", runs],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ
        | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": os.getcwd()},
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()


def written(runs: Path) -> dict[str, tuple[int, int]]:
    """Every result there is, and which file on disk it is."""
    stats = {str(path): path.stat() for path in runs.rglob("result.json")}
    return {
        path: (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()
    }


def shown(runs: Path) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(results(of_runs(runs)))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def numbers(runs: Path) -> list[dict[str, str]]:
    """All of the results but the time that they took."""
    rows = list(csv.DictReader(io.StringIO(to_csv(of_runs(runs)))))
    for row in rows:
        del row["seconds"]
    return rows


@pytest.mark.slow
def test_killed_ten_times_it_ends_with_the_same_table(tmp_path: Path) -> None:
    began = time.monotonic()
    finish(start(tmp_path, "undisturbed"))
    whole = time.monotonic() - began

    moments = random.Random(5)
    runs = tmp_path / "killed"
    seen: dict[str, tuple[int, int]] = {}
    cut_short = 0
    for _ in range(KILLS):
        process = start(tmp_path, "killed")
        try:
            process.wait(timeout=moments.uniform(0.1, 0.6) * whole)
        except subprocess.TimeoutExpired:
            # The processes that train are not told.
            process.send_signal(signal.SIGKILL)
            process.communicate()
            cut_short += 1
        now = written(runs)
        # None is lost, none was trained twice.
        assert now.items() >= seen.items()
        seen = now
    assert cut_short >= 3
    finish(start(tmp_path, "killed"))
    assert written(runs).items() >= seen.items()
    assert len(written(runs)) == SEEDS
    assert numbers(runs) == numbers(tmp_path / "undisturbed")
    assert shown(runs) == shown(tmp_path / "undisturbed")
