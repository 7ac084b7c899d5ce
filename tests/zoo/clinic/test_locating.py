"""Bad data are found in their step, tensor and place, and told so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from zoo.cli import main
from zoo.clinic.bad_batches import BadEntry, draw
from zoo.clinic.located import FILE, Located, LocatedRun
from zoo.clinic.locating import locate

ENTRY = BadEntry(
    stage="input", name="signal", index=(3, 1, 2), step=7, value="-inf"
)
TOLD = Located(
    entry=ENTRY,
    found=replace(ENTRY, value="inf"),
    sentence="The loss is NaN or infinite from step 7 on, because "
    '`x["signal"]` holds infinity in step 7, first in sample 3 of the batch, '
    "feature 2.",
    remedies=("clean data",),
    left_out=False,
)


@pytest.mark.slow
@pytest.mark.parametrize("number", [5, 12])
def test_a_few_are_exact_and_told(number: int, tmp_path: Path) -> None:
    found = locate(draw(100)[number], tmp_path)
    assert len(found.located) == 5
    for one in found.located:
        assert one.is_exact, one
        assert one.is_told or one.left_out, one
    assert LocatedRun.read(tmp_path) == found


@pytest.mark.slow
@pytest.mark.full
def test_a_hundred_are_exact_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["clinic", "inject", "data", "--processes", "1"]
    assert main([*command, "--runs", str(tmp_path)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "are exact in 100 of 100." in said
    # Whatever is there is not trained again.
    assert main([*command, "--runs", str(tmp_path), "--count", "5"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1 of 1 runs are already done." in said
    assert len(list(tmp_path.rglob(FILE))) == 20
    # But a run of other entries is another one.
    assert main([*command, "--runs", str(tmp_path), "--count", "2"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "already done" not in said
    assert "are exact in 2 of 2." in said


def test_what_is_right_is_exact_and_told() -> None:
    assert TOLD.is_exact
    assert TOLD.is_told
    weight = replace(ENTRY, stage="sample_weight", name="", index=(3, 4))
    told = TOLD.sentence.replace('x["signal"]', "sample_weight")
    assert replace(
        TOLD, entry=weight, sentence=told.replace(", feature 2", "")
    ).is_told


@pytest.mark.parametrize(
    "found",
    [
        None,
        replace(ENTRY, stage="prediction"),
        replace(ENTRY, name=""),
        replace(ENTRY, index=(3, 1, 1)),
        replace(ENTRY, step=8),
        replace(ENTRY, value="nan"),
    ],
)
def test_what_is_anything_else_is_not_exact(found: BadEntry | None) -> None:
    assert not replace(TOLD, found=found).is_exact


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('`x["signal"]`', "`x`"),
        ("in step 7,", "in step 70,"),
        ("sample 3 ", "sample 30 "),
        ("feature 2.", "feature 1."),
        ("infinity", "NaN"),
    ],
)
def test_what_says_anything_else_does_not_tell(right: str, wrong: str) -> None:
    assert right in TOLD.sentence
    said = TOLD.sentence.replace(right, wrong)
    assert not replace(TOLD, sentence=said).is_told


@pytest.mark.parametrize(
    "remedies",
    [(), ("gradient clipping",), ("clean data", "gradient clipping")],
)
def test_clipping_mends_no_data(remedies: tuple[str, ...]) -> None:
    assert not replace(TOLD, remedies=remedies).is_told
