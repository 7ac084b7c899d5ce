"""What README and docs/ show runs: code, commands and what they print."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import pytest

import kgrad.cli
import zoo.cli
from tests.docs.pages import PAGES, README, ROOT, Page, page

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
}
"""Commands that are not run here, and why."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("docs"),
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
]


@pytest.fixture(scope="module")
def started(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, dict[str, object]]]:
    """A folder in which the first page was followed, and its names."""
    folder = tmp_path_factory.mktemp("reader")
    names: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        # Layers are numbered from the first, as in a process of its own.
        keras.backend.clear_session(free_memory=False)
        for block in START.blocks:
            if block.language == "python":
                exec(block.text, names)
        yield folder, names


@pytest.mark.parametrize(
    "shown",
    [p for p in PAGES if any(b.language == "python" for b in p.blocks)],
    ids=lambda p: p.name,
)
def test_its_code_runs_and_prints_what_it_shows(
    shown: Page,
    started: tuple[Path, dict[str, object]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each page goes on from the first; that and README from nothing."""
    folder, names = started
    monkeypatch.setenv("COLUMNS", "80")
    if shown in (README, START):
        folder, names = tmp_path, {}
        keras.backend.clear_session(free_memory=False)
    monkeypatch.chdir(folder)
    names, printed = dict(names), ""
    for block in shown.blocks:
        if block.language == "python":
            capsys.readouterr()
            exec(block.text, names)
            printed = capsys.readouterr().out
        elif block.language == "text" and printed:
            assert without_numbers(block.text) == without_numbers(printed)


def without_numbers(text: str) -> str:
    """Numbers are rounded otherwise on another processor."""
    text = re.sub(r"\d[\d,.]*(e[+-]?\d+)?", "#", text)
    text = text.replace("hardly better", "no better")
    return " ".join(re.sub(r"[-+]#", "#", text).split())


@pytest.mark.parametrize(
    "shown", [p for p in PAGES if p.commands], ids=lambda p: p.name
)
def test_its_commands_run(
    shown: Page,
    started: tuple[Path, dict[str, object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(started[0])
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
