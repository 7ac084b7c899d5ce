from __future__ import annotations

import csv
import io
import math

import pytest
from rich.console import Console

from tests.zoo.made import VANISHING, summary
from zoo.results.tables import COLUMNS, results_tables, to_csv

SICK = summary(
    "adding/lstm-base", [0.17, 0.16, 0.165], findings=(VANISHING, VANISHING)
)
WELL = summary("temporal_order/gru-base", [1.0, 0.96, 0.98])


def shown() -> str:
    console = Console(file=io.StringIO(), width=110)
    console.print(results_tables([SICK, WELL]))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_row_says_what_all_seeds_came_to() -> None:
    sick, well = (
        next(line for line in shown().splitlines() if name in line).split()
        for name in ("lstm-base", "gru-base")
    )
    assert " ".join(sick) == (
        "lstm-base 0.165 ± 0.005 0/3 fails 32 vanishing @ 51"
    )
    assert " ".join(well) == ("gru-base 0.98 ± 0.02 3/3 solved 32 none")


def test_the_title_says_chance_and_what_counts_as_solved() -> None:
    assert "adding: mse on test data, chance 0.167, solved ≤ 0.01" in shown()
    assert "temporal_order: accuracy on test data, chance 0.25" in shown()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits_a_terminal(width: int) -> None:
    long = summary(
        "adding/simple_rnn-batchnorm", [0.173, 0.163], findings=(VANISHING,)
    )
    console = Console(file=io.StringIO(), width=width)
    console.print(results_tables([long]))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= width
    (row,) = (x for x in text.splitlines() if "simple_rnn-batchnorm" in x)
    assert " 0.168 ± 0.007 " in row
    assert " 0/2" in row
    assert row.endswith("vanishing @ 51") == (width >= 80)


def test_the_csv_has_a_row_for_every_seed() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv([SICK, WELL]))))
    assert list(rows[0]) == list(COLUMNS)
    assert [(row["seed"], row["test"]) for row in rows] == [
        ("0", "0.17"),
        ("1", "0.16"),
        ("2", "0.165"),
        ("0", "1.0"),
        ("1", "0.96"),
        ("2", "0.98"),
    ]
    assert [row["shipped"] for row in rows[:3]] == ["0", "0", "1"]
    assert rows[0]["findings"] == "vanishing@51"
    assert (rows[3]["cell"], rows[3]["variant"]) == ("gru", "base")


def test_what_is_not_a_number_is_shown_as_such() -> None:
    broken = summary("adding/lstm-base", [math.nan] * 3)
    assert "nan" in to_csv([broken])
    console = Console(file=io.StringIO(), width=110)
    console.print(results_tables([broken]))
    assert isinstance(console.file, io.StringIO)
    assert " NaN " in console.file.getvalue()
