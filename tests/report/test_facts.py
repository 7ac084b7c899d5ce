"""What is said of how far a run got."""

from __future__ import annotations

import pytest

from kgrad import signs
from kgrad.records import Sample, Snapshot
from kgrad.report.facts import facts, missing
from kgrad.storage.history import RunHistory
from kgrad.storage.sample_record import read_sample, sample_record
from tests.reporters.made import profile, sample, snapshot
from tests.signs.cases.changes import constant_loss
from tests.signs.cases.unfinished import falls
from tests.signs.runs import GUESSING, LEARNING, run


def progress(snapshots: list[Snapshot]) -> str:
    history = RunHistory(snapshots, signs.diagnose(snapshots))
    texts = {fact.name: fact.text for fact in facts(history)}
    return texts.get("progress", "")


def test_of_a_model_that_guesses_it_is_too_early_to_tell_at_first() -> None:
    few = run(constant_loss, metric=GUESSING[:3], steps=96)
    assert progress(few) == (
        "too early to tell: no better than guessing yet, 96 updates so far"
    )
    falling = run(falls, metric=GUESSING[:3], steps=96)
    assert progress(falling).endswith("so far, the loss is still falling")
    # Later there is a finding, which says more.
    assert progress(run(constant_loss)) == ""


def test_nothing_is_said_of_a_model_that_learns_or_may() -> None:
    assert progress(run(metric=LEARNING[:3], steps=96)) == ""
    assert progress(run(constant_loss, name="mae", metric=[1.0] * 3)) == ""


def test_of_a_layer_called_twice_there_are_no_profiles_of_either() -> None:
    twice = profile(calls=2), profile(state="c", calls=2)
    content, norms = sample_record(sample(profiles=twice))
    del content["kind"]
    for of_layer, said in ((read_sample(content, norms), 1), (sample(), 0)):
        history = RunHistory([snapshot(samples=(of_layer,))])
        told = [x for x in missing(history) if "is called 2 times" in x]
        assert len(told) == said


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([], None),
        ([1], "1, step 1"),
        ([1, 51, 101], "3, every 50 steps"),
        ([1, 51, 451, 651], "4, 50 to 400 steps apart"),
    ],
)
def test_how_far_apart_samples_are(steps: list[int], told: str | None) -> None:
    taken = tuple(Sample(step) for step in steps)
    history = RunHistory([snapshot(samples=taken)])
    texts = {fact.name: fact.text for fact in facts(history)}
    assert texts.get("samples") == told
