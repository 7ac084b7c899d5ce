from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import h5py
import pytest

from tests.zoo.conftest import NAME
from tests.zoo.made import VANISHING, summary
from zoo.pretrained import preset
from zoo.pretrained.preset import Preset
from zoo.runs import run_folder

MADE = Preset(
    summary=summary(
        "adding/lstm-base", [0.17, math.nan, 0.165], findings=(VANISHING,)
    ),
    digest="0" * 64,
)


def test_a_preset_survives_json() -> None:
    again = Preset.from_json(MADE.to_json())
    # NaN is not equal to itself.
    assert again.to_json() == MADE.to_json()
    assert again.summary.recipe == MADE.summary.recipe
    assert again.summary.results[0] == MADE.summary.results[0]
    assert math.isnan(again.summary.results[1].test)
    assert again.digest == MADE.digest


def test_its_json_says_what_follows_from_the_results() -> None:
    content = json.loads(MADE.to_json())
    del content["recipe"], content["results"]
    assert content == {
        "format": 1,
        "name": "adding/lstm-base",
        "verdict": "fails",
        "sign": "vanishing",
        "metric": "mse",
        "chance": 1 / 6,
        "threshold": 0.01,
        "mean": None,
        "spread": None,
        "seeds": 3,
        "solved": 0,
        "shipped_seed": 0,
        "horizon": 30,
        "seconds": 7.25,
        "weights_sha256": "0" * 64,
    }


def changed(**changes: Any) -> str:
    return json.dumps(json.loads(MADE.to_json()) | changes)


RECIPE = json.loads(MADE.to_json())["recipe"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed(format=2), "written by another version of kgrad.* 2"),
        (changed(recipe=RECIPE | {"task_version": 99}), "data of task"),
        (changed(recipe=RECIPE | {"warmup": 3}), "must have the fields"),
        (changed(recipe=RECIPE | {"seed": 2}), "that of the median seed"),
        (changed(recipe=RECIPE | {"units": "many"}), "`units` must be of"),
        (changed(results=[]), "`results` must be of"),
        (changed(results=[{}]), "must have the fields"),
        (MADE.to_json()[:1000], "can read"),
        ("{}", "'format'"),
        ("[]", "can read"),
        ("", "can read"),
    ],
)
def test_what_this_version_cannot_read_is_refused(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        Preset.from_json(text)
    (tmp_path / "preset.json").write_text(text)
    with pytest.raises(ValueError, match=str(tmp_path)):
        preset.read(tmp_path)


def test_runs_are_packed_with_the_weights_of_the_median_seed(
    tiny_runs: Path, tiny_presets: Path
) -> None:
    assert preset.available(tiny_presets) == [NAME]
    folder = tiny_presets / NAME
    assert {p.name for p in folder.iterdir()} == {
        "preset.json",
        "model.weights.h5",
    }
    packed = preset.read(folder).summary
    assert [result.seed for result in packed.results] == [0, 1, 2]
    by_metric = sorted(packed.results, key=lambda result: result.test)
    assert packed.median.test == by_metric[1].test
    run = tiny_runs / packed.recipe.folder
    weights = (run / "model.weights.h5").read_bytes()
    assert (folder / "model.weights.h5").read_bytes() == weights
    assert run_folder.read(run) == (packed.recipe, packed.median)


def test_the_weights_have_no_optimizer_state(tiny_presets: Path) -> None:
    groups: list[str] = []
    with h5py.File(tiny_presets / NAME / "model.weights.h5") as file:
        file.visit(groups.append)
    assert any("simple_rnn" in group for group in groups)
    assert not any("optimizer" in group for group in groups)


def test_a_name_that_was_not_trained_cannot_be_packed(
    tiny_runs: Path, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="`names` must be among"):
        preset.pack(tiny_runs, tmp_path, ["adding/lstm-base"])
    assert preset.pack(tiny_runs, tmp_path, [NAME])
