from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.zoo.made import RESULT
from zoo import schema
from zoo.runs.result import Result
from zoo.schema import NumberOrNaN


@dataclass(frozen=True)
class Inner:
    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Outer:
    kind: Literal["a", "b"]
    count: int
    right: bool
    limit: float | None
    loss: NumberOrNaN
    inner: tuple[Inner, ...]
    by_length: Mapping[int, NumberOrNaN]
    versions: Mapping[str, str]


OUTER = Outer(
    kind="b",
    count=3,
    right=False,
    limit=None,
    loss=0.5,
    inner=(Inner("x", (1.0, 2.5)), Inner("y", ())),
    by_length={40: 0.25, 100: 0.5},
    versions={"keras": "3"},
)


@pytest.mark.parametrize("record", [OUTER, RESULT])
def test_a_record_survives_json(record: Any) -> None:
    assert schema.read(type(record), schema.to_json(record)) == record


def test_numbers_that_are_not_finite_are_null() -> None:
    record = replace(OUTER, loss=math.nan, by_length={40: math.inf})
    content = json.loads(schema.to_json(record))
    assert (content["loss"], content["by_length"]) == (None, {"40": None})
    again = schema.read(Outer, schema.to_json(record))
    assert math.isnan(again.loss)
    assert math.isnan(again.by_length[40])


def test_what_does_not_fit_is_refused_by_its_name() -> None:
    content = schema.content_of(OUTER)
    wrong: dict[str, list[Any]] = {
        "kind": ["c", 1, None, ["a"]],
        "count": [1.5, True, "3", None, 2**63],
        "right": [0, "false", None],
        "limit": ["1", [1.0], True],
        "loss": ["0.5", True, [None]],
        "inner": [{}, "ab", [[]], [{"name": "x"}], [None]],
        "by_length": [[], {"forty": 1.0}, {"40": "1"}],
        "versions": [{"keras": 3}, "3"],
    }
    for name, values in wrong.items():
        for value in values:
            text = json.dumps(content | {name: value})
            with pytest.raises(
                ValueError, match=f"`{name}` must be|must have the fields"
            ):
                schema.read(Outer, text)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "3", "null", "[" * 9999])
def test_text_of_another_kind_is_refused(text: str) -> None:
    for kind in (Outer, Result):
        with pytest.raises(ValueError, match="`text` must be the JSON of"):
            schema.read(kind, text)


def test_there_must_be_every_field_and_no_other() -> None:
    content = schema.content_of(OUTER)
    for changed in (
        {k: v for k, v in content.items() if k != "limit"},
        content | {"more": 1},
    ):
        with pytest.raises(ValueError, match="must have the fields"):
            schema.read(Outer, json.dumps(changed))


def test_nothing_in_a_text_moves_the_cursor_of_a_terminal() -> None:
    hostile = replace(OUTER, versions={"keras": "3\x1b[2Ja\n\ud800"})
    versions = schema.read(Outer, schema.to_json(hostile)).versions
    assert versions == {"keras": "3\ufffd[2Ja\n\ufffd"}


def test_a_file_is_written_as_a_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*paths: object) -> None:
        raise KeyboardInterrupt

    file = tmp_path / "result.json"
    schema.write(file, "old")
    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        schema.write(file, "new")
    assert file.read_text() == "old"
