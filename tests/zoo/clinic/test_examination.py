"""What an examination keeps is what the rules of other tools need."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.zoo.clinic.baselines.made import run, setting
from zoo.clinic.baselines import BASELINES, Observation
from zoo.clinic.examination import FILE, Examination, seed_of


def examination(**changes: Any) -> Examination:
    values: dict[str, Any] = {
        "case": "cliff/small",
        "seed": 3,
        "metrics": {"loss": 0.5, "accuracy": None},
        "steps": 1000,
        "seconds": 2.5,
        "setting": setting("linear"),
        "observations": tuple(run(accuracy=0.5)),
    }
    return Examination(**{**values, **changes})


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    before = examination(blind=("activations: none",))
    before.write(tmp_path)
    after = Examination.read(tmp_path)
    # NaN is not equal to itself.
    assert repr(after) == repr(before)


def test_what_is_not_known_and_what_is_infinite_stay_apart(
    tmp_path: Path,
) -> None:
    first, *others = run()
    seen = replace(first, loss=math.inf, val_loss=-math.inf)
    assert math.isnan(seen.output_sum)
    examination(observations=(seen, *others)).write(tmp_path)
    back = Examination.read(tmp_path).observations[0]
    assert (back.loss, back.val_loss) == (math.inf, -math.inf)
    assert math.isnan(back.output_sum)


def test_every_tool_is_asked_again_from_the_file(tmp_path: Path) -> None:
    examination().write(tmp_path)
    found = Examination.read(tmp_path).baselines()
    assert list(found) == BASELINES.names
    assert found["NeuraLint"] == {"output_and_loss": 1}
    for tool in BASELINES:
        seen = tool.signs(run(accuracy=0.5), setting("linear"))
        assert found[tool.name] == seen


@pytest.mark.parametrize(
    "text", ["{", "{}", '{"case": "a/b", "baselines": {}}']
)
def test_what_this_version_cannot_read_has_no_seed(
    tmp_path: Path, text: str
) -> None:
    assert seed_of(tmp_path) is None
    (tmp_path / FILE).write_text(text)
    assert seed_of(tmp_path) is None
    with pytest.raises(ValueError, match="must be the JSON of a Examination"):
        Examination.read(tmp_path)
    examination().write(tmp_path)
    assert seed_of(tmp_path) == 3


def test_what_a_file_lacks_is_refused(tmp_path: Path) -> None:
    examination(observations=(Observation(1, 1, 1),)).write(tmp_path)
    text = (tmp_path / FILE).read_text()
    (tmp_path / FILE).write_text(text.replace("output_span", "output_width"))
    with pytest.raises(ValueError, match="output_span"):
        Examination.read(tmp_path)
