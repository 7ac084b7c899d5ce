"""What the monitor said of bad entries, and whether it is right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zoo import schema
from zoo.clinic.bad_batches import BadEntry, BadRun

FILE = "located.json"

_LETTERS = {"input": "x", "target": "y", "sample_weight": "sample_weight"}
_WORDS = {"nan": "NaN", "infinite": "infinity", "label": "outputs"}
_REMEDIES = {
    "nan": {"clean data"},
    "infinite": {"clean data"},
    "label": {
        "clean labels",
        "labels from 0 on",
        "ignored label",
        "output that fits the targets",
    },
}
"""What may be suggested: whatever else it is, no clipping."""


@dataclass(frozen=True, kw_only=True)
class Located:
    """What is known of one bad entry.

    Args:
        entry: Where it is.
        found: Where the monitor says that it is, None if nowhere.
        sentence: The first diagnosis of the report, `""` if there is none.
        remedies: Names of what it suggests, in order.
        left_out: Whether loss scaling left the step out though its loss was
            finite: nothing was lost, and nothing has to be told.
    """

    entry: BadEntry
    found: BadEntry | None
    sentence: str
    remedies: tuple[str, ...]
    left_out: bool

    @property
    def is_exact(self) -> bool:
        """Whether step, tensor, sample and feature are exact, and the kind."""
        found, entry = self.found, self.entry
        return found is not None and (
            (found.stage, found.name, found.index, found.step, found.kind)
            == (entry.stage, entry.name, entry.index, entry.step, entry.kind)
        )

    @property
    def is_told(self) -> bool:
        """Whether the first diagnosis says it, and suggests data be mended."""
        entry, letter = self.entry, _LETTERS[self.entry.stage]
        tensor = f'{letter}["{entry.name}"]' if entry.name else letter
        said = [
            f"`{tensor}`",
            f"step {entry.step},",
            f"in sample {entry.index[0]} of the batch",
            _WORDS[entry.kind],
        ]
        has_feature = len(entry.index) > 1 and entry.stage != "sample_weight"
        if has_feature and entry.kind != "label":
            said.append(f"feature {entry.index[-1]}")
        return all(part in self.sentence for part in said) and (
            bool(self.remedies) and set(self.remedies) <= _REMEDIES[entry.kind]
        )


@dataclass(frozen=True, kw_only=True)
class LocatedRun:
    """A run, and what is known of each of its bad entries."""

    run: BadRun
    located: tuple[Located, ...]

    @classmethod
    def read(cls, folder: Path) -> LocatedRun:
        """Reads what `locate` wrote.

        Raises:
            FileNotFoundError: If the run was not trained to its end.
            ValueError: If this version cannot read it.
        """
        return schema.read(cls, (folder / FILE).read_text(encoding="utf-8"))
