"""The history: its shapes, on disk and back, small and fast."""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

import kgrad
from kgrad.records import (
    ActionRecord,
    Epoch,
    Finding,
    Remedy,
)
from kgrad.step.statistics import BUILT_IN
from kgrad.storage.codec import Encoder
from kgrad.storage.loading import Recording, load_file, merge
from kgrad.storage.run_file import RunFileWriter, run_files
from tests.small import BATCH, STEPS, data, dense, fit
from tests.storage.made import (
    WINDOW,
    assert_equal,
    snapshots,
    write,
)


def test_what_only_one_of_two_fits_measured_is_unknown_of_the_other(
    tmp_path: Path,
) -> None:
    model = dense()
    for statistics in ([], ["gradient_max"], []):
        monitor = kgrad.GradientMonitor(
            tmp_path, signs=[], reporters=[], statistics=statistics
        )
        fit(model, monitor)
    history = kgrad.RunHistory.load(tmp_path)
    assert [measure.name for measure in history.measures] == ["gradient_max"]
    largest = history["gradient_max"][:, -1]
    known = np.arange(3 * STEPS) // STEPS == 1
    np.testing.assert_array_equal(np.isfinite(largest), known)


def test_what_is_loaded_is_what_the_monitor_has(tmp_path: Path) -> None:
    monitor = kgrad.GradientMonitor(
        tmp_path,
        signs=[],
        statistics=["all"],
        reporters=[],
        chance={"loss": 1.0},
        hparams={"units": 2, "cell": "none"},
    )
    fit(dense(), monitor, epochs=3, validation_split=0.2)
    loaded = kgrad.RunHistory.load(tmp_path)
    assert_equal(loaded, monitor.history)
    assert loaded.damage == ()
    assert loaded.setup.chance == {"loss": 1.0}
    assert loaded.setup.hparams == {"units": 2, "cell": "none"}
    assert [epoch.epoch for epoch in loaded.epochs] == [0, 1, 2]
    assert [epoch.step for epoch in loaded.epochs] == [4, 8, 12]
    assert set(loaded.epochs[0].logs) == {"loss", "val_loss"}


def test_shapes_types_and_the_table(tmp_path: Path) -> None:
    history = kgrad.RunHistory(snapshots(100))
    names = history.targets
    assert history.steps.shape == (100,)
    assert names[-1] == "global"
    assert "sequential" not in names[-1]
    for statistic in ("gradient_norm", "update_ratio", "nonfinite_count"):
        values = history[statistic]
        assert values.shape == (100, len(names))
        assert values.dtype == np.float64
    gates = [i for i, name in enumerate(names) if name.endswith("]")]
    assert len(gates) == 24
    parts = [i for i, t in enumerate(history.target_records) if not t.parts]
    np.testing.assert_allclose(
        history["gradient_norm"][:, -1],
        np.linalg.norm(history["gradient_norm"][:, parts], axis=1),
    )

    table = history.to_pandas()
    assert table.index.name == "step"
    np.testing.assert_array_equal(
        table["update_ratio"].to_numpy(), history["update_ratio"]
    )
    one = history.to_pandas("weight_norm")
    assert list(one.columns) == list(names)
    with pytest.raises(KeyError, match="statistic='gradient'"):
        history["gradient"]


def test_a_statistic_of_one_target() -> None:
    history = kgrad.RunHistory(snapshots(100))
    for column, name in enumerate(history.targets):
        for statistic in ("gradient_norm", "update_ratio"):
            np.testing.assert_array_equal(
                history[statistic, name], history[statistic][:, column]
            )
    nearest = history.targets[0]
    with pytest.raises(KeyError) as refused:
        history["gradient_norm", nearest + "s"]
    assert f"nearest are ['{nearest}'" in str(refused.value)
    assert f"Received: target='{nearest}s'" in str(refused.value)
    with pytest.raises(KeyError, match=r"`history.targets`. Received"):
        history["gradient_norm", "0"]
    with pytest.raises(KeyError, match="statistic='gradient'"):
        history["gradient", nearest]


@pytest.mark.parametrize("statistic", ["gradient_norm", "update_ratio"])
def test_windows_combined_at_one_go_are_as_one_by_one(statistic: str) -> None:
    written = snapshots(3 * WINDOW + 5)
    # The layout is read anew where a second file begins.
    written[2:] = [
        replace(s, measures=tuple(reversed(s.measures)),
                values=s.values[:, :, ::-1]) for s in written[2:]
    ]  # fmt: skip
    np.testing.assert_array_equal(
        kgrad.RunHistory(written)[statistic],
        np.concatenate([snapshot[statistic] for snapshot in written]),
    )


def test_a_statistic_of_a_long_run_takes_no_time() -> None:
    (window,) = snapshots(WINDOW)
    windows = [replace(window) for _ in range(4_000)]
    history = kgrad.RunHistory(windows)
    began = time.process_time()
    norms = history["gradient_norm"]
    assert time.process_time() - began < 2
    assert norms.shape == (4_000 * WINDOW, len(window.targets))
    np.testing.assert_array_equal(norms[-WINDOW:], window["gradient_norm"])


def test_a_ratio_is_unknown_where_one_of_its_two_is() -> None:
    first, second = snapshots(2 * WINDOW)
    kept = tuple(m for m in second.measures if m.name != "update_norm")
    lacking = replace(second, measures=kept)
    lacking = replace(lacking, values=second.values[:, :, : len(kept)])
    ratio = kgrad.RunHistory([first, lacking])["update_ratio"]
    assert np.isfinite(ratio[:WINDOW]).any()
    assert np.isnan(ratio[WINDOW:]).all()
    with pytest.raises(KeyError, match="Received: statistic='update_norm'"):
        kgrad.RunHistory([lacking])["update_ratio"]


def test_an_empty_history_has_the_same_shape() -> None:
    history = kgrad.RunHistory()
    assert history.steps.shape == (0,)
    assert history.targets == ()
    assert history["gradient_norm"].shape == (0, 0)
    assert repr(history) == "<RunHistory: 0 steps, 0 targets, 0 findings>"


def test_findings_come_back_in_their_latest_state(tmp_path: Path) -> None:
    remedy = Remedy("clip", "clip", "clipnorm=1", "cures", "does not cure")
    early = Finding("exploding", "a", 3, 5, 2.0, 1.0, "why", (remedy,))
    late = replace(early, last_step=9)
    other = Finding("vanishing", "b", 1, 2, 0.0, 1.0, "why")
    writer, encoder = RunFileWriter(tmp_path), Encoder()
    for findings in ([early], [early, other], [late, other]):
        for record in encoder.findings(findings):
            writer.append_all([record])
    assert set(load_file(writer.path).findings) == {late, other}


def test_a_number_takes_at_most_eight_bytes_also_in_short_epochs(
    tmp_path: Path,
) -> None:
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    x, y = data(steps=20)
    model = dense()
    model.fit(x, y, BATCH, epochs=10, verbose=0, callbacks=[monitor])
    history = kgrad.RunHistory.load(tmp_path)
    measured = [t for t in history.target_records if not t.parts]
    numbers = len(history.steps) * len(measured) * len(history.measures)
    assert numbers == 10 * 20 * 2 * len(BUILT_IN)
    (path,) = run_files(tmp_path)
    described = 3000  # targets, measures and the set-up, once a run
    looked_at = 1200 * len(history.samples)  # what a batch looked like
    assert path.stat().st_size <= 8 * numbers + described + looked_at


def test_a_long_run_is_small_and_loads_within_three_seconds(
    tmp_path: Path,
) -> None:
    written = snapshots(100_000)
    path = write(tmp_path, *written)
    numbers = sum(snapshot.values.size for snapshot in written)
    assert path.stat().st_size <= 8 * numbers
    began = time.process_time()
    history = kgrad.RunHistory.load(tmp_path)
    norms = history["gradient_norm"]
    assert time.process_time() - began < 3
    assert norms.shape == (100_000, len(history.targets))
    np.testing.assert_array_equal(norms[:64], written[0]["gradient_norm"])


def test_a_folder_written_to_twice_holds_the_later_run(tmp_path: Path) -> None:
    for _ in range(2):
        # Layers get the same names, as in a new process.
        keras.utils.clear_session()
        monitor = kgrad.GradientMonitor(
            tmp_path, signs=[], statistics=["all"], reporters=[]
        )
        fit(dense(), monitor, epochs=2)
    assert len(run_files(tmp_path)) == 2
    history = kgrad.RunHistory.load(tmp_path)
    assert list(history.steps) == list(range(1, 2 * STEPS + 1))
    assert [epoch.epoch for epoch in history.epochs] == [0, 1]


def test_training_that_goes_on_in_the_same_folder_is_one_run(
    tmp_path: Path,
) -> None:
    model = dense()
    for start in (0, 2):
        monitor = kgrad.GradientMonitor(
            tmp_path, signs=[], statistics=["all"], reporters=[]
        )
        fit(model, monitor, initial_epoch=start, epochs=start + 2)
    history = kgrad.RunHistory.load(tmp_path)
    assert list(history.steps) == list(range(1, 4 * STEPS + 1))
    assert [epoch.epoch for epoch in history.epochs] == [0, 1, 2, 3]


def test_a_later_file_replaces_the_steps_that_it_repeats() -> None:
    first = Recording(
        list(snapshots(100)), [Finding("a", "t", 90, 99, 0, 0, "")]
    )
    second = Recording(list(snapshots(50, first=81, seed=1)))
    both = kgrad.RunHistory(*merge([first, second]))
    assert list(both.steps) == list(range(1, 131))
    np.testing.assert_array_equal(
        both["gradient_norm"][80:], kgrad.RunHistory(*second)["gradient_norm"]
    )
    assert both.findings == ()


def test_a_later_file_replaces_the_acts_that_it_repeats() -> None:
    kept, lost = (
        ActionRecord("skip", 80, "Skipped."),
        ActionRecord("skip", 81, "Skipped."),
    )
    alone = ActionRecord("restore", 64, "Put back.")
    windows = snapshots(2 * WINDOW)
    windows[1] = replace(windows[1], actions=(kept, lost))
    none = replace(
        windows[0],
        steps=windows[0].steps[:0],
        values=windows[0].values[:0],
        loss=windows[0].loss[:0],
        learning_rate=windows[0].learning_rate[:0],
        skipped=windows[0].skipped[:0],
        actions=(alone,),
    )
    first = Recording([windows[0], none, windows[1]])
    second = Recording(list(snapshots(50, first=81)))
    assert kgrad.RunHistory(*merge([first, second])).actions == (alone, kept)


def test_a_target_that_is_not_trained_at_a_step_is_nan() -> None:
    first, second = snapshots(2 * WINDOW)
    targets = tuple(
        replace(t, name=f"other/{t.name}") if t.layer else t
        for t in second.targets
    )
    history = kgrad.RunHistory([first, replace(second, targets=targets)])
    norms = history["gradient_norm"]
    assert norms.shape == (2 * WINDOW, 2 * len(targets) - 1)
    assert np.isnan(norms[:WINDOW, len(targets) - 1 : -1]).all()
    assert np.isfinite(norms[:, -1]).all()


def test_an_epoch_that_ends_between_two_windows_is_kept() -> None:
    first, second = snapshots(2 * WINDOW)
    epoch = Epoch(0, WINDOW, {"loss": 1.0}, {"loss": 64})
    history = kgrad.RunHistory([replace(first, epochs=(epoch,)), second])
    assert history.epochs == (epoch,)


def test_no_file_is_left_open(tmp_path: Path) -> None:
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    fit(dense(), monitor)
    open_files = {
        link.resolve()
        for link in Path("/proc/self/fd").iterdir()
        if link.exists()
    }
    assert not open_files & set(run_files(tmp_path))


@pytest.mark.parametrize("collects", [True, False])
def test_garbage_is_collected_after_reading_as_it_was_before(
    collects: bool, tmp_path: Path
) -> None:
    write(tmp_path, *snapshots(WINDOW))
    try:
        (gc.enable if collects else gc.disable)()
        kgrad.RunHistory.load(tmp_path)
        assert gc.isenabled() == collects
    finally:
        gc.enable()
