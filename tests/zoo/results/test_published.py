from __future__ import annotations

import re
from dataclasses import replace

import pytest

from zoo.layers.cells import CELLS
from zoo.recipe import Recipe
from zoo.results.published import Published, published, published_for
from zoo.tasks import TASKS

ROW = Published(
    task="adding",
    lengths=(100, 100),
    cell="lstm",
    method="",
    variant="base",
    text="MSE 0.1",
    recipe="untuned",
    split="new sequences",
    source="arXiv:1234.56789",
)


def test_a_reader_can_check_every_number() -> None:
    for each in published():
        assert each.task in TASKS.names
        assert re.search(r"\d", each.text)
        assert each.recipe
        assert each.split
        assert re.search(r"arXiv:\d{4}\.\d{4,5}|doi:10\.", each.source)
        assert each.lengths[0] <= each.lengths[1]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"cell": "lstn"}, "`cell` must be one of"),
        ({"variant": "bases"}, "`variant` must be one of"),
        ({"method": "ROCKET"}, "Received: cell='lstm', method='ROCKET'"),
        ({"cell": "", "variant": ""}, "Either `cell` or `method`"),
        ({"cell": "", "method": "ROCKET"}, "`variant` must be empty"),
    ],
)
def test_a_number_is_of_a_known_cell_or_of_a_named_method(
    changes: dict[str, str], error: str
) -> None:
    with pytest.raises(ValueError, match=error):
        replace(ROW, **changes)


def test_it_says_of_what_how_and_on_which_data() -> None:
    how = "(untuned; new sequences): arXiv:1234.56789."
    assert str(ROW) == f"LSTM: MSE 0.1 {how}"
    other = replace(ROW, cell="", method="ROCKET", variant="")
    assert str(other) == f"ROCKET: MSE 0.1 {how}"


def test_another_length_is_another_task() -> None:
    def texts(**changes: int) -> list[str]:
        recipe = Recipe.of("adding", cell="lstm", **changes)
        return [each.text for each in published_for(recipe)]

    assert texts() == ["solved after 74,000 sequences"]
    assert texts(length=600) == ["MSE 0.164", "MSE 5.8e-5"]
    assert texts(length=200) == []


def test_other_methods_are_shown_for_every_cell() -> None:
    shown = [
        [each.method for each in published_for(Recipe.of("gun_point", cell=c))]
        for c in CELLS.names
    ]
    assert shown[0] == shown[1] == shown[2]
    assert {"1-NN DTW", "ROCKET"} <= set(shown[0])
