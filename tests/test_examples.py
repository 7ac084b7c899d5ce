"""Every example runs as it is, ends well and leaves a run to look at."""

from __future__ import annotations

import importlib.util
import runpy
from pathlib import Path

import keras
import pytest

import kgrad

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
LONG = (
    "02_how_far_back",
    "03_forget_bias",
    "04_clipnorm",
    "07_fine_tune",
    "08_treat",
    "09_a_published_row",
    "10_skip_a_bad_batch",
    "11_prune_trials",
)
"""Of what these do, tests of `make test` do the same on less."""

NEEDS = {"11_prune_trials": "keras_tuner"}
"""What is not a part of `make test`, and warns as it likes."""


def marks(example: str) -> list[pytest.MarkDecorator]:
    found = [pytest.mark.full] if example in LONG else []
    package = NEEDS.get(example)
    if package:
        missing = not importlib.util.find_spec(package)
        reason = f"{package} is not installed"
        found += [pytest.mark.skipif(missing, reason=reason)]
        found += [pytest.mark.filterwarnings("ignore")]
    return found


pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
]


@pytest.mark.parametrize(
    "example",
    [pytest.param(path, marks=marks(path.stem)) for path in EXAMPLES],
    ids=lambda path: path.stem,
)
def test_the_example_runs_and_leaves_runs(
    example: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    # Layers are numbered from the first, as in a process of its own.
    keras.backend.clear_session(free_memory=False)
    runpy.run_path(str(example), run_name="__main__")
    assert capsys.readouterr().out
    runs = tmp_path / "runs" / "examples" / example.stem
    folders = {path.parent for path in runs.rglob("events.out.tfevents.*")}
    assert folders
    for folder in folders:
        assert len(kgrad.RunHistory.load(folder).steps)


def test_there_are_examples_of_one_screen() -> None:
    assert len(EXAMPLES) >= 5
    assert set(LONG) < {path.stem for path in EXAMPLES}
    assert all(len(path.read_text().splitlines()) < 80 for path in EXAMPLES)
