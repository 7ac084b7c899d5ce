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
from typing import Any

import pytest
from rich.console import Console

from tests.zoo.cli.test_cli import is_gone
from tests.zoo.made import tiny
from zoo.recipe import Recipe
from zoo.results.tables import results_tables, to_csv
from zoo.runs import run_folder
from zoo.runs.summary import of_runs

KILLS = 5
SEEDS = 3


def start(
    tmp_path: Path, runs: str, recipe: Recipe, **options: Any
) -> subprocess.Popen[bytes]:
    """Trains a model with three seeds, as a user would."""
    recipe.write(tmp_path)
    command = [sys.executable, "-m", "zoo", "train", "recipe.json"]
    return subprocess.Popen(
        [*command, "--seeds", *map(str, range(SEEDS)), "--runs", runs],
        cwd=tmp_path,
        **options,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ
        | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": os.getcwd()},
    )


def written(runs: Path) -> dict[str, tuple[int, int]]:
    """Every result there is, and which file on disk it is."""
    stats = {str(path): path.stat() for path in runs.rglob("result.json")}
    return {
        path: (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()
    }


def shown(runs: Path) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(results_tables(of_runs(runs)))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def numbers(runs: Path) -> list[dict[str, str]]:
    """All of the results but the time that they took."""
    rows = list(csv.DictReader(io.StringIO(to_csv(of_runs(runs)))))
    for row in rows:
        del row["seconds"]
    return rows


def is_killed(process: subprocess.Popen[bytes], seconds: float | None) -> bool:
    """Kills it after so long; whether that came before its end."""
    try:
        _, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        # The processes that train are not told.
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    assert process.returncode == 0, errors.decode()
    return False


@pytest.mark.full
def test_no_process_goes_on_behind_a_grid_that_was_killed(
    tmp_path: Path,
) -> None:
    endless = tiny(epochs=9999, stop_when_solved=0)
    process = start(tmp_path, "runs", endless, start_new_session=True)
    folder = tmp_path / "runs" / endless.folder
    while not list(folder.glob("gradients-*")):
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert is_gone(process.pid)
    # Nothing that is left would keep the next one from it.
    with run_folder.begin(tmp_path / "runs", endless):
        assert not list(folder.glob("gradients-*"))


@pytest.mark.full
@pytest.mark.slow
def test_killed_again_and_again_it_ends_with_the_same_table(
    tmp_path: Path,
) -> None:
    began = time.monotonic()
    assert not is_killed(start(tmp_path, "undisturbed", tiny()), None)
    whole = time.monotonic() - began
    undisturbed = tmp_path / "undisturbed"
    assert len(written(undisturbed)) == SEEDS

    moments = random.Random(5)
    kills = grids = 0
    while kills < KILLS:
        grids += 1
        runs = tmp_path / f"killed-{grids}"
        seen: dict[str, tuple[int, int]] = {}
        ended = False
        while not ended:
            seconds = moments.uniform(0.1, 0.6) * whole
            last = None if kills == KILLS else seconds
            ended = not is_killed(start(tmp_path, runs.name, tiny()), last)
            kills += not ended
            now = written(runs)
            # None is lost, and none was trained twice.
            assert now.items() >= seen.items()
            seen = now
        assert len(seen) == SEEDS
        assert numbers(runs) == numbers(undisturbed)
        assert shown(runs) == shown(undisturbed)
