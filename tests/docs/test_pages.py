"""What README and docs/ show runs: code, commands and what they print."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import keras
import pytest

import kgrad.cli
import zoo.cli
from tests.docs.pages import PAGES, README, ROOT, Block, Page, page

START = page("docs/start.md")
PROGRAMS: dict[str, Callable[[list[str]], int]] = {
    "kgrad": kgrad.cli.main,
    "zoo": zoo.cli.main,
}
ELSEWHERE = {
    "pip install": "The environment of the tests.",
    "kgrad view": "It serves until Ctrl-C: tests/tensorboard_tab.",
    "python -m zoo compare": "The demo: minutes of training.",
    "python -m zoo clinic": "Minutes of training: tests/zoo/clinic.",
    "python -m zoo search": "Minutes of training: tests/zoo/search.",
}
"""Commands that are not run here, and why."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("docs"),
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
]


@dataclass
class Reader:
    """Who has followed the first page: a folder with runs, and names."""

    folder: Path
    names: dict[str, object]
    printed: list[str]


def follow(page: Page, names: dict[str, object]) -> Iterator[str]:
    """Runs the code of a page; what each block of it prints."""
    for block in page.blocks:
        if block.language == "python":
            with redirect_stdout(io.StringIO()) as printed:
                exec(block.text, names)
            yield printed.getvalue()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    folder, names = tmp_path_factory.mktemp("reader"), dict[str, object]()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "80")
        # Layers are numbered from the first, as in a process of its own.
        keras.backend.clear_session(free_memory=False)
        return Reader(folder, names, list(follow(START, names)))


def test_the_first_page_prints_what_it_shows(reader: Reader) -> None:
    assert shown_after_code(START) == [without_numbers(reader.printed[0])]


def test_the_readme_begins_as_the_first_page() -> None:
    def begin(page: Page) -> list[Block]:
        both = [b for b in page.blocks if b.language in ("python", "text")]
        return both[:2]

    assert begin(README) == begin(START)
    assert sum(b.language == "python" for b in README.blocks) == 1


LONG = ("docs/treatment.md",)
"""Tests of `kgrad.treat` do the same on less."""


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(p, marks=[pytest.mark.full] if p.name in LONG else [])
        for p in PAGES
        if any(b.language == "python" for b in p.blocks)
        and p not in (README, START)
    ],
    ids=lambda p: p.name,
)
def test_its_code_runs_and_prints_what_it_shows(
    shown: Page, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page goes on from the first."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(reader.folder)
    printed = map(without_numbers, follow(shown, dict(reader.names)))
    assert set(shown_after_code(shown)) <= set(printed)


def shown_after_code(page: Page) -> list[str]:
    """The blocks that follow one of code: what it prints."""
    pairs = zip(page.blocks, page.blocks[1:], strict=False)
    return [
        without_numbers(block.text)
        for before, block in pairs
        if (before.language, block.language) == ("python", "text")
    ]


def without_numbers(text: str) -> str:
    """Numbers are rounded otherwise on another processor."""
    text = re.sub(r"\d[\d,.]*(e[+-]?\d+)?", "#", text)
    text = text.replace("hardly better", "no better")
    return " ".join(re.sub(r"[-+]#", "#", text).split())


@pytest.mark.parametrize(
    "shown", [p for p in PAGES if p.commands], ids=lambda p: p.name
)
def test_its_commands_run(
    shown: Page, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(reader.folder)
    for command in shown.commands:
        if command.startswith(tuple(ELSEWHERE)):
            continue
        program, *rest = shlex.split(command)
        if program == "make":
            check = ["make", "-n", *rest]
            subprocess.run(check, cwd=ROOT, capture_output=True, check=True)
            continue
        if program == "python":
            assert rest.pop(0) == "-m"
            program = rest.pop(0)
        assert PROGRAMS[program](rest) == 0, command
