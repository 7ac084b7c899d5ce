"""A problem keeps a model from learning; a note is only worth knowing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kgrad import signs
from kgrad.actions.base import Run
from kgrad.diagnosis import diagnoses
from kgrad.records import Finding, Plan
from kgrad.signs import (
    DeadUnits,
    Overfitting,
    Sign,
    UnfinishedTraining,
    UnmovedMetric,
    UnreachedLayers,
)
from kgrad.storage.codec import Decoder, Encoder
from kgrad.storage.history import RunHistory
from kgrad.storage.recorder import Recorder
from tests.signs.cases.changes import (
    HIDDEN,
    KEPT,
    LOST,
    RNN,
    began,
    both,
    heart,
    quiet,
)
from tests.signs.cases.reached import ALIVE, CUT, ROUNDED, zero
from tests.signs.cases.unfinished import PLANNED, curve
from tests.signs.cases.unmoved import learned
from tests.signs.runs import (
    GUESSING,
    LEARNING,
    PARTS,
    SETUP,
    SOLVING,
    run,
)
from zoo.clinic.scoring import reported

PROBLEM = Finding("overfitting", "global", 9, 10, 2.0, 1.0, "It is.")
NOTE = replace(PROBLEM, sign="exploding", severity="note")


def severities(sign: Sign, snapshots: list[signs.Snapshot]) -> list[str]:
    return [f.severity for f in signs.diagnose(snapshots, [sign])]


def test_notes_come_last_and_are_in_no_diagnosis() -> None:
    # By its rank the note would be first.
    assert signs.ranked([NOTE, PROBLEM], {}) == [PROBLEM, NOTE]
    (one,) = diagnoses([NOTE, PROBLEM])
    assert one.findings == (PROBLEM,)
    assert not diagnoses([NOTE])


def test_a_problem_at_the_same_place_goes_before_a_note() -> None:
    note = replace(PROBLEM, first_step=1, severity="note")
    assert signs.ranked([note, PROBLEM], {}) == [PROBLEM]


def test_notes_set_off_no_action() -> None:
    note = replace(PROBLEM, severity="note")
    state = Run(None, None, findings=[note, PROBLEM])
    assert state.open(["overfitting"]) == [PROBLEM]


def test_a_note_is_a_note_when_read_again() -> None:
    records = [content for content, _ in Encoder().findings([NOTE, PROBLEM])]
    assert [r["severity"] for r in records] == ["note", "problem"]
    decoder = Decoder()
    for record in records:
        decoder.add(record, ())
    assert decoder.findings == (NOTE, PROBLEM)


def test_a_run_that_is_loaded_has_its_findings_in_order(tmp_path: Path) -> None:
    late = replace(PROBLEM, sign="nonfinite")
    recorder = Recorder(tmp_path, pytest.fail, lambda *_: None)
    for snapshot, found in zip(
        run(), ([NOTE], [NOTE, PROBLEM], [NOTE, PROBLEM, late]), strict=False
    ):
        recorder.write(snapshot, found)
    recorder.close()
    findings = RunHistory.load(tmp_path).findings
    assert findings == (late, PROBLEM, NOTE)


def test_layers_that_were_trained_before_may_be_kept_as_they_are() -> None:
    def cut(bias: float) -> list[str]:
        change = both(zero(*CUT), began(bias, RNN + 1), began(bias, HIDDEN + 1))
        snapshots = run(change, setup=ROUNDED, samples_of=ALIVE)
        return severities(UnreachedLayers(), snapshots)

    assert cut(0.0) == ["problem"]
    assert cut(0.5) == ["note"]


def test_the_clinic_counts_no_notes() -> None:
    kept = heart(val_accuracy=KEPT)
    assert severities(Overfitting(), kept) == ["note"]
    assert reported(kept, [Overfitting()]) == {}
    # There, 10,000 samples are held out.
    for samples, severity in ((20_000, "note"), (500, "problem")):
        setup = replace(SETUP, plan=Plan(samples=samples))
        of_plan = [replace(snapshot, setup=setup) for snapshot in kept]
        assert severities(Overfitting(), of_plan) == [severity]
    assert reported(heart(), [Overfitting()])


def test_a_loss_that_rises_is_a_problem_if_the_metric_falls() -> None:
    assert severities(Overfitting(), heart(val_accuracy=LOST)) == ["problem"]
    # Nor does a metric count as kept that never was any good.
    assert severities(Overfitting(), heart(val_accuracy=GUESSING)) == [
        "problem"
    ]
    # On a small set the same fall may be noise.
    few = heart(val_accuracy=LOST, samples=100)
    assert severities(Overfitting(), few) == ["note"]


@pytest.mark.parametrize(
    ("share", "metric", "expected"),
    [
        (0.6, GUESSING, ["problem"]),
        (0.92, LEARNING, ["problem"]),
        (0.6, LEARNING, ["note"]),
        (0.92, SOLVING, ["note"]),
        (0.6, SOLVING, []),
    ],
)
def test_dead_units_that_a_model_learns_without_are_a_note(
    share: float, metric: tuple[float, ...], expected: list[str]
) -> None:
    dead = run(quiet(share, HIDDEN, HIDDEN + 1), metric=metric)
    assert severities(DeadUnits(), dead) == expected


def test_a_model_without_any_error_has_no_gradient_and_nothing_dead() -> None:
    over = quiet(1.0, *range(len(PARTS)))
    assert severities(DeadUnits(), run(over, metric=SOLVING)) == []
    assert severities(DeadUnits(), run(over)) == ["problem"] * 3


def to(end: float, epochs: int, chance: bool = True) -> list[signs.Snapshot]:
    """A training whose loss falls evenly from guessing, 1.386, to an end."""
    plan = replace(PLANNED.plan, epochs=epochs)
    setup = replace(PLANNED, plan=plan)
    return run(
        curve(lambda t: 1.386 - (1.386 - end) * t),
        name="accuracy" if chance else "mae",
        metric=[0.3] * epochs,
        setup=setup if chance else replace(setup, classes=0, loss="mae"),
    )


def test_unfinished_training_is_a_problem_before_half_of_the_way() -> None:
    assert severities(UnfinishedTraining(), to(0.8, 10)) == ["problem"]
    assert severities(UnfinishedTraining(), to(0.6, 10)) == ["note"]
    # A first look, or a call of `fit` out of many.
    for epochs, severity in ((1, "note"), (2, "note"), (3, "problem")):
        assert severities(UnfinishedTraining(), to(0.8, epochs)) == [severity]
    scheduled = [
        replace(s, setup=replace(s.setup, has_schedule=True))
        for s in to(0.8, 10)
    ]
    assert severities(UnfinishedTraining(), scheduled) == ["note"]
    # What guessing gives is not known: nor how far the model has come.
    assert severities(UnfinishedTraining(), to(0.8, 10, chance=False)) == [
        "note"
    ]


def test_how_long_a_training_was_is_no_excuse_for_it() -> None:
    plan = replace(PLANNED.plan, updates=2560)
    long = run(
        curve(lambda t: 1.386 - 0.4 * t),
        metric=[0.3] * 10,
        steps=2560,
        setup=replace(PLANNED, plan=plan),
    )
    assert severities(UnfinishedTraining(), long) == ["problem"]


def test_a_metric_that_stands_still_is_a_note() -> None:
    assert severities(UnmovedMetric(), learned()) == ["note"]
