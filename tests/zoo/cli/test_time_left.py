from __future__ import annotations

from dataclasses import replace

import pytest

from tests.zoo.made import RESULT
from zoo.cli.time_left import TimeLeft, in_words
from zoo.pretrained.preset import PRESETS, read
from zoo.recipe import Recipe
from zoo.training.grid import Began, Crashed, Event, Finished, Moved


def recipe(task: str, cell: str, seed: int) -> Recipe:
    return Recipe.of(
        task, cell=cell, seed=seed, train_size=64, batch_size=64, epochs=10
    )


ADDING = [recipe("adding", "gru", seed) for seed in range(3)]
ORDER = [recipe("temporal_order", "lstm", seed) for seed in range(2)]


class Grid:
    """A grid with a clock that is set by hand."""

    def __init__(self, *recipes: Recipe) -> None:
        self.now = 1000.0
        self.left = TimeLeft(recipes, lambda: self.now)

    def at(self, now: float, *events: Event) -> float | None:
        self.now = 1000 + now
        for event in events:
            self.left.update(event)
        return self.left.seconds


def test_nothing_is_known_at_the_beginning() -> None:
    grid = Grid(*ADDING)
    assert grid.at(0) is None
    assert grid.at(5, Began(ADDING[0])) is None


def test_a_run_under_way_tells_of_those_that_wait() -> None:
    grid = Grid(*ADDING)
    steps = ADDING[0].epochs * ADDING[0].steps_per_epoch
    assert steps == 10
    grid.at(0, Began(ADDING[0]))
    # 30 s to compile, then 2 s a step: 30 + 9 * 2 s for each.
    assert grid.at(30, Moved(ADDING[0], 1, "")) is None
    left = grid.at(40, Moved(ADDING[0], 6, ""))
    assert left == pytest.approx(8 + 2 * 48)
    assert grid.at(44) == pytest.approx(4 + 2 * 48)


def test_what_was_finished_counts_for_more_than_what_is_under_way() -> None:
    grid = Grid(*ADDING)
    grid.at(0, Began(ADDING[0]))
    grid.at(20, Finished(ADDING[0], RESULT), Began(ADDING[1]))
    grid.at(50, Moved(ADDING[1], 1, ""))
    left = grid.at(60, Moved(ADDING[1], 6, ""))
    assert left == pytest.approx(8 + 20)


def test_two_at_a_time_take_half_as_long() -> None:
    grid = Grid(*ADDING, *ORDER)
    grid.at(0, Began(ADDING[0]), Began(ORDER[0]))
    left = grid.at(
        20,
        Finished(ADDING[0], RESULT),
        Began(ADDING[1]),
        Finished(ORDER[0], RESULT),
        Began(ORDER[1]),
    )
    assert left == pytest.approx((20 + 20 + 20) / 2)


def test_a_run_is_expected_to_take_as_long_as_those_like_it() -> None:
    grid = Grid(*ADDING, *ORDER)
    grid.at(0, Began(ADDING[0]))
    grid.at(10, Finished(ADDING[0], RESULT), Began(ORDER[0]))
    left = grid.at(110, Finished(ORDER[0], RESULT))
    assert left == pytest.approx(2 * 10 + 100)


def test_a_run_that_waits_takes_in_proportion_what_its_preset_took() -> None:
    rnn, lstm = (
        Recipe.of("temporal_order", cell=cell)
        for cell in ("simple_rnn", "lstm")
    )
    rnn_took, lstm_took = (
        read(PRESETS / r.task / r.model).summary.median.seconds
        for r in (rnn, lstm)
    )
    grid = Grid(rnn, lstm)
    grid.at(0, Began(rnn))
    left = grid.at(100, Finished(rnn, RESULT))
    assert rnn_took != lstm_took
    assert left == pytest.approx(100 * lstm_took / rnn_took)


def test_runs_that_were_kept_tell_how_long_they_took() -> None:
    grid = Grid(*ADDING)
    result = replace(RESULT, seconds=7.0)
    left = grid.at(0, Finished(ADDING[0], result, kept=True))
    assert left == pytest.approx(2 * 7)


def test_crashed_runs_are_over_and_tell_nothing() -> None:
    grid = Grid(*ADDING)
    grid.at(0, Began(ADDING[0]))
    assert grid.at(1, Crashed(ADDING[0], "no")) is None
    grid.at(1, Began(ADDING[1]))
    left = grid.at(5, Finished(ADDING[1], RESULT))
    assert left == pytest.approx(4)


def test_at_the_end_nothing_is_left() -> None:
    grid = Grid(ADDING[0])
    grid.at(0, Began(ADDING[0]))
    assert grid.at(3, Finished(ADDING[0], RESULT)) == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (3.0, "less than 1 min left"),
        (90.0, "about 2 min left"),
        (3599.0, "about 1 h 0 min left"),
        (7500.0, "about 2 h 5 min left"),
    ],
)
def test_in_words(seconds: float | None, words: str) -> None:
    assert in_words(seconds) == words
