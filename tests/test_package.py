"""Wheel and source distribution: what is in them, and that they work alone."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import kgrad

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def run(*command: str | Path, **arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        check=False,
        **arguments,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both."""
    for package in ("build", "twine"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--outdir", folder, ROOT)
    return folder


@pytest.mark.full
def test_an_index_takes_both_and_shows_the_text(built: Path) -> None:
    files = sorted(built.iterdir())
    names = [file.name for file in files]
    version = kgrad.__version__
    assert names == [
        f"kgrad-{version}-py3-none-any.whl",
        f"kgrad-{version}.tar.gz",
    ]
    told = run("-m", "twine", "check", "--strict", *files)
    assert told.count("PASSED") == 2


@pytest.mark.full
def test_a_wheel_has_types_and_data_and_no_tests(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    parts = ("kgrad/", "zoo/", f"kgrad-{kgrad.__version__}.dist-info/")
    assert all(name.startswith(parts) for name in names)
    for name in ("kgrad/py.typed", "zoo/py.typed", "kgrad/__main__.py"):
        assert name in names
    # Every file of the packages that git has is in it.
    here = {
        str(path.relative_to(ROOT))
        for package in ("kgrad", "zoo")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here <= set(names)


@pytest.mark.full
def test_the_tests_of_a_source_distribution_run_from_it(
    built: Path, tmp_path: Path
) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    for name in ("README.md", "LICENSE", "CHANGELOG.md", "Makefile"):
        assert (source / name).exists(), name
    chosen = ("tests/records", "tests/test_contributing.py", "tests/report")
    told = run(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *("-m", "not slow and not full", *chosen),
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    assert re.search(r"\d\d+ passed", told)
    collected = run(
        *("-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"),
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    assert re.search(r"\d{4,} tests collected", collected)


def test_its_text_on_an_index_leads_nowhere_that_is_not_there() -> None:
    text = PROJECT["readme"]["text"]
    assert not re.search(r"\]\((?!https?://)", text)
    for extra in re.findall(r"`kgrad\[(\w+)\]`", text):
        assert extra in PROJECT["optional-dependencies"]


def test_the_changelog_has_an_entry_for_its_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {kgrad.__version__}\n" in changelog
