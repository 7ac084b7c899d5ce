from __future__ import annotations

import io
import math

import pytest
from rich.console import Console

from tests.zoo.made import summary
from zoo.results.effects import effects, effects_tables, judge

NAN = math.nan
ORDER, ADDING = "temporal_order/gru", "adding/gru"


@pytest.mark.parametrize(
    ("task", "before", "after", "verdict"),
    [
        (ORDER, [0.25, 0.26, 0.24], [0.9, 1.0, 0.95], "helped"),
        (ORDER, [0.9, 1.0, 0.95], [0.25, 0.26, 0.24], "hurt"),
        (ADDING, [0.17, 0.16, 0.15], [0.01, 0.02, 0.03], "helped"),
        (ADDING, [0.01, 0.02, 0.03], [0.17, 0.16, 0.15], "hurt"),
        # One seed of the other side is as good: that may be luck.
        (ORDER, [0.25, 0.95, 0.24], [0.9, 1.0, 0.95], "no difference"),
        (ORDER, [0.25, 0.9, 0.24], [0.9, 1.0, 0.95], "no difference"),
        # All are better, by less than is worth a word.
        (ADDING, [0.003, 0.002, 0.003], [0.001] * 3, "no difference"),
        (ORDER, [0.25] * 3, [0.26] * 3, "no difference"),
        # A run that blew up is worse than guessing.
        (ORDER, [NAN, NAN, NAN], [0.25] * 3, "helped"),
        (ADDING, [0.17] * 3, [NAN, NAN, NAN], "hurt"),
        (ADDING, [NAN, NAN, NAN], [NAN, NAN, NAN], "no difference"),
        (ADDING, [0.001] * 3, [0.001, NAN, 0.001], "no difference"),
        (ORDER, [0.25] * 2, [1.0] * 3, "too few seeds"),
        (ORDER, [0.25] * 3, [1.0] * 2, "too few seeds"),
    ],
)
def test_the_seeds_decide(
    task: str, before: list[float], after: list[float], verdict: str
) -> None:
    without = summary(f"{task}-base", before)
    changed = summary(f"{task}-clipnorm", after)
    assert judge(without, changed) == verdict


NAMES = (
    "adding/simple_rnn-base",
    "adding/simple_rnn-relu",
    "adding/gru-base",
    "adding/gru-relu",
    "temporal_order/lstm-relu",
    "temporal_order/gru-base",
)


def test_variants_are_held_against_their_base_and_cells_against_one() -> None:
    found = effects([summary(name, [0.1] * 3) for name in NAMES])
    assert [(e.without.name, e.changed.name) for e in found] == [
        ("adding/simple_rnn-base", "adding/simple_rnn-relu"),
        ("adding/simple_rnn-base", "adding/gru-base"),
        ("adding/gru-base", "adding/gru-relu"),
    ]


def test_the_table_has_both_numbers() -> None:
    without = summary(f"{ORDER}-base", [0.25, 0.26, 0.24])
    changed = summary(f"{ORDER}-clipnorm", [1.0, 0.98, 0.96])
    console = Console(file=io.StringIO(), width=80)
    console.print(effects_tables(effects([without, changed])))
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    row = next(line for line in lines if "gru-clipnorm" in line).split()
    assert " ".join(row) == ("gru-clipnorm gru-base helped 0.25 0.98 0 to 3")
