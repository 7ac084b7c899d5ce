"""The data in numbers: what the rows say, and what a console has room for."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from kgrad.records import DataSummary, Sample
from kgrad.records.summaries import summarize_batch
from kgrad.report import Report
from kgrad.report.data_table import data_table
from kgrad.report.html import html_fragment
from kgrad.report.markdown import markdown_report
from kgrad.report.terminal import terminal_report
from kgrad.storage.history import RunHistory
from tests.reporters.made import DATA, profile, sample, snapshot

PRICES = np.linspace(-2.5e6, 7.5e6, 8)[:, np.newaxis]
WORDS = np.arange(8 * 12).reshape(8, 12).astype(np.int32)
NUMBERS = summarize_batch(WORDS, PRICES, PRICES * 0 + 21)


def history(*datas: DataSummary | None) -> RunHistory:
    samples = [sample(50 * i + 1, data=d) for i, d in enumerate(datas)]
    return RunHistory([snapshot(steps=500, samples=tuple(samples))])


def printed(report: Report, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    for part in terminal_report(report, full=True):
        console.print(part)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in text.splitlines()]


def rows(data: DataSummary) -> list[dict[str, str]]:
    """Each row by the titles of its columns, but for that of the first."""
    table = data_table(data, "step 1")
    titles = ["name", *(column.title for column in table.columns[1:])]
    return [dict(zip(titles, row, strict=True)) for row in table.rows]


def test_a_row_has_what_is_known_of_a_tensor() -> None:
    x, y, y_pred = rows(DATA)
    assert x == {
        "name": "x",
        "shape": "(8, 6, 2)",
        "type": "float64",
        "range": "-1 to 2",
        "mean": "0.5",
        "spread": "0.875",
        "zeros": "0%",
        "non-finite": "0",
        "class": "-",
    }
    assert (y["name"], y["class"]) == ("y", "0 (25%)")
    assert (y_pred["name"], y_pred["class"]) == ("y_pred", "0 (62%)")
    assert y_pred["range"] == "0.125 to 0.625"


def test_numbers_have_no_classes() -> None:
    x, y, y_pred = rows(NUMBERS)
    assert "class" not in x
    assert x["type"] == "int32"
    assert y["range"] == "-2.5e+06 to 7.5e+06"
    assert y_pred["spread"] == "0"


def test_what_is_not_finite_is_counted_and_left_out_of_the_rest() -> None:
    x = np.ones((8, 3))
    x[0, :2] = np.nan
    part, none = rows(summarize_batch([x, x * np.nan], inputs=("a", "b")))
    assert part["name"] == 'x["a"]'
    assert (part["range"], part["non-finite"]) == ("1 to 1", "2")
    assert none["range"] == none["mean"] == none["spread"] == "-"
    assert none["non-finite"] == "24"


def test_the_last_batch_that_was_seen_is_told() -> None:
    table = Report.of("run", history(DATA, NUMBERS, None)).tables[0]
    assert table.columns[0].title == "data, step 51"
    assert table.title == "Data"
    titles = [t.title for t in Report.of("run", history(None)).tables]
    assert titles == ["Gradients", "Through time", "Activity"]


def test_every_form_has_the_rows() -> None:
    report = Report.of("run", history(DATA))
    row = report.tables[0].rows[0]
    html = html_fragment(report)
    assert (
        "".join(
            f'<td class="{"number" if i else "text"}">{cell}</td>'
            for i, cell in enumerate(row)
        )
        in html
    )
    *first, last = row
    line = f"| {' | '.join(first)} | \\{last} |"
    assert line in markdown_report(report).splitlines()
    text = [line.split() for line in printed(report, 100)]
    assert [word for cell in row for word in cell.split()] in text


def shown(told: list[str], begin: str = "data,") -> list[str]:
    """The lines of the table with this head, up to the next empty one."""
    at = next(i for i, line in enumerate(told) if line.startswith(begin))
    end = told.index("", at) if "" in told[at:] else len(told)
    return told[at:end]


@pytest.mark.parametrize(
    ("width", "lost"),
    [(80, ""), (70, "type"), (60, "type, mean, zeros")],
)
def test_a_narrow_console_loses_numbers_before_names(
    width: int, lost: str
) -> None:
    told = printed(Report.of("run", history(NUMBERS)), width)
    assert max(map(len, told)) <= width
    table = shown(told)
    for name in ("x ", "y ", "y_pred "):
        (row,) = (line for line in table if line.startswith(name))
        assert " to " in row
    left = [line for line in table if line.startswith("left out")]
    assert left == (
        [f"left out    {lost}; this console is too narrow"] if lost else []
    )
    # What a column means is said of those that are there.
    explained = {line.split("  ")[0] for line in table}
    assert ("zeros" in explained) == ("zeros" not in lost)


def test_long_names_stay_whole_as_long_as_there_is_room() -> None:
    layer = "bidirectional/backward_lstm"
    seen = Sample(1, (profile(layer=layer),), data=DATA)
    report = Report.of("run", RunHistory([snapshot(samples=(seen,))]))
    for width, lost in ((80, False), (60, True)):
        told = printed(report, width)
        table = shown(told, "through")
        assert any(line.startswith(f"{layer}[h]  ") for line in table)
        left = "left out  decay, ratio; this console is too narrow"
        assert (left in table) == lost
        assert any(line.startswith("decay  ") for line in table) != lost


def test_names_that_no_console_has_room_for_are_broken() -> None:
    long = tuple(replace(t, name=20 * "name_") for t in NUMBERS.tensors)
    for width in (60, 80):
        told = printed(Report.of("run", history(DataSummary(long))), width)
        assert max(map(len, told)) <= width


def test_curves_stay_whole_on_a_narrow_console() -> None:
    report = Report.of("run", history(DATA))
    told = printed(report, 60)
    assert report.curves
    for curve in report.curves:
        assert any(line.startswith(curve.bars) for line in told)


def test_a_run_without_data_says_why() -> None:
    def said(*datas: Any) -> list[str]:
        return [
            sentence
            for sentence in Report.of("run", history(*datas)).missing
            if "no numbers of the data" in sentence
        ]

    assert not said(None, DATA)
    (sentence,) = said(None)
    assert "monitor.observe" in sentence
    (sentence,) = said()
    assert "No step was sampled" in sentence
