from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.zoo.conftest import NAME
from tests.zoo.made import SLOW, VANISHING, run, summary
from zoo.pretrained import preset
from zoo.pretrained.card import card, metadata
from zoo.pretrained.preset import Preset
from zoo.runs.summary import Summary

# Keras 3.15 converts a variable in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)

SICK = summary(
    "adding/lstm-base", [0.17, 0.16, 0.165], findings=(SLOW, VANISHING)
)


def text(made: Summary = SICK) -> str:
    return card(Preset(summary=made, digest="0" * 64))


def test_it_tells_every_seed_and_which_is_shipped() -> None:
    lines = text().splitlines()
    rows = [line for line in lines if re.match(r"\| \d", line)]
    assert [row.split(" | ")[:2] for row in rows] == [
        ["| 0", "0.17"],
        ["| 1", "0.16"],
        ["| 2 (shipped)", "0.165"],
    ]
    assert "0.165 ± 0.005" in text()
    assert "0 of 3 solved" in text()


def test_a_failure_comes_with_the_sign_that_explains_it() -> None:
    assert "**Verdict: fails.**" in text()
    assert "`vanishing` in `lstm`, since step 51" in text()
    assert "reaches 12 of 100 steps back" in text()
    unexplained = summary("adding/lstm-base", [0.17])
    assert "kgrad found no sign" in text(unexplained)
    solved = summary("adding/lstm-base", [0.001], findings=(VANISHING,))
    assert "**Verdict: solved.**\n" in text(solved)
    assert "vanishing @ 51" in text(solved)


def test_it_has_the_command_behind_the_numbers() -> None:
    command = "python -m zoo train adding/lstm-base --seeds 0 1 2\n"
    assert command in text()
    changed = [run("adding/lstm-base", 0.1, seed) for seed in (0, 1, 2)]
    other = Summary.of((replace(r, units=7), result) for r, result in changed)
    assert "zoo train recipe.json --seeds 0 1 2\n" in text(other)
    assert "python -m zoo evaluate .\n" in text(other)
    assert 'zoo.load(".")' in text(other)
    assert "| `units` | `7` |" in text(other)


def test_its_code_runs_where_the_preset_is(
    tiny_presets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = preset.read(tiny_presets / NAME)
    (code,) = re.findall(r"```python\n(.*?)```", card(made), re.DOTALL)
    monkeypatch.chdir(tiny_presets / NAME)
    names: dict[str, Any] = {}
    exec(code.replace("model.evaluate", "numbers = model.evaluate"), names)
    assert names["numbers"][1] == pytest.approx(made.summary.median.test)


def test_it_says_whether_the_learning_rate_decays() -> None:
    assert "is constant" in text()
    assert "falls to zero" in text(summary("adding/gru-batchnorm", [0.1]))


def test_it_quotes_what_is_published_for_the_same_task() -> None:
    assert "- LSTM: solved after 74,000 sequences (" in text()
    assert "Published" not in text(summary("adding/gru-base", [0.1]))


def test_it_tells_how_far_the_model_generalizes() -> None:
    longer = summary("adding/gru-base", [0.1], longer={200: 0.125, 400: 0.25})
    assert "other lengths: 0.125 with 200, 0.25 with 400 steps." in text(longer)
    assert "other lengths" not in text()


def test_its_metadata_are_what_hugging_face_reads() -> None:
    _, head, _ = text().split("---\n", 2)
    content = yaml.safe_load(head)
    assert content == metadata(SICK)
    (model,) = content["model-index"]
    (result,) = model["results"]
    assert model["name"] == "adding/lstm-base"
    assert result["dataset"]["type"] == "adding"
    assert [metric["value"] for metric in result["metrics"]] == [
        0.165,
        pytest.approx(0.165),
    ]


def test_what_is_not_a_number_stays_readable() -> None:
    broken = summary("adding/lstm-base", [math.nan] * 3)
    metrics = metadata(broken)["model-index"][0]["results"][0]["metrics"]
    assert [metric["value"] for metric in metrics] == ["NaN", "NaN"]
    assert "NaN (mean" in text(broken)


def test_the_card_of_a_real_preset(tiny_presets: Path) -> None:
    made = preset.read(tiny_presets / NAME)
    written = card(made)
    assert f"# {NAME}\n" in written
    assert f"{made.summary.median.test:.6g}" in written
    assert "keras 3" in written
