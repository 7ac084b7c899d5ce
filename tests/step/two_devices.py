"""Trainings on two replicas, for tests: in processes that have two devices."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np


def results(
    module: str, folder: Path, *together: Sequence[str]
) -> Callable[[str], dict[str, np.ndarray]]:
    """What a module leaves of each of its cases, trained when first asked for.

    Args:
        module: It is called with the folder and names of cases, and writes
            `FOLDER/CASE.npz`.
        folder: An empty folder.
        *together: Names of cases that are trained in one process.

    Returns:
        From the name of a case to its arrays.
    """

    def found(case: str) -> dict[str, np.ndarray]:
        file = folder / f"{case}.npz"
        if not file.exists():
            (names,) = (group for group in together if case in group)
            warnings = ("-W", "error::RuntimeWarning")
            command = [*warnings, "-m", module, str(folder), *names]
            ended = subprocess.run(
                [sys.executable, *command],
                env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=600,
            )
            assert ended.returncode == 0, ended.stdout
        with np.load(file) as content:
            return dict(content)

    return found
