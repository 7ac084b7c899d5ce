"""The runs below a log directory, and nothing outside of it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from kgrad.storage.run_file import file_number, is_run_file


class RunFolders:
    """Finds the run folders below a directory.

    A run is asked for by name, and only names that were found are known: so
    no name leads out of the directory. Symbolic links are not followed,
    neither to folders nor to files.

    Args:
        root: The log directory; it need not exist yet. None holds no run.
        keep: Seconds for which what was found is not looked for again.
    """

    def __init__(
        self, root: str | os.PathLike[str] | None, keep: float = 1.0
    ) -> None:
        self.root = None if root is None else Path(root)
        self._keep = keep
        self._lock = threading.Lock()
        self._found: dict[str, tuple[Path, ...]] = {}
        self._looked = -keep

    def files(self) -> Mapping[str, tuple[Path, ...]]:
        """The files of each run, in their order, by the name of the run.

        The name is the path from the log directory, with `/`; that of the
        log directory itself is `"."`, as elsewhere in TensorBoard.
        """
        with self._lock:
            recent = time.monotonic() - self._looked < self._keep
            if self.root is not None and not recent:
                self._found = _find(self.root)
                self._looked = time.monotonic()
            return self._found


def _find(root: Path) -> dict[str, tuple[Path, ...]]:
    found = {}
    for folder, _, names in os.walk(root):
        paths = tuple(
            path
            for path in sorted(
                (Path(folder, name) for name in filter(is_run_file, names)),
                key=file_number,
            )
            if path.is_file() and not path.is_symlink()
        )
        if paths:
            found[_name(Path(folder).relative_to(root))] = paths
    return dict(sorted(found.items()))


def _name(path: Path) -> str:
    """As text that can be sent, whatever bytes the folder is called."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")
