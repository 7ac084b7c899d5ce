from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.zoo.made import summary
from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.recipe import Recipe
from zoo.results.page import SECTION, tables
from zoo.results.published import published, published_for

SUMMARIES = [
    summary("adding/lstm-base", [0.001, 0.002, 0.17]),
    summary("adding/lstm-relu", [0.17, 0.17, 0.17]),
    summary("temporal_order/simple_rnn-clipnorm", [1.0, 0.98, 0.96]),
    summary("temporal_order/gru-relu", [0.98, 0.98, 0.98]),
]


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[c.strip() for c in line.split("|")[1:-1]] for line in lines]


def test_a_row_for_every_cell_and_a_column_for_every_variant() -> None:
    ours, rest = tables(SUMMARIES).split("What each change did")
    _, others = rest.split("Published")
    head, _, *body = rows(ours)
    assert head == ["task", "cell", "base", "clipnorm", "relu"]
    assert [row[1:] for row in body] == [
        ["LSTM", "**0.0577 ± 0.1**, 2/3", "", "0.17 ± 0, 0/3"],
        ["SimpleRNN", "", "**0.98 ± 0.02**, 3/3", ""],
        ["GRU", "", "", "**0.98 ± 0**, 3/3"],
    ]
    assert body[0][0] == "`adding`: mse, chance 0.167, solved ≤ 0.01"
    assert body[2][0] == ""
    assert [row[2] for row in rows(others)[2:]] == [
        "solved after 74,000 sequences",
        "solved by 5 of 5",
    ]


def test_what_helped_and_what_hurt_is_said_cell_by_cell() -> None:
    made = [
        summary("adding/simple_rnn-base", [0.17, 0.16, 0.17]),
        summary("adding/simple_rnn-clipnorm", [0.16, 0.17, 0.17]),
        summary("adding/simple_rnn-relu", [0.01, 0.02, 0.03]),
        summary("adding/lstm-base", [0.001, 0.002, 0.003]),
        summary("adding/lstm-relu", [0.1, 0.2, 0.3]),
    ]
    (part,) = re.findall(r"What each change did.*", tables(made), re.DOTALL)
    head, _, row, *_ = rows(part)
    assert head == ["task", "clipnorm", "relu", "lstm"]
    assert row == ["`adding`", "", "**+** SimpleRNN, - LSTM", "**+**"]


def test_published_numbers_are_of_a_model_and_have_recipe_and_source() -> None:
    for each in published():
        assert each.cell in CELLS.names
        assert each.variant in VARIANTS.names
        assert each.recipe
        assert re.search(r"arXiv:\d{4}\.\d{4,5}|doi:10\.", each.source)
        assert each.lengths[0] <= each.lengths[1]


def test_another_length_is_another_task() -> None:
    def texts(**changes: int) -> list[str]:
        recipe = Recipe.of("adding", cell="lstm", **changes)
        return [each.text for each in published_for(recipe)]

    assert texts() == ["solved after 74,000 sequences"]
    assert texts(length=600) == ["MSE 0.164"]
    assert texts(length=200) == []


def test_only_what_is_between_the_markers_is_written(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    old = f"{SECTION.begin}\nyesterday\n{SECTION.end}"
    file.write_text(f"# Mine\n\n{old}\n\nThe end.\n")
    assert SECTION.write(file, tables(SUMMARIES))
    text = file.read_text()
    assert text.startswith(f"# Mine\n\n{SECTION.begin}\n\n")
    assert text.endswith(f"\n\n{SECTION.end}\n\nThe end.\n")
    assert tables(SUMMARIES) in text
    assert "yesterday" not in text
    assert not SECTION.write(file, tables(SUMMARIES))


@pytest.mark.parametrize(
    "text",
    [
        "",
        SECTION.begin,
        SECTION.end,
        f"{SECTION.end}{SECTION.begin}",
        f"{SECTION.begin}{SECTION.end}{SECTION.begin}",
        f"{SECTION.begin}{SECTION.end}" * 2,
    ],
)
def test_a_file_without_the_markers_is_refused(
    text: str, tmp_path: Path
) -> None:
    file = tmp_path / "page.md"
    file.write_text(text)
    with pytest.raises(ValueError, match="must hold the lines"):
        SECTION.write(file, tables(SUMMARIES))
    assert file.read_text() == text
