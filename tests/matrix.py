"""Runs a part of the tests on other versions of Python, TensorFlow and Keras.

    python -m tests.matrix            what is installed here of `VERSIONS`
    python -m tests.matrix 3.11       only these versions of Python

Each gets an environment of its own below `build/matrix`, which is kept for the
next time. What was run, and what was not for want of a Python, is a table at
the end.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "build" / "matrix"

TESTS = (
    "tests/records",
    "tests/signs/test_signs.py",
    "tests/step/statistics",
    "tests/step/test_window.py",
    "tests/session",
    "tests/storage",
    "tests/reporters",
    "tests/test_arguments.py",
    "tests/test_probe.py",
)
"""Much of what depends on how Keras and TensorFlow work inside."""


class Versions(NamedTuple):
    """One environment; `""` is the newest that pip finds."""

    python: str
    tensorflow: str = ""
    keras: str = ""

    @property
    def name(self) -> str:
        return "-".join(part or "newest" for part in self)


VERSIONS = (
    Versions("3.11", "2.16.2", "3.8.0"),
    Versions("3.12", "2.18.1", "3.10.0"),
    Versions("3.13"),
)
"""The oldest of all, one from between, and the newest on the newest Python.

The pinned ones on the Python at hand are what all other tests run on.
"""


def interpreter(version: str) -> Path | None:
    """The program, if it is there and runs: a shim may have nothing behind."""
    found = shutil.which(f"python{version}")
    of_pyenv = Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
    for program in ([Path(found)] if found else []) + sorted(of_pyenv):
        done = subprocess.run([program, "-V"], capture_output=True, check=False)
        if done.returncode == 0:
            return program
    return None


def environment(versions: Versions, program: Path) -> Path:
    """Makes the environment, unless it is there."""
    folder = PLACE / versions.name
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([program, "-m", "venv", folder], check=True)
        wanted = [
            f"{name}=={version}" if version else name
            for name, version in zip(
                ("tensorflow", "keras"), versions[1:], strict=True
            )
        ]
        wanted += ["pytest>=8,<9.2", "hypothesis", "-e", f"{ROOT}[pandas,zoo]"]
        subprocess.run(
            [python, "-m", "pip", "install", "-q", *wanted], check=True
        )
        (folder / "installed").touch()
    return python


def tried(versions: Versions) -> str:
    """Runs the tests; returns in a few words what came of it."""
    program = interpreter(versions.python)
    if program is None:
        return f"not run: no python{versions.python} here"
    try:
        python = environment(versions, program)
    except subprocess.CalledProcessError:
        return "not run: cannot be installed"
    found = subprocess.run(
        [
            python,
            "-c",
            "import keras, tensorflow as tf;"
            "print('TensorFlow', tf.__version__, 'Keras', keras.__version__)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    done = subprocess.run(
        [
            python,
            *("-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-m", "not slow and not full", *TESTS),
        ],
        cwd=ROOT,
        check=False,
    )
    outcome = "passed" if done.returncode == 0 else "FAILED"
    return f"{outcome} with {found.stdout.splitlines()[-1]}"


def main() -> int:
    """Runs all that can be; 1 if a test failed."""
    wanted = sys.argv[1:]
    outcomes = {
        versions: tried(versions)
        for versions in VERSIONS
        if not wanted or versions.python in wanted
    }
    for versions, outcome in outcomes.items():
        print(f"Python {versions.python}: {outcome}")
    return int(any("FAILED" in outcome for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
