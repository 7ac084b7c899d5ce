from __future__ import annotations

import io

from rich.console import Console

from tests.zoo.made import RESULT
from zoo.cli.display import Bars, Lines, display
from zoo.recipe import Recipe
from zoo.training.grid import Began, Crashed, Event, Finished, Moved

GRU, LSTM = (Recipe.of("adding", cell=cell) for cell in ("gru", "lstm"))

EVENTS: list[Event] = [
    Began(GRU),
    Began(LSTM),
    Moved(GRU, 40, "mse 0.0123"),
    Finished(GRU, RESULT, ("kgrad: the disk is full. Training continues.",)),
    Crashed(LSTM, "ValueError: [red]"),
]


def shown(terminal: bool) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=100)
    with display(console, [GRU, LSTM]) as shows:
        assert isinstance(shows, Bars if terminal else Lines)
        for event in EVENTS:
            shows.show(event)
            if terminal:
                shows._progress.refresh()  # type: ignore[attr-defined]
    return file.getvalue()


def test_a_log_gets_plain_lines() -> None:
    assert shown(terminal=False).splitlines() == [
        "adding/gru-base begins",
        "adding/lstm-base begins",
        "[1/2] adding/gru-base solved: mse 0.004 in 7 s",
        "  kgrad: the disk is full. Training continues.",
        "  less than 1 min left",
        "[2/2] adding/lstm-base crashed: ValueError: [red]",
    ]


def test_a_terminal_gets_a_bar_for_all_and_one_for_each() -> None:
    text = shown(terminal=True)
    for words in (
        "0 of 2 runs",
        "2 of 2 runs",
        "compiling",
        "mse 0.0123",
        "adding/gru-base solved: mse 0.004 in 7 s",
        "the disk is full",
        "crashed: ValueError: [red]",
    ):
        assert words in text


def test_the_bar_for_all_ends_full() -> None:
    console = Console(file=io.StringIO(), force_terminal=True)
    with Bars(console, [GRU, LSTM]) as bars:
        for event in EVENTS:
            bars.show(event)
        (overall,) = bars._progress.tasks
    assert overall.finished


def test_runs_that_are_kept_count_and_are_not_told_one_by_one() -> None:
    for terminal in (False, True):
        file = io.StringIO()
        console = Console(file=file, force_terminal=terminal, width=100)
        with display(console, [GRU, LSTM]) as shows:
            shows.show(Finished(GRU, RESULT, kept=True))
            shows.show(Began(LSTM))
            shows.show(Crashed(LSTM, "no"))
            if terminal:
                shows._progress.refresh()  # type: ignore[attr-defined]
        text = file.getvalue()
        assert "gru-base" not in text
        assert ("2 of 2 runs" if terminal else "[2/2]") in text
