"""Proposed remedies beside what they did, on results that were made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.zoo.made import VANISHING, summary
from zoo.results.predictions import predictions, table
from zoo.runs.summary import Summary

ORDER = "temporal_order/simple_rnn"
BAD, GOOD = [0.25, 0.26, 0.24], [0.9, 1.0, 0.95]


def told(name: str, *remedies: Sequence[str] | None) -> Summary:
    """A base that fails, with what was proposed for each seed."""
    made = summary(name, BAD)
    results = tuple(
        replace(
            result,
            findings=(VANISHING,),
            remedies=None if given is None else tuple(given),
        )
        for result, given in zip(made.results, remedies, strict=True)
    )
    return replace(made, results=results)


def test_what_most_seeds_were_told_is_held_against_what_it_did() -> None:
    base = told(
        f"{ORDER}-base",
        ["clip_gradients", "gated_cell"],
        ["smaller_learning_rate", "clip_gradients", "batch_normalization"],
        ["gated_cell"],
    )
    (found,) = predictions(
        [
            base,
            summary(f"{ORDER}-clipnorm", GOOD),
            summary(f"{ORDER}-batchnorm", BAD),
            summary(f"{ORDER}-relu", GOOD),
            summary("temporal_order/lstm-base", BAD),
        ]
    )
    assert found.sign == "vanishing"
    assert found.proposed == ("clipnorm", "lstm")
    assert found.effects == {"clipnorm": "helped", "lstm": "no difference"}
    assert found.missed == ("relu",)


def test_nothing_is_said_of_models_whose_remedies_were_not_kept() -> None:
    unknown = told(f"{ORDER}-base", None, None, None)
    healthy = told("temporal_order/gru-base", [], [], [])
    assert predictions([unknown, healthy]) == []
    assert table([unknown, healthy]) == ""


def test_the_table_counts_what_helped() -> None:
    base = told(f"{ORDER}-base", *[["clip_gradients"]] * 3)
    text = table([base, summary(f"{ORDER}-clipnorm", GOOD)])
    assert "Proposed: 1; helped: 1; hurt: 0." in text
    assert (
        "| `temporal_order`, SimpleRNN | `vanishing` | clipnorm: helped |"
        in (text)
    )
