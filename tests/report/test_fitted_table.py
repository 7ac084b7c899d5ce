"""A table in a terminal of any width: no word is broken, nothing too wide."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column

COLUMNS = (
    Column("run"),
    Column("accuracy"),
    Column("gradient\nnorm", spare=2),
    Column("largest", spare=1),
)


def printed(table: FittedTable, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in text.splitlines()]


def two_rows() -> FittedTable:
    table = FittedTable(COLUMNS, "the title")
    table.add("lstm", "0.9312", "1.25", "31")
    table.add("gru", "0.5", "0.3", "7", below=[Text("vanishing, then slow")])
    return table


def test_it_looks_like_this_where_there_is_room() -> None:
    assert printed(two_rows(), 80) == [
        "the title",
        "                gradient",
        "run   accuracy      norm  largest",
        "─────────────────────────────────",
        "lstm    0.9312      1.25       31",
        "gru        0.5       0.3        7",
        "  vanishing, then slow",
    ]


def test_what_matters_least_is_dropped_first() -> None:
    assert "largest" not in " ".join(printed(two_rows(), 32))
    assert "norm" in " ".join(printed(two_rows(), 32))
    narrow = " ".join(printed(two_rows(), 20))
    assert "norm" not in narrow
    assert "accuracy" in narrow


def test_a_long_name_stands_on_a_line_of_its_own() -> None:
    table = two_rows()
    table.add(30 * "x", "0.75", "1", "2")
    lines = printed(table, 36)
    at = lines.index(30 * "x")
    assert lines[at + 1].split() == ["0.75"]
    assert lines[at + 1].endswith("0.75")
    first = next(line for line in lines if line.startswith("lstm"))
    assert len(first) == len(lines[at + 1])


def test_brackets_are_no_markup() -> None:
    table = FittedTable((Column("run"),))
    table.add("[bold]x[/bold]")
    assert "[bold]x[/bold]" in printed(table, 60)


def test_a_row_needs_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match=r"must be 4.*Received: cells="):
        two_rows().add("lstm")


@settings(deadline=None, max_examples=50)
@given(
    width=st.integers(12, 130),
    names=st.lists(st.text("abc/_", min_size=1, max_size=60), min_size=1),
    words=st.lists(st.text("xyz", min_size=1, max_size=9), max_size=30),
)
def test_no_line_is_wider_than_the_terminal_and_no_word_is_broken(
    width: int, names: list[str], words: list[str]
) -> None:
    table = FittedTable(COLUMNS)
    for name in names:
        table.add(name, "0.5", "1e-05", "31", below=[Text(" ".join(words))])
    lines = printed(table, width)
    assert max(map(len, lines)) <= width
    # Each word that stands below a row is there whole.
    below = re.findall("[xyz]+", "\n".join(lines[2:]))
    assert below == words * len(names)
