"""What is bad in the data is drawn from everything, and is one entry only."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.clinic.bad_batches import (
    CLASSES,
    ENTRIES,
    MODES,
    PROBLEMS,
    STEPS,
    BadRun,
    batches,
    draw,
    label_places,
    shapes_of,
)

DRAWN = draw(100)


def test_every_mode_meets_every_problem() -> None:
    assert [run.mode for run in DRAWN[:5]] == list(MODES)
    assert {(run.mode, run.problem) for run in DRAWN} == {
        (mode, problem) for mode in MODES for problem in PROBLEMS
    }
    compiled = {run.mode for run in DRAWN if run.jit_compile}
    assert compiled == {"xla", "mixed", "steps"}
    assert {run.steps_per_execution for run in DRAWN} == {1, 2, 4}


def test_every_kind_of_entry_is_drawn() -> None:
    entries = [entry for run in DRAWN for entry in run.entries]
    assert len(entries) == 100
    assert {(entry.tensor, entry.kind) for entry in entries} == {
        ("label", "label"),
        *(
            (tensor, kind)
            for tensor in ("input", "target", "sample_weight")
            for kind in ("nan", "infinite")
        ),
    }
    assert any(run.entries[0].step == 1 for run in DRAWN)


@pytest.mark.parametrize("count", [3, 5, 12])
def test_so_many_are_drawn_as_were_asked_for(count: int) -> None:
    runs = draw(count)
    assert sum(len(run.entries) for run in runs) == count
    assert all(len(run.entries) <= ENTRIES for run in runs)


def test_the_same_seed_draws_the_same() -> None:
    assert draw(10, seed=1) == draw(20, seed=1)[:2] != draw(10, seed=2)


@pytest.mark.parametrize("run", DRAWN, ids=lambda run: run.name)
def test_one_entry_of_each_part_is_bad(run: BadRun) -> None:
    found = batches(run)
    places = []
    for (stage, name), tensor in found.items():
        assert tensor.shape == (run.steps, *shapes_of(run.problem)[stage, name])
        bad = ~np.isfinite(tensor)
        if (stage, name) in label_places(run.problem):
            bad = (tensor < 0) | (tensor >= CLASSES)
        for step, *index in np.argwhere(bad).tolist():
            places.append((step + 1, stage, name, tuple(index)))
    assert sorted(places) == [
        (one.step, one.stage, one.name, one.index) for one in run.entries
    ]
    parts = [(one.step - 1) // STEPS for one in run.entries]
    assert parts == list(range(len(run.entries)))
    # Without XLA it ends the training.
    assert all(one.kind != "label" for one in run.entries[:-1])
