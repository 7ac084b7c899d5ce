from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from zoo.result import Result, Sign

RESULT = Result(
    task="adding",
    task_version=1,
    model="gru-base",
    seed=0,
    metric="mse",
    chance=1 / 6,
    solved=0.01,
    test=0.004,
    validation=0.005,
    train=0.003,
    verdict="solved",
    epochs=3,
    steps=300,
    steps_per_second=50.5,
    seconds=7.25,
    findings=(
        Sign(
            sign="exploding",
            target="adding/gru/gru_cell/kernel",
            layer="gru",
            first_step=12,
        ),
    ),
    longer={40: 0.25, 100: 0.5},
)


def test_a_result_survives_json() -> None:
    assert Result.from_json(RESULT.to_json()) == RESULT


def test_a_metric_that_is_not_a_number_is_null_in_json() -> None:
    text = replace(RESULT, test=math.nan, verdict="fails").to_json()
    assert json.loads(text)["test"] is None
    assert math.isnan(Result.from_json(text).test)


def test_other_lengths_survive_json() -> None:
    longer = replace(RESULT, longer={40: 0.25, 100: math.nan})
    assert json.loads(longer.to_json())["longer"] == {"40": 0.25, "100": None}
    again = Result.from_json(longer.to_json()).longer
    assert again[40] == 0.25
    assert math.isnan(again[100])


def test_a_result_of_before_they_were_measured_has_no_horizon() -> None:
    content = json.loads(RESULT.to_json())
    del content["horizon"], content["longer"]
    old = Result.from_json(json.dumps(content))
    assert (old.horizon, dict(old.longer)) == (None, {})


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"findings": []}', "3"])
def test_text_that_is_no_result_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="`text` must be"):
        Result.from_json(text)


def test_a_longer_length_without_a_number_survives_json() -> None:
    result = replace(RESULT, longer={40: math.nan})
    assert json.loads(result.to_json())["longer"] == {"40": None}
    assert math.isnan(Result.from_json(result.to_json()).longer[40])
