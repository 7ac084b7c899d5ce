"""Where a fault happens: a run folder, random moments, processes."""

from __future__ import annotations

import atexit
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from kgrad.storage.history import RunHistory
from kgrad.storage.run_file import run_files
from tests.faults.training import STEPS, WINDOW, counted, fit

SLOWEST = 900.0
"""Seconds after which a process that trains is taken for stuck."""


@dataclass
class Outcome:
    """What is left of a run.

    Args:
        made: Steps that were made.
        lost: Of them, those that cannot be read, and should.
        wrong: What is not as promised, a clause each.
        said: What the history says of its damage.
    """

    made: int
    lost: int
    wrong: list[str] = field(default_factory=list)
    said: tuple[str, ...] = ()


class Scene:
    """One repetition of a fault.

    Args:
        place: An empty folder.
        seed: Of the random moments.
        reference: Folder of a run that nothing happened to.
    """

    def __init__(self, place: Path, seed: int, reference: Path) -> None:
        self.place = place
        self.random = random.Random(seed)
        self.reference = reference

    @property
    def folder(self) -> Path:
        """The run folder."""
        return self.place / "run"

    @cached_property
    def step(self) -> int:
        """When it happens: any step but the very last."""
        return self.random.randrange(1, STEPS)

    def start(self, train: Callable[[], object]) -> int:
        """Trains in a new process, which ends as a script would.

        Returns:
            Its process id.
        """
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.alarm(int(SLOWEST))
            _silence(self.place / "output")
            train()
            code = 0
        except SystemExit:
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            # What the interpreter does at its end.
            atexit._run_exitfuncs()
            sys.stderr.flush()
            os._exit(code)

    def wait(self, child: int) -> int:
        """The exit status of a process, negative if a signal ended it."""
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def train(self, train: Callable[[], object] | None = None) -> int:
        """Trains in a process, to its end; plainly, if not told otherwise."""
        return self.wait(self.start(train or (lambda: fit(self.folder))))

    def wait_for_step(self, step: int) -> None:
        """Until so many steps were made, or it is clear that they are not."""
        end = time.monotonic() + SLOWEST
        while self.made < step and time.monotonic() < end:
            time.sleep(0.002)

    @property
    def made(self) -> int:
        """Steps that were counted."""
        return counted(self.folder.with_suffix(".count"))

    @property
    def output(self) -> str:
        """What the processes printed."""
        path = self.place / "output"
        return path.read_text(errors="replace") if path.exists() else ""

    def judge(
        self,
        *,
        made: int | None = None,
        first: int = 1,
        missing: int = WINDOW,
        folder: Path | None = None,
        damage: bool | None = False,
    ) -> Outcome:
        """Holds what can be read against what was made.

        Args:
            made: Steps that were made, if not as counted.
            first: The first step that was promised to be there.
            missing: Steps that may be missing at most.
            folder: Of the run, if another one.
            damage: Whether the history has to speak of damage; None if a
                record may have been cut, or not.
        """
        made = self.made if made is None else made
        history = _loaded(folder or self.folder)
        steps = history.steps[history.steps >= first]
        lost = made - first + 1 - int((steps <= made).sum())
        outcome = Outcome(made, lost, said=history.damage)
        say = outcome.wrong.append
        if lost > missing:
            say(f"{lost} steps are lost")
        if (np.diff(history.steps) <= 0).any():
            say("steps are there twice")
        if len(steps) and steps[-1] > max(made + 1, first):
            say(f"step {steps[-1]} was never made")
        if not damage and (np.diff(steps, prepend=first - 1) > 1).any():
            say("there is a gap")
        if damage is not None and bool(history.damage) != damage:
            say(f"of damage it says {list(history.damage)}")
        if not self.is_as_always(history):
            say("numbers differ from an undisturbed run's")
        return outcome

    def is_as_always(self, history: RunHistory) -> bool:
        """Whether every number is that of the undisturbed run."""
        whole = RunHistory.load(self.reference)
        rows = history.steps - 1
        if not len(rows):
            return True
        return all(
            np.array_equal(history[name], whole[name][rows])
            for name in ("gradient_norm", "weight_norm", "update_norm")
        )


def _loaded(folder: Path) -> RunHistory:
    """What is there: nothing, if it ended before the first window."""
    return RunHistory.load(folder) if run_files(folder) else RunHistory()


def _silence(path: Path) -> None:
    """What is printed goes to a file."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    for stream in (1, 2):
        os.dup2(file, stream)
