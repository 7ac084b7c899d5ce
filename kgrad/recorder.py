"""Keeps the history: on disk if it can, in memory if it must."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from kgrad.codec import Encoder
from kgrad.history import History, load_file, merge
from kgrad.records import Finding, Snapshot
from kgrad.run_file import Record, RunFileWriter


class Recorder:
    """Writes a run file as training goes on.

    What was written is not held in memory, so that a long run stays small.
    What cannot be written is held, so that nothing is lost.

    Args:
        folder: The run folder.
        failed: Called with the exception, once, when writing fails.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        failed: Callable[[Exception], None],
    ) -> None:
        self._folder = folder
        self._failed = failed
        self._encoder = Encoder()
        self._writer: RunFileWriter | None = None
        self._path: Path | None = None
        self._broken = False
        self._kept: list[Snapshot] = []

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Takes the steps of one window and the findings so far."""
        if not self._broken:
            try:
                if self._writer is None:
                    self._writer = RunFileWriter(self._folder)
                    self._path = self._writer.path
                self._append(self._encoder.snapshot(snapshot))
                self._append(self._encoder.findings(findings))
                return
            except OSError as error:
                self._broken = True
                self._failed(error)
        self._kept.append(snapshot)

    def history(self, findings: Iterable[Finding]) -> History:
        """All that was written and kept, with these findings."""
        on_disk = History()
        if self._path is not None:
            try:
                on_disk = load_file(self._path)
            except OSError as error:
                on_disk = History(damage=[str(error)])
        whole = merge([on_disk, History(self._kept)])
        return History(whole.snapshots, findings, whole.damage)

    def _append(self, records: Iterable[Record]) -> None:
        assert self._writer is not None
        for content, arrays in records:
            self._writer.append(content, arrays)
