"""One command trains a preset anew, and the same weights come out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from zoo.pretrained import preset
from zoo.pretrained.preset import PRESETS, digest
from zoo.recipe import versions
from zoo.runs import run_folder
from zoo.runs.run_folder import WEIGHTS

NAMES = (
    "parity/simple_rnn-base",
    "parity/lstm-relu",
    "moving_digits/gru-base",
)
"""Presets that are trained in some seconds: here from start to end."""


@pytest.mark.full
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_command_on_the_card_gives_the_preset_again(
    name: str, tmp_path: Path
) -> None:
    recorded = preset.read(PRESETS / name)
    recipe, expected = recorded.summary.recipe, recorded.summary.median
    command = [sys.executable, "-m", "zoo", "train", name]
    command += ["--seeds", str(recipe.seed), "--runs", str(tmp_path)]
    subprocess.run(command, capture_output=True, check=True)
    folder = tmp_path / recipe.folder
    trained, result = run_folder.read(folder)
    # All of its seeds solved the task, so any rounding should.
    assert recorded.summary.solved == len(recorded.summary.results)
    assert result.verdict == "solved"
    there, here, then = (
        # Watching changes no weight, and every NumPy draws the same data.
        {k: x for k, x in known.items() if k not in ("kgrad", "numpy")}
        for known in (trained.versions, versions(), recipe.versions)
    )
    if there == here == then:
        assert result.test == expected.test
        assert digest(folder / WEIGHTS) == recorded.digest
