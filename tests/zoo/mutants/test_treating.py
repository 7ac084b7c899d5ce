"""The first remedy of an ill mutant: what is tried, and what helped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kgrad.records import Remedy
from kgrad.records.edits import (
    ChangeFit,
    ChangeOptimizer,
    ChangeTargets,
    SetGateBias,
    StopEarly,
)
from tests.zoo.mutants.moments import finding, moment, walked
from zoo.cli import main
from zoo.mutants import treatment
from zoo.mutants.mutant import MUTANTS
from zoo.mutants.treating import Outcome, markdown, summary
from zoo.mutants.treatment import Treated, first_trial

ILL = MUTANTS["dense-blobs/rate_down-1000"]

BY_HAND = Remedy("check_labels", "clean labels", "look(y)", "", "")
FASTER = Remedy(
    "larger_learning_rate",
    "larger learning rate",
    "Adam(0.005)",
    "",
    "",
    edits=(ChangeOptimizer({"learning_rate": 0.005}),),
)


def _treated(*skills: float, **changes: Any) -> Treated:
    known: dict[str, Any] = {"name": "larger learning rate", "remedy": "faster"}
    return Treated(
        mutant=ILL.name, told=True, skills=skills, **{**known, **changes}
    )


def test_what_is_tried_is_the_first_that_can_be_carried_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = finding("slow_progress", remedies=(BY_HAND, FASTER))
    walked(monkeypatch, "treatment", moment(10), moment(20, told))
    is_told, trial, by_hand = first_trial([])
    assert is_told
    assert trial is not None
    assert trial.edits == FASTER.edits
    assert by_hand == (BY_HAND,)
    told = finding("labels", remedies=(BY_HAND,))
    walked(monkeypatch, "treatment", moment(10, told))
    assert first_trial([]) == (True, None, (BY_HAND,))
    walked(monkeypatch, "treatment", moment(10, told), moment(20))
    assert first_trial([]) == (False, None, ())


def test_three_that_are_all_better_are_nearer() -> None:
    assert _treated(0.4, 0.5, 0.6).is_nearer([0.1, 0.2, 0.3])
    assert not _treated(0.25, 0.5, 0.6).is_nearer([0.1, 0.2, 0.3])
    assert not _treated(0.0, 0.0, 0.0).is_nearer([0.0, 0.0, 0.0])
    assert not _treated(error="it cannot be done").is_nearer([0.0, 0.0, 0.0])


def test_what_is_tried_again_is_another_remedy_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trained = []

    def train(mutant: object, edits: object) -> tuple[tuple[float, ...], str]:
        trained.append(edits)
        return (0.1, 0.2, 0.3), ""

    monkeypatch.setattr(treatment, "_train", train)
    monkeypatch.setattr("kgrad.RunHistory.load", lambda _: _Run())
    told = finding("slow_progress", remedies=(FASTER,))
    walked(monkeypatch, "treatment", moment(10, told))
    first = treatment.treat(ILL, tmp_path)
    assert first.skills == (0.1, 0.2, 0.3)
    assert Treated.read(tmp_path) == first
    assert treatment.treat(ILL, tmp_path) == first
    assert len(trained) == 1
    longer = Remedy(
        "more_updates", "longer", "", "", "", (ChangeFit({"epochs": 9}),)
    )
    told = finding("slow_progress", remedies=(longer,))
    walked(monkeypatch, "treatment", moment(10, told))
    assert treatment.treat(ILL, tmp_path).name == "longer"
    assert trained == [FASTER.edits, longer.edits]


class _Run:
    snapshots = ()


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_a_mutant_is_trained_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(treatment, "SEEDS", 1)
    (skill,), error = treatment._train(ILL, FASTER.edits)
    assert not error
    assert skill > 0.5
    nowhere = SetGateBias("lstm", 0, 1, 1.0)
    skills, error = treatment._train(ILL, [nowhere])
    assert not skills
    assert error == "NotApplicableError: The model has no layer `lstm`."
    assert treatment._train(ILL, []) == ((), "")


def test_skill_is_that_of_the_targets_and_weights_that_were_kept() -> None:
    y = np.array([10.0, 30.0])
    scaled = treatment._changed(y, [ChangeTargets(20.0, 10.0)])
    np.testing.assert_array_equal(scaled, [-1.0, 1.0])
    history = {"val_loss": [2.0, 1.0, 3.0], "val_mse": [0.2, 0.1, np.nan]}
    assert treatment._kept(history, [StopEarly(1)])["val_mse"] == 0.1
    assert treatment._kept(history, [])["val_mse"] is None


BASE = (0.9, 0.92, 0.94, 0.96, 0.98)
BEFORE = (0.0, 0.1, 0.1)
OUTCOMES = [
    Outcome(_treated(0.95, 0.94, 0.93), BEFORE, BASE),
    Outcome(_treated(0.4, 0.4, 0.4, by_hand=("look",)), BEFORE, BASE),
    Outcome(_treated(0.0, 0.1, 0.4), BEFORE, BASE),
    Outcome(_treated(remedy="", name=""), BEFORE, BASE),
    Outcome(Treated(mutant=ILL.name, told=False), BEFORE, BASE),
]


def test_what_helped_is_counted() -> None:
    text = summary(OUTCOMES)
    assert "Of 5 ill mutants, 4 are told a problem, and 3 a remedy" in text
    assert "brings 2 of 3 (0.67, 0.21 to 0.94) significantly" in text
    assert "and 1 back to what their bases reach" in text
    assert "that is 1 of 2 (0.50" in text


def test_where_it_did_not_help_is_listed_of_the_first_half_alone() -> None:
    text = markdown({"tuning": OUTCOMES, "scored": OUTCOMES[2:]})
    assert "| larger learning rate | 3 | 2 | 1 | 1 | 0 | 0 |" in text
    failed = f"| `{ILL.name}` | larger learning rate | 0.07 | 0.17 | 0.94 |"
    assert text.count(failed) == 1
    assert f"`{ILL.name}`" not in markdown({"tuning": OUTCOMES[:2]})


def test_without_an_ill_mutant_it_says_what_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["mutants", "treat", "--runs", str(tmp_path)])
    assert "`--runs` must hold ill mutants" in capsys.readouterr().err
