"""CONTRIBUTING.md names what is there, and every room of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLACES = (ROOT, ROOT / "kgrad", ROOT / "zoo")


def paths() -> list[str]:
    names = re.findall(r"`([\w.-]*[/\w.-]+)`", TEXT)
    ends = (".md", ".py", ".toml", ".txt")
    return [name for name in names if "/" in name or name.endswith(ends)]


def walks() -> list[list[str]]:
    parts = TEXT.split("## Two walks")[1].split("## ")[0].split("From ")[1:]
    return [re.findall(r"^\d+\. `(.+?)`", part, re.MULTILINE) for part in parts]


def test_every_path_it_names_exists() -> None:
    assert len(paths()) >= 50
    for path in paths():
        assert any((place / path).exists() for place in PLACES), path


def test_its_table_has_every_room_of_kgrad() -> None:
    table = re.findall(r"^\| `(\S+)/` \|", TEXT, re.MULTILINE)
    folders = {path.parent for path in (ROOT / "kgrad").rglob("*.py")}
    rooms = {str(f.relative_to(ROOT / "kgrad")) for f in folders} - {"."}
    # What one reporter is made of.
    assert set(table) == rooms - {"reporters/tensorboard"}
    assert len(table) == len(set(table))


@pytest.mark.parametrize("walk", walks(), ids=["to the console", "to a figure"])
def test_no_file_is_passed_twice(walk: list[str]) -> None:
    assert len(walk) >= 10
    assert len(set(walk)) == len(walk)


def test_every_room_says_what_passes_through_it() -> None:
    for package in ("kgrad", "zoo"):
        for file in (ROOT / package).rglob("__init__.py"):
            first = file.read_text(encoding="utf-8").splitlines()[0]
            assert re.fullmatch(r'"""[A-Z].*[.:](""")?', first), file
