"""One process at a time writes to a run folder; a second gets its own.

Two trainings that write to one folder would be read as one run: the later
would hide the earlier. So the first writer holds a lock on a file in the
folder, `gradients.lock`. The operating system releases it when the process
ends, however it ends: no lock is ever stale, and none has to be removed by
hand. It is a POSIX record lock, which also holds between the hosts of a
network file system, and which a process's children (those that load data) do
not inherit; `filelock` takes `flock`, which they do.

Within a process no lock is needed: there, several monitors may write to the
same folder, one after the other, and the later file counts.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import time
import weakref
from dataclasses import dataclass
from pathlib import Path

NAME = "gradients.lock"
_MOST = 1000
_UNKNOWN = frozenset(
    (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
)
"""Errors of a file system without locks: then none is taken."""


@dataclass
class _Held:
    """A folder that this process writes to."""

    folder: Path
    lock: int | None
    process: int
    users: int = 0


_held: dict[str, _Held] = {}
_guard = threading.Lock()


class FolderLock:
    """The right to write to a run folder, or to one below it.

    If another process writes to the folder, the right is to `writer-2` in it,
    or to the first higher number that is free. The same process gets the same
    folder again until all its locks on it are released.

    Args:
        folder: The run folder; created if it does not exist.

    Attributes:
        folder: Where to write.
        other: Who writes to the requested folder, as a clause; `""` if
            nobody else does.

    Raises:
        OSError: If the folder cannot be created or written to.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._key = os.path.abspath(folder)
        self.other = ""
        with _guard:
            held = _held.get(self._key)
            if held is None or not _is_good(held):
                held, self.other = _take(Path(folder))
                _held[self._key] = held
            held.users += 1
        self.folder = held.folder
        self._release = weakref.finalize(self, _release, self._key, held)

    @property
    def is_good(self) -> bool:
        """Whether it still holds: the folder was not removed since."""
        with _guard:
            held = _held.get(self._key)
            return (
                self._release.alive
                and held is not None
                and held.folder == self.folder
                and _is_good(held)
            )

    def release(self) -> None:
        """Lets others write to the folder."""
        self._release()


def _is_good(held: _Held) -> bool:
    """Whether a lock is this process's, and that of the folder."""
    if held.process != os.getpid():
        return False
    return held.lock is None or _is_at(held.lock, held.folder / NAME)


def _is_at(lock: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), os.stat(path))
    except OSError:
        return False


def _take(folder: Path) -> tuple[_Held, str]:
    other = ""
    for number in range(1, _MOST):
        place = folder / f"writer-{number}" if number > 1 else folder
        place.mkdir(parents=True, exist_ok=True)
        try:
            return _Held(place, _locked(place / NAME), os.getpid()), other
        except BlockingIOError:
            other = other or _holder(place / NAME)
    raise BlockingIOError(errno.EAGAIN, "All folders are in use", str(folder))


def _release(key: str, held: _Held) -> None:
    with _guard:
        held.users -= 1
        if held.users:
            return
        if _held.get(key) is held:
            del _held[key]
        if held.lock is None:
            return
        if held.process == os.getpid() and _is_at(
            held.lock, held.folder / NAME
        ):
            # While it is locked: whoever opened it since checks again.
            _remove(held.folder / NAME)
        os.close(held.lock)


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError:
        return


def _holder(path: Path) -> str:
    """What the holder of the lock wrote into it."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")[:200]
    except OSError:
        text = ""
    return text.strip() or "another process"


if sys.platform == "win32":

    def _locked(path: Path) -> int | None:
        """Windows has no such lock: the later file counts."""
        return None

else:
    import fcntl

    def _locked(path: Path) -> int | None:
        """A descriptor that holds the lock; None without locks.

        Raises:
            BlockingIOError: If another process holds it.
            OSError: If the file cannot be created.
        """
        while True:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            lock = os.open(path, flags, 0o644)
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(lock)
                if error.errno in _UNKNOWN:
                    return None
                if error.errno in (errno.EACCES, errno.EAGAIN):
                    raise BlockingIOError(*error.args) from error
                raise
            if _is_at(lock, path):
                _sign(lock)
                return lock
            os.close(lock)

    def _sign(lock: int) -> None:
        """Says who holds it, for people; left out on a full disk."""
        now = time.strftime("%Y-%m-%d %H:%M:%S")
        who = f"process {os.getpid()} on {socket.gethostname()}, since {now}\n"
        try:
            os.ftruncate(lock, 0)
            os.write(lock, who.encode())
        except OSError:
            return
