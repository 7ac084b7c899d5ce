"""The clinic's Markdown, from marks and treatments made by hand."""

from __future__ import annotations

from dataclasses import replace

from kgrad.signs import SIGNS as ALL
from tests.zoo.clinic.test_scoring import case
from zoo.clinic.baselines import BASELINES
from zoo.clinic.markdown import scores, treatments
from zoo.clinic.scoring import mark, total
from zoo.clinic.treatment import Attempt, Treated

SIGNS = ["nonfinite", "exploding"]


def test_each_seed_has_its_columns_and_each_mistake_its_line() -> None:
    sick = case(must={"nonfinite": 100, "exploding": 100}, may=frozenset())
    well = replace(sick, family="healthy", must={})
    told = {"nonfinite": 40, "vanishing": 7}
    pairs = [(sick, mark(sick, told)), (well, mark(well, {}))]
    found = total(SIGNS, pairs)
    halves = {"tuning": found, "scored": found}
    totals = {
        seed: {"ours": halves, "TerminateOnNaN": halves} for seed in (0, 7)
    }
    text = scores(totals, {0: pairs, 7: []}, "ours")
    assert "| ours | 0.50 | 0.50 | 0.50 | 0 of 2 | 0.50 " in text
    # It has no rule for what explodes, and is not asked for it.
    assert "| TerminateOnNaN | 0.50 | 0.50 | 1.00 | 0 of 2 |" in text
    assert "| `nonfinite` | 1.00 @ 40 |" in text
    assert "| `exploding` | 0.00 |" in text
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    (line,) = lines
    assert line.startswith(f"- `{sick.name}` (tuning, seed 0): ")
    assert "missed `exploding`; reported, but not present `vanishing`" in line


def test_what_a_baseline_has_rules_for_is_known() -> None:
    assert BASELINES["TerminateOnNaN"].known() == {"nonfinite"}
    for baseline in BASELINES:
        assert "nonfinite" in baseline.known() <= {kind.name for kind in ALL}


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
