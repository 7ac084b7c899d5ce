"""One run file, read as far as it can be, and in words what it lacks."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kgrad.codec import Decoder
from kgrad.records import Finding, Snapshot
from kgrad.run_reader import Damage, RunFileReader


@contextmanager
def _without_collection() -> Iterator[None]:
    """No search for garbage: there is none, and it is a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass
class _Gap:
    """Damage, and the steps before and after it that could be read."""

    damage: Damage
    before: int
    after: int | None = None


class FileReading:
    """A run file that may still be written, may be damaged, may be anything.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader = RunFileReader(path)
        self._decoder = Decoder()
        self._seen = 0
        self._gaps: list[_Gap] = []

    @property
    def offset(self) -> int:
        """Number of bytes that were read so far."""
        return self._reader.offset

    @property
    def snapshots(self) -> list[Snapshot]:
        """The windows that were read."""
        return self._decoder.snapshots

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, each in its latest state."""
        return self._decoder.findings

    def is_replaced(self) -> bool:
        """Whether another file now lies in its place.

        Raises:
            OSError: If the file cannot be read.
        """
        return self._reader.is_replaced()

    @_without_collection()
    def read(self) -> None:
        """Takes the records that have come since the last call.

        Raises:
            OSError: If the file cannot be read.
        """
        for content, arrays in self._reader.read():
            self._note_damage()
            windows = len(self.snapshots)
            try:
                self._decoder.add(content, arrays)
            except ValueError as error:
                began = self._reader.began
                length = self._reader.offset - began
                reason = f"not a record of kgrad: {error}"
                self._gap(Damage(began, length, reason))
            for snapshot in self.snapshots[windows:]:
                self._goes_on(snapshot)
        self._note_damage()

    def damage(self, *, ended: bool) -> list[str]:
        """What could not be read, a sentence each.

        Args:
            ended: Whether nobody writes to the file any more, as far as one
                can tell: then a last record that is not whole is damage.
        """
        if self._reader.foreign:
            return [f"{self._path} is not a kgrad run file"]
        told = [self._sentence(gap) for gap in self._gaps[:_TOLD]]
        more = self._gaps[_TOLD:]
        if more:
            told.append(
                f"{self._path}: {len(more)} more places cannot be read, from "
                f"byte {more[0].damage.offset} to {more[-1].damage.offset}"
            )
        if ended and self._reader.incomplete:
            told.append(
                f"{self._path}: the last record ends after "
                f"{self._reader.incomplete} bytes; its writer was killed, or "
                f"the file was cut; what came after step "
                f"{self._decoder.last_step} is missing"
            )
        if ended and not self._reader.offset and not told:
            told.append(f"{self._path} is empty; its writer was killed")
        return told

    def _note_damage(self) -> None:
        for damage in self._reader.damages[self._seen :]:
            self._gap(damage)
        self._seen = len(self._reader.damages)

    def _gap(self, damage: Damage) -> None:
        self._gaps.append(_Gap(damage, self._decoder.last_step))

    def _goes_on(self, snapshot: Snapshot) -> None:
        """The steps after all gaps that wait for some."""
        if not len(snapshot.steps):
            return
        for gap in reversed(self._gaps):
            if gap.after is not None:
                break
            gap.after = int(snapshot.steps[0])

    def _sentence(self, gap: _Gap) -> str:
        damage = gap.damage
        first = gap.before + 1
        if gap.after is None:
            missing = f"what came after step {gap.before} is missing"
        elif gap.after > first + 1:
            missing = f"steps {first} to {gap.after - 1} are missing"
        elif gap.after > first:
            missing = f"step {first} is missing"
        else:
            missing = "no step is missing"
        return (
            f"{self._path}: {damage.length} bytes from byte {damage.offset} on "
            f"cannot be read ({damage.reason}): {missing}"
        )


_TOLD = 8
"""Places that are told of one by one."""
