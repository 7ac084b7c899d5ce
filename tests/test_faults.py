"""What fails around training is one warning; training and history continue."""

from __future__ import annotations

import errno
import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import kgrad
from kgrad.records import Finding, Snapshot
from kgrad.reporters import Reporter
from kgrad.signs import Sign
from kgrad.storage import run_file
from tests.small import STEPS, dense, fit


class BrokenSign(Sign):
    name: ClassVar[str] = "broken"
    description: ClassVar[str] = "fails at its second window"

    def __init__(self) -> None:
        self.windows = 0

    def update(self, snapshot: Snapshot) -> None:
        self.windows += 1
        if self.windows == 2:
            raise ZeroDivisionError("on purpose")

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (Finding("broken", "global", 1, 1, 0.0, 0.0, "seen"),)


class BrokenDiagnosis(BrokenSign):
    def update(self, snapshot: Snapshot) -> None:
        pass

    @property
    def findings(self) -> tuple[Finding, ...]:
        raise ZeroDivisionError("on purpose")


class BrokenReporter(Reporter):
    def __init__(self, method: str) -> None:
        self.calls = 0
        setattr(self, method, self.fail)

    def fail(self, *arguments: Any) -> None:
        self.calls += 1
        raise ZeroDivisionError("on purpose")


def broken(flow: Any) -> Any:
    raise ZeroDivisionError("on purpose")


@contextmanager
def one_warning(match: str) -> Iterator[None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    messages = [str(w.message) for w in caught if "kgrad" in str(w.message)]
    assert len(messages) == 1, messages
    assert match in messages[0]


def train(folder: Path, **arguments: Any) -> kgrad.GradientMonitor:
    """Two epochs, a window each step; the weights must be those of always."""
    arguments = {
        "signs": [],
        "statistics": ["all"],
        "reporters": [],
        "window": 1,
    } | arguments
    monitor = kgrad.GradientMonitor(folder, **arguments)
    model = dense()
    fit(model, monitor, epochs=2)
    plain = dense()
    fit(plain, epochs=2)
    np.testing.assert_array_equal(
        model.get_weights()[0], plain.get_weights()[0]
    )
    return monitor


def test_a_sign_that_fails_is_left_out_and_its_findings_are_kept(
    tmp_path: Path,
) -> None:
    with one_warning("The sign `broken` failed"):
        monitor = train(tmp_path, signs=[BrokenSign()])
    assert len(monitor.history.steps) == 2 * STEPS
    assert [finding.sign for finding in monitor.findings] == ["broken"]


def test_a_sign_whose_findings_fail_loses_no_step(tmp_path: Path) -> None:
    with one_warning("The sign `broken` failed"):
        train(tmp_path, signs=[BrokenDiagnosis()])
    assert len(kgrad.RunHistory.load(tmp_path).steps) == 2 * STEPS


@pytest.mark.parametrize("method", ["write", "close"])
def test_a_reporter_that_fails_is_closed(method: str, tmp_path: Path) -> None:
    reporter = BrokenReporter(method)
    with one_warning("The reporter `BrokenReporter` failed"):
        monitor = train(tmp_path, reporters=[reporter])
    assert reporter.calls == 1
    assert len(kgrad.RunHistory.load(tmp_path).steps) == 2 * STEPS
    assert len(monitor.history.steps) == 2 * STEPS


def test_a_statistic_that_fails_ends_measuring_not_training(
    tmp_path: Path,
) -> None:
    measure = kgrad.Measure("broken_sum", "", "Fails.", "sum")
    with one_warning("The gradients cannot be measured"):
        monitor = train(tmp_path, statistics=[kgrad.Statistic(measure, broken)])
    assert len(monitor.history.steps) == 0
    assert len(monitor.history.epochs) == 2


def test_where_warnings_are_errors_a_failure_does_not_end_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(tmp_path, reporters=[BrokenReporter("write")])
    assert "BrokenReporter" in caplog.text
    caplog.clear()


def full_after(writes: int) -> Callable[..., Any]:
    """Opens run files on a disk that gets full in the middle of a write."""
    count = 0

    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            nonlocal count
            count += 1
            if count > writes:
                super().write(data[:10])
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    return lambda path, mode, buffering=-1: Full(path, mode)


@pytest.mark.parametrize("writes", [0, 5])
def test_on_a_full_disk_the_history_is_kept_in_memory(
    writes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_file, "open", full_after(writes), raising=False)
    with one_warning("No space left on device"):
        monitor = train(tmp_path)
    history = monitor.history
    assert list(history.steps) == list(range(1, 2 * STEPS + 1))
    assert len(history.epochs) == 2
    assert np.isfinite(history["gradient_norm"]).all()


def test_a_folder_that_cannot_be_made_is_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with one_warning("The history cannot be written to disk"):
        monitor = train(tmp_path / "file" / "run")
    assert list(monitor.history.steps) == list(range(1, 2 * STEPS + 1))


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="needs a device that is full"
)
def test_a_device_that_is_really_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = run_file.RunFileWriter(tmp_path)
    writer.path = Path("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        writer.append_all([({"kind": "setup"}, (np.zeros(100_000),))])
