"""Passes snapshots on: first to the signs, then to disk and reporters."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kgrad._warnings import warn
from kgrad.diagnosis import Diagnoses, diagnoses
from kgrad.records import Finding, Layer, Snapshot, Target
from kgrad.reporters.base import Reporter
from kgrad.session.running import Running
from kgrad.signs import Sign, as_of_now, observe, ranked
from kgrad.storage.history import RunHistory
from kgrad.storage.places import place_of
from kgrad.storage.recorder import Recorder


class Pipeline:
    """Runs the stages after the step; one that fails is dropped.

    Args:
        log_dir: The run folder.
        signs: What to look for.
        reporters: Who is told.

    Attributes:
        writes: Whether the history is kept and reporters are told: in one
            of several processes that train together.
        running: Whether the training is under way.
        counted: Names of layers that Keras numbers: see `place_of`.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        signs: Sequence[Sign],
        reporters: Sequence[Reporter],
    ) -> None:
        self._signs = list(signs)
        self._reporters = list(reporters)
        self._log_dir = os.fspath(log_dir)
        self._recorder = Recorder(log_dir, _recorder_failed, _separated)
        self._begun = False
        self.writes = True
        self.running = Running()
        self.counted: frozenset[str] = frozenset()
        self._found: dict[Sign, tuple[Finding, ...]] = {}
        self._state = observe(self._signs)

    @property
    def findings(self) -> list[Finding]:
        """What all signs have found so far, the gravest first."""
        found = (f for findings in self._found.values() for f in findings)
        return ranked(found, hparams=self._state.progress.setup.hparams)

    @property
    def diagnoses(self) -> Diagnoses:
        """The findings, those that belong together as one, gravest first."""
        return diagnoses(self.findings, self._state.layer_order)

    @property
    def history(self) -> RunHistory:
        """Every step so far."""
        return self._recorder.history(self.findings)

    def fit_begins(self, verbose: int) -> None:
        """Tells the reporters how much `fit` prints."""
        if not self.writes:
            return
        for reporter in list(self._reporters):
            try:
                reporter.fit_begins(verbose)
            except Exception as error:
                self._drop(reporter, error)

    def push(self, snapshot: Snapshot) -> None:
        """Takes the next snapshot through every stage."""
        try:
            self._look(snapshot)
        finally:
            # Also when Ctrl-C interrupts a sign: what was measured is kept.
            findings = self.findings
            if self.writes:
                self._begin(snapshot.targets, snapshot.setup.layers)
                self._recorder.write(snapshot, findings)
        if not self.writes:
            return
        for reporter in list(self._reporters):
            try:
                reporter.write(snapshot, findings)
            except Exception as error:
                self._drop(reporter, error)

    def close(self) -> None:
        """Tells the reporters that training ended, and frees the folder."""
        if not self.writes:
            return
        findings = self.findings
        self._begin(())
        self._recorder.close()
        for reporter in list(self._reporters):
            try:
                reporter.close(findings)
            except Exception as error:
                self._drop(reporter, error)

    def _begin(
        self, targets: Sequence[Target], layers: Sequence[Layer] = ()
    ) -> None:
        """Decides, once, where the run goes, and tells the reporters."""
        if self._begun:
            return
        self._begun = True
        place = Path(self._log_dir)
        with suppress(OSError):  # The recorder tells what is wrong with it.
            place = place_of(self._log_dir, targets, layers, self.counted)
        if place != Path(self._log_dir):
            warn(
                f"{self._log_dir} holds the run of another model, so this one "
                f"goes to {place}"
            )
        own = self.running.takes(place)
        if own != place:
            _separated("another monitor of this process", own)
        if own != Path(self._log_dir):
            self._recorder = Recorder(own, _recorder_failed, _separated)
        for reporter in list(self._reporters):
            try:
                reporter.begin(os.fspath(own))
            except Exception as error:
                self._drop(reporter, error)

    def _look(self, snapshot: Snapshot) -> None:
        """Shows the steps to every sign."""
        self._state.update(snapshot)
        for sign in list(self._signs):
            try:
                sign.update(snapshot)
                self._found[sign] = as_of_now(sign)
            except Exception as error:
                # What it had found stays found.
                self._signs.remove(sign)
                warn(f"The sign `{sign.name}` failed and is left out", error)

    def _drop(self, reporter: Reporter, error: Exception) -> None:
        self._reporters.remove(reporter)
        name = type(reporter).__name__
        warn(f"The reporter `{name}` failed and is closed", error)


def _recorder_failed(error: Exception) -> None:
    warn("The history cannot be written to disk and is kept in memory", error)


def _separated(other: str, folder: Path) -> None:
    warn(
        f"Another training ({other}) writes to the run folder, so this one is "
        f"recorded in {folder}"
    )
