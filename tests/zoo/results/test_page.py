from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.zoo.made import summary
from zoo.layers.variants import VARIANTS
from zoo.results.page import SECTION, tables

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
    assert [row[2:4] for row in rows(others)[2:]] == [
        ["LSTM", "solved after 74,000 sequences"],
        ["SimpleRNN", "solved by 5 of 5"],
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


def test_a_cell_stands_beside_its_variant_and_the_searched_recipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(VARIANTS["best"], "tasks", None)
    names = [f"adding/lstm-{v}" for v in ("base", "relu", "best")]
    _, others = tables([summary(n, [0.1] * 3) for n in names]).split(
        "Published for"
    )
    assert [row[0] for row in rows(others)[2:]] == [
        "`adding/lstm-base`, 100 steps",
        "`adding/lstm-best`, 100 steps",
    ]


def test_another_method_stands_beside_our_best_model() -> None:
    worse = summary("italy_power/lstm-base", [0.90, 0.91, 0.99])
    best = summary("italy_power/gru-relu", [0.95, 0.96, 0.97])
    _, others = tables([worse, best]).split("Published for")
    _, _, *body = rows(others)
    assert {row[0] for row in body} == {"`italy_power/gru-relu`, 24 steps"}
    (rocket,) = (row for row in body if row[2] == "ROCKET")
    assert rocket[1:4] == [
        "**0.96 ± 0.01**, 3/3",
        "ROCKET",
        "accuracy 0.970 ± 0.001",
    ]
    assert rocket[5].startswith("the archive's training and test data")


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
