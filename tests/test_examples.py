"""Every example runs as it is, ends well and leaves a run to look at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kgrad

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_runs_and_leaves_runs(
    example: Path, tmp_path: Path
) -> None:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, example],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert "Warning" not in done.stderr
    runs = tmp_path / "runs" / "examples" / example.stem
    folders = {path.parent for path in runs.rglob("events.out.tfevents.*")}
    assert folders
    for folder in folders:
        assert len(kgrad.History.load(folder).steps)


def test_there_are_examples_of_one_screen() -> None:
    assert len(EXAMPLES) >= 5
    assert all(len(path.read_text().splitlines()) < 80 for path in EXAMPLES)
