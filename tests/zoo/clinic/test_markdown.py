"""The clinic's Markdown, from marks and treatments made by hand."""

from __future__ import annotations

from dataclasses import replace

from kgrad.signs import SIGNS as ALL
from tests.zoo.clinic.test_scoring import case
from zoo.clinic.baselines import BASELINES
from zoo.clinic.cases import CASES
from zoo.clinic.markdown import scores, treatments
from zoo.clinic.scoring import Total, mark, total
from zoo.clinic.treatment import Attempt, Treated

SIGNS = ["nonfinite", "exploding"]


def totals() -> dict[str, dict[str, Total]]:
    """The same pair of cases in each half of a part."""
    sick = case(must={"nonfinite": 100, "exploding": 100}, may=frozenset())
    well = replace(sick, family="healthy", must={})
    told = {"nonfinite": 40, "vanishing": 7}
    pairs = [(sick, mark(sick, told)), (well, mark(well, {}))]
    found = total(SIGNS, pairs)
    return {"gradients": {"tuning": found, "scored": found}}


def test_each_tool_has_a_row_and_each_seed_a_table() -> None:
    of_tool = {"ours": totals(), "TerminateOnNaN": totals()}
    text = scores({0: of_tool}, [])
    assert "Seed" not in text
    # It has no rule for what explodes, and is not asked for it.
    assert [line for line in text.splitlines() if "0.50" in line] == [
        "| ours | 0.50 | 0.50 | 0.50 | 1/2 | 1/2 | 0/2 |",
        "| TerminateOnNaN | 0.50 | 0.50 | 1.00 | 1/2 | 1/2 | 0/2 |",
    ]
    text = scores({0: of_tool, 7: of_tool}, [])
    assert text.index("Seed 0:") < text.index("Seed 7:")
    assert text.count("| ours |") == 2


def test_both_parts_have_their_f1_and_share_the_counts() -> None:
    both = {**totals(), "data": totals()["gradients"]}
    text = scores({0: {"ours": both}}, [])
    row = "| ours | 0.50 | 0.50 | 0.50 | 0.50 | 0.50 | 0.50 | 2/4 | 2/4 | 0/4 |"
    assert row in text


def test_what_the_halves_hold_is_said() -> None:
    chosen = [one for one in CASES if one.family in ("cliff", "hinge")]
    lines = scores({}, chosen).splitlines()
    assert lines == [
        "- gradients; tuning: 3 cases, 3 ill, families: 1",
        "- data; scored: 3 cases, 0 ill, families: 1",
    ]


def test_what_a_baseline_has_rules_for_is_known() -> None:
    assert BASELINES["TerminateOnNaN"].known() == {"nonfinite"}
    for baseline in BASELINES:
        assert baseline.known() <= {kind.name for kind in ALL}
    assert BASELINES["NeuraLint"].known() == {"output_and_loss"}
    assert "labels" in BASELINES["SageMaker Debugger"].known()


def attempt(
    remedy: str, *, gone: tuple[str, ...] = ("exploding",), better: bool = True
) -> Attempt:
    return Attempt(
        remedy=f"{remedy}_id",
        name=remedy,
        named_for=("exploding",),
        orders=("clipping",),
        gone=gone,
        before=None,
        after=0.5,
        better=better,
    )


def treated(name: str, *attempts: Attempt) -> Treated:
    return Treated(
        case=name, signs=("exploding",), metric="accuracy", attempts=attempts
    )


def test_first_remedies_that_failed_are_listed_and_only_those() -> None:
    text = treatments(
        [
            treated("a/cured", attempt("clipping")),
            treated("b/stays", attempt("relu", gone=()), attempt("clipping")),
            treated("c/worse", attempt("decay", better=False)),
            treated("d/by-hand"),
        ]
    )
    assert "Of 4 sick cases, 3 were given a remedy" in text
    assert "in 2 (67%) and improved the metric in 2 (67%)" in text
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [
        "| `b/stays` | relu | `exploding` | accuracy: NaN to 0.5 |",
        "| `c/worse` | decay |  | accuracy: NaN to 0.5 |",
    ]
