from __future__ import annotations

import io
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from kgrad.remedies import evidence
from tests.zoo.clinic.test_scoring import SIGNS, many
from zoo.clinic import tables
from zoo.clinic.baselines import BASELINES
from zoo.clinic.cases import CASES
from zoo.clinic.commands import names_of_signs
from zoo.clinic.scoring import total
from zoo.clinic.treatment import Attempt, Treated, _is_better, proofs
from zoo.results.tables import PICTURE_WIDTH, draw_table

CLIPPED = Attempt(
    remedy="clip_gradients",
    name="gradient clipping",
    named_for=("exploding", "slow_progress"),
    orders=("clip > slow", "clip"),
    gone=("exploding", "slow_progress"),
    before=0.25,
    after=1.0,
    better=True,
)
SLOWER = Attempt(
    remedy="smaller_learning_rate",
    name="smaller learning rate",
    named_for=("exploding", "slow_progress"),
    orders=("clip > slow", "clip"),
    gone=("slow_progress",),
    before=None,
    after=None,
    better=False,
)
REFUSED = Attempt(
    remedy="batch_normalization",
    name="batch normalization",
    named_for=("vanishing",),
    orders=("normalize",),
    gone=(),
    before=0.25,
    after=None,
    better=False,
    error="NotApplicableError: no layer",
)
SICK = Treated(
    case="cliff/small",
    signs=("exploding", "slow_progress"),
    metric="val_accuracy",
    attempts=(CLIPPED, SLOWER, REFUSED),
)
BY_HAND = Treated(
    case="nan_in_data/small",
    signs=("nonfinite",),
    metric="val_accuracy",
    attempts=(),
    by_hand=("clean data",),
)


def shown(renderable: object) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    for treated in (SICK, BY_HAND):
        treated.write(tmp_path)
        assert Treated.read(tmp_path) == treated
    with pytest.raises(FileNotFoundError):
        Treated.read(tmp_path / "none")


def test_a_remedy_removes_the_gravest_sign_that_it_is_named_for() -> None:
    assert CLIPPED.removed
    assert not SLOWER.removed
    assert not REFUSED.removed


def test_proofs_count_every_sign_that_a_remedy_is_named_for() -> None:
    found = proofs([SICK, SICK, BY_HAND])
    clipped = {"tried": 2, "gone": 2, "improved": 2}
    assert found == {
        "exploding": {
            "clip > slow": {
                "clip_gradients": clipped,
                "smaller_learning_rate": {"tried": 2, "gone": 0, "improved": 0},
            }
        },
        "slow_progress": {
            "clip": {
                "clip_gradients": clipped,
                "smaller_learning_rate": {"tried": 2, "gone": 2, "improved": 0},
            }
        },
    }
    read = evidence.read(json.dumps(found))
    assert read["exploding", "clip > slow", "clip_gradients"].gone == 2


@pytest.mark.parametrize(
    ("metric", "before", "after", "better"),
    [
        ("val_accuracy", 0.5, 0.6, True),
        ("val_accuracy", 0.6, 0.5, False),
        ("val_accuracy", 0.5, 0.51, False),
        ("val_mse", 0.5, 0.495, False),
        ("val_mse", 0.5, 0.4, True),
        ("val_mse", 0.4, 0.4, False),
        ("val_mse", math.nan, 9.0, True),
        ("val_mse", 0.4, math.nan, False),
        ("val_mse", math.nan, math.inf, False),
    ],
)
def test_a_number_is_better_than_none(
    metric: str, before: float, after: float, better: bool
) -> None:
    assert _is_better(metric, before, after) is better


def test_the_table_says_what_the_first_remedy_did() -> None:
    told = shown(tables.treatments_table([SICK, BY_HAND]))
    assert "0.25 to 1" in told
    assert "by hand" in told
    assert tables.first_remedies([SICK, BY_HAND]) == (
        "Of 2 sick cases, 1 were given a remedy that can be tried. The first "
        "one removed the sign in 1 (100%) and improved the metric in 1 "
        "(100%)."
    )


def test_the_confusion_is_drawn(tmp_path: Path) -> None:
    counts = tables.confusion(SIGNS, many())
    picture = tmp_path / "confusion.svg"
    draw_table(tables.confusion_table(SIGNS, counts), "score", picture)
    text = picture.read_text()
    assert text.startswith("<svg")
    assert str(counts[0][0]) in text
    assert "@font-face" not in text


def test_a_table_that_is_wider_than_a_picture_is_not_cut(
    tmp_path: Path,
) -> None:
    table = Table("a" * (PICTURE_WIDTH - 3))
    table.columns[0].no_wrap = True
    picture = tmp_path / "wide.svg"
    draw_table(table, "", picture)
    corners = re.findall("[┓┃┐│┘]", picture.read_text())
    # The border on the right, too, of every line that has one.
    assert "┓" in corners
    assert "┘" in corners


def test_scores_hold_in_a_narrow_console() -> None:
    """No name, no number and no tool is cut."""
    wrong = frozenset(SIGNS)
    marked = [(one, replace(marks, wrong=wrong)) for one, marks in many()]
    half = total(SIGNS, marked)
    totals = {
        tool: {"tuning": half, "scored": half}
        for tool in ("kgrad", *BASELINES.names)
    }
    file = io.StringIO()
    console = Console(width=60, file=file)
    for table in (
        tables.signs_table("gradients", totals["kgrad"]),
        tables.mistakes_table(marked),
        tables.rules_table("gradients", totals),
        tables.tools_table("gradients", totals),
        tables.treatments_table([SICK, BY_HAND]),
    ):
        console.print(table)
    text = file.getvalue()
    assert max(map(len, text.splitlines())) <= 60
    assert "…" not in text
    words = " ".join(text.split())
    for tool in totals:
        assert f"{tool} tuning {half.macro_f1:.2f}" in words
    for case, _ in marked:
        assert f"{case.name} {case.half}" in words


def test_the_picture_has_room_for_every_sign() -> None:
    labeled = {sign for case in CASES for sign in case.must}
    signs = [name for name in names_of_signs() if name in labeled]
    counts = [[999] * (len(signs) + 1) for _ in range(len(signs) + 1)]
    file = io.StringIO()
    table = tables.confusion_table(signs, counts)
    Console(width=PICTURE_WIDTH, file=file).print(table)
    text = file.getvalue()
    assert text.count("999") == (len(signs) + 1) ** 2
    for name in (*signs, "healthy"):
        assert name in text
