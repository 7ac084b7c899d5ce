"""Which runs share a folder: those of one model, however it is numbered."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kgrad.records import GLOBAL, Layer, Setup, Target
from kgrad.report.facts import missing
from kgrad.storage.history import RunHistory
from kgrad.storage.places import place_of, runs_in
from kgrad.storage.recorder import Recorder
from tests.reporters import made
from tests.storage import made as made_up

COUNTED = frozenset(
    {"sequential", "dense", "gru", "lstm_cell", "bidirectional"}
)

Sizes = dict[str, int]

TWO = {"sequential/dense/kernel": 6, "sequential/dense_1/kernel": 4}
BOTH_WAYS = {
    "net/bidirectional/forward_gru/gru_cell/kernel": 9,
    "net/bidirectional/backward_gru/gru_cell/kernel": 9,
}


def targets(sizes: Sizes) -> tuple[Target, ...]:
    measured = [
        Target(name, name.rpartition("/")[0], "kernel", size=size)
        for name, size in sizes.items()
    ]
    parts = tuple(range(len(measured)))
    return (*measured, Target(GLOBAL, "", "", depth=-1, parts=parts))


def layers(*names: str) -> tuple[Layer, ...]:
    return tuple(Layer(name, "Dense") for name in names)


def write(folder: Path, sizes: Sizes, *names: str) -> None:
    recorder = Recorder(folder, pytest.fail)
    values = np.ones((8, len(sizes), len(made.MEASURES)), np.float32)
    window = made.snapshot(targets=targets(sizes), values=values)
    recorder.write(replace(window, setup=Setup(layers=layers(*names))), ())
    recorder.close()


SAME = [
    (TWO, TWO),
    (TWO, {"sequential/dense_1/kernel": 4}),  # One layer is frozen.
    ({"sequential/dense_1/kernel": 4}, TWO),
    (TWO, {"sequential_1/dense_2/kernel": 6, "sequential_1/dense_3/kernel": 4}),
    ({"sequential_1/dense_7/kernel": 6}, {"sequential/dense/kernel": 6}),
    (
        BOTH_WAYS,
        {
            "net/bidirectional_1/forward_gru_2/gru_cell/kernel": 9,
            "net/bidirectional_1/backward_gru_2/gru_cell/kernel": 9,
        },
    ),
]

OTHERS = [
    # Another width, another depth, another order.
    (TWO, {"sequential_1/dense_2/kernel": 6, "sequential_1/dense_3/kernel": 8}),
    (TWO, {"sequential_1/dense_2/kernel": 6}),
    (TWO, {"sequential_1/dense_2/kernel": 4, "sequential_1/dense_3/kernel": 6}),
    # A layer of another model was made in between.
    (TWO, {"sequential_1/dense_2/kernel": 6, "sequential_1/dense_4/kernel": 4}),
    # Numbers that the user has given.
    ({"variant_1/dense/kernel": 6}, {"variant_2/dense/kernel": 6}),
    ({"sequential/block_1/kernel": 6}, {"sequential/block_2/kernel": 6}),
    # Another kind of layer.
    ({"sequential/dense/kernel": 6}, {"sequential/gru/kernel": 6}),
    (BOTH_WAYS, {name.replace("forward", "first"): 9 for name in BOTH_WAYS}),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_runs_of_one_model_share_a_folder(
    old: Sizes, new: Sizes, tmp_path: Path
) -> None:
    write(tmp_path, old)
    assert place_of(tmp_path, targets(new), (), COUNTED) == tmp_path


@pytest.mark.parametrize(("old", "new"), OTHERS)
def test_a_run_of_another_model_gets_a_place_of_its_own(
    old: Sizes, new: Sizes, tmp_path: Path
) -> None:
    write(tmp_path, old)
    own = tmp_path / "run-2"
    assert place_of(tmp_path, targets(new), (), COUNTED) == own
    write(own, new)
    # Each is found again, and a third one goes on.
    assert place_of(tmp_path, targets(old), (), COUNTED) == tmp_path
    assert place_of(tmp_path, targets(new), (), COUNTED) == own
    third = targets({"third/kernel": 5})
    assert place_of(tmp_path, third, (), COUNTED) == tmp_path / "run-3"


def test_a_model_that_is_built_again_and_again(tmp_path: Path) -> None:
    for first in (0, 2, 4):
        sizes = {
            f"sequential/dense_{first}/kernel": 6,
            f"sequential/dense_{first + 1}/kernel": 4,
        }
        assert place_of(tmp_path, targets(sizes), (), COUNTED) == tmp_path
        write(tmp_path, sizes)


def test_all_further_runs_of_a_folder_are_found(tmp_path: Path) -> None:
    for name in ("", "run-2", "writer-2", "other"):
        write(tmp_path / name, TWO)
    (tmp_path / "run-3").mkdir()
    names = [place.name for place in runs_in(tmp_path)]
    assert names == ["run-2", "writer-2"]


ONE = {"sequential/dense_1/kernel": 4}
BOTH = "sequential/dense", "sequential/dense_1"


def test_a_layer_that_is_frozen_is_still_there(tmp_path: Path) -> None:
    write(tmp_path / "all", TWO, *BOTH)
    write(tmp_path / "some", ONE, *BOTH)
    known = layers(*BOTH)
    for folder, sizes in ((tmp_path / "all", ONE), (tmp_path / "some", TWO)):
        assert place_of(folder, targets(sizes), known) == folder
        unbuilt = layers("dense", "dense_1")
        assert place_of(folder, targets(sizes), unbuilt) == folder


def test_a_layer_that_is_not_there_makes_another_model(tmp_path: Path) -> None:
    """Also if all others have the same name and size."""
    write(tmp_path / "more", TWO, *BOTH)
    write(tmp_path / "less", ONE, BOTH[1])
    for folder, sizes, names in (
        (tmp_path / "more", ONE, BOTH[1:]),
        (tmp_path / "less", TWO, BOTH),
    ):
        own = folder / "run-2"
        assert place_of(folder, targets(sizes), layers(*names)) == own


def test_a_file_with_a_number_of_any_length_is_read(tmp_path: Path) -> None:
    """Python refuses to read more than 4300 digits."""
    write(tmp_path, {f"sequential/dense_{'1' * 5000}/kernel": 6})
    new = targets({"sequential/dense_2/kernel": 7})
    assert place_of(tmp_path, new, (), COUNTED) == tmp_path / "run-2"


def recorded(folder: Path, first: int, steps: int) -> None:
    made_up.write(folder, *made_up.snapshots(steps, first))


def test_a_run_that_is_hidden_by_a_later_one_is_loaded_by_its_last_file(
    tmp_path: Path,
) -> None:
    recorded(tmp_path, 1, 80)
    recorded(tmp_path, 61, 60)  # It goes on from a checkpoint: one run.
    recorded(tmp_path, 1, 40)
    history = RunHistory.load(tmp_path)
    assert len(history.steps) == 40
    hidden, own = history.places
    assert Path(own).name == "gradients-0002.kgrad"
    assert Path(hidden).name == "gradients-0001.kgrad"
    (sentence,) = (s for s in missing(history) if "2 runs" in s)
    assert f"`kgrad report {hidden}`" in sentence
    assert "the one of `gradients-0002.kgrad`" in sentence
    first = RunHistory.load(hidden)
    assert len(first.steps) == 120
    assert first.damage == ()
    assert not any(" runs; " in sentence for sentence in missing(first))


def test_a_run_of_another_model_inside_the_folder_is_told_of(
    tmp_path: Path,
) -> None:
    recorded(tmp_path, 1, 40)
    recorded(tmp_path / "run-2", 1, 40)
    with pytest.warns(RuntimeWarning, match="to be loaded from run-2 in it"):
        history = RunHistory.load(tmp_path)
    command = f"`kgrad report {tmp_path / 'run-2'}`"
    assert any(command in sentence for sentence in missing(history))


def test_a_folder_that_was_deleted_has_no_empty_history(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    recorder = Recorder(folder, pytest.fail)
    (window,) = made_up.snapshots(8)
    assert not len(recorder.history(()).steps)
    recorder.write(window, ())
    recorder.close()
    assert len(recorder.history(()).steps) == 8
    shutil.rmtree(folder)
    with pytest.raises(FileNotFoundError, match=r"was deleted. Received: log_"):
        recorder.history(())
    recorder.write(window, ())
    assert len(recorder.history(()).steps) == 8
