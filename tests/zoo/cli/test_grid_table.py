from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.zoo.made import RESULT
from zoo.cli.grid_table import draw, grid_table, signs
from zoo.recipe import Recipe
from zoo.runs.result import FindingRecord
from zoo.training.grid import Crashed, Finished

RECIPES = [
    Recipe.of("adding", cell=cell) for cell in ("simple_rnn", "lstm", "gru")
]


def shown(*events: Finished | Crashed, width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    ended = {event.recipe.folder: event for event in events}
    console.print(grid_table(RECIPES, ended))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def row(lines: list[str], model: str) -> list[str]:
    (line,) = (line for line in lines if line.startswith(f"{model} "))
    return [cell.strip() for cell in re.split(r" {2,}", line.strip())]


def test_a_finished_run_shows_its_number_verdict_speed_and_signs() -> None:
    lines = shown(Finished(RECIPES[2], RESULT))
    assert row(lines, "gru-base") == [
        "gru-base",
        "0.004",
        "solved",
        "50",
    ]
    assert "  exploding in gru/kernel from step 12" in lines


def test_the_title_says_chance_and_what_counts_as_solved() -> None:
    assert "mse on test data, chance 0.167, solved ≤ 0.01" in shown()[0]


def test_a_crash_shows_its_reason_and_a_missing_run_that_it_is() -> None:
    lines = shown(Crashed(RECIPES[0], "ValueError: [bold]no[/bold]"))
    assert row(lines, "simple_rnn-base")[1:] == ["crashed"]
    assert "  ValueError: [bold]no[/bold]" in lines
    assert row(lines, "lstm-base")[1:] == ["not finished"]


def test_a_healthy_run_has_no_signs() -> None:
    healthy = replace(RESULT, findings=())
    lines = shown(Finished(RECIPES[2], healthy))
    assert "  no problem found" in lines


def test_signs_are_told_once_with_their_first_place() -> None:
    def seen(sign: str, layer: str, step: int) -> FindingRecord:
        target = f"adding/{layer}/cell/kernel" if layer else "global"
        return FindingRecord(
            sign=sign, target=target, layer=layer, first_step=step
        )

    findings = (
        seen("exploding", "gru", 30),
        seen("exploding", "readout", 12),
        seen("slow_progress", "", 400),
    )
    assert signs(replace(RESULT, findings=findings)) == [
        "exploding in readout/kernel from step 12 and 1 more",
        "slow_progress from step 400",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits_a_terminal(width: int) -> None:
    lines = shown(Finished(RECIPES[2], RESULT), width=width)
    assert max(map(len, lines)) <= width
    assert row(lines, "gru-base")[1:3] == ["0.004", "solved"]


def test_a_picture_holds_the_table_and_asks_nobody_for_a_font(
    tmp_path: Path,
) -> None:
    picture = tmp_path / "table.svg"
    draw(RECIPES, {RECIPES[2].folder: Finished(RECIPES[2], RESULT)}, picture)
    drawn = picture.read_text(encoding="utf-8")
    assert "gru-base" in drawn
    assert "exploding" in drawn
    assert "url(http" not in drawn
