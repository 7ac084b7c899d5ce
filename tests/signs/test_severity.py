"""A problem keeps a model from learning; a note is only worth knowing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kgrad import signs
from kgrad.actions.base import Run
from kgrad.diagnosis import diagnoses
from kgrad.records import Finding
from kgrad.signs import (
    DeadUnits,
    NoGradient,
    Overfitting,
    Sign,
    UnfinishedTraining,
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
from tests.signs.cases.unfinished import HALFWAY, PLANNED, curve
from tests.signs.runs import (
    GUESSING,
    LEARNING,
    PARTS,
    SOLVING,
    Data,
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
        return severities(NoGradient(), snapshots)

    assert cut(0.0) == ["problem"]
    assert cut(0.5) == ["note"]


def test_the_clinic_counts_no_notes() -> None:
    kept = heart(val_accuracy=KEPT)
    assert severities(Overfitting(), kept) == ["note"]
    assert reported(kept, [Overfitting()]) == {}
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
        (0.92, LEARNING, ["problem"]),
        (0.6, LEARNING, ["problem"]),
        (0.92, SOLVING, ["note"]),
        (0.6, SOLVING, []),
    ],
)
def test_a_layer_that_a_model_solves_its_task_without_is_a_note(
    share: float, metric: tuple[float, ...], expected: list[str]
) -> None:
    dead = run(quiet(share, HIDDEN, HIDDEN + 1), metric=metric)
    assert severities(DeadUnits(), dead) == expected


def test_a_model_without_any_error_has_no_gradient_and_nothing_dead() -> None:
    over = quiet(1.0, *range(len(PARTS)))
    assert severities(DeadUnits(), run(over, metric=SOLVING)) == []
    assert severities(DeadUnits(), run(over)) == ["problem"] * 3


def test_unfinished_training_is_a_problem_of_short_runs_only() -> None:
    def falls(data: Data) -> None:
        curve(lambda t: 1.386 - 0.7 * t)(data)

    short = run(falls, metric=[0.3] * 10, setup=PLANNED)
    assert severities(UnfinishedTraining(), short) == ["problem"]
    learned = run(falls, metric=HALFWAY, setup=PLANNED)
    assert severities(UnfinishedTraining(), learned) == ["note"]
    plan = replace(PLANNED.plan, updates=1280)
    long = run(
        falls,
        metric=[0.3] * 10,
        steps=1280,
        setup=replace(PLANNED, plan=plan),
    )
    assert severities(UnfinishedTraining(), long) == ["note"]
    # One call of `fit` that may be one of many.
    plan = replace(PLANNED.plan, epochs=1)
    once = run(falls, metric=[0.3], setup=replace(PLANNED, plan=plan))
    assert severities(UnfinishedTraining(), once) == ["note"]
    # What guessing gives is not known: nor how far the model has come.
    unknown = replace(PLANNED, classes=0, loss="mae")
    error = run(
        falls, name="loss", metric=np.linspace(1.4, 0.7, 10), setup=unknown
    )
    assert severities(UnfinishedTraining(), error) == ["note"]
