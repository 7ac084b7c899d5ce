"""The README says what is true: its code runs, its tables are the code's."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import keras
import pytest

import kgrad
import kgrad.cli
import zoo.cli
from kgrad import signs
from kgrad.records import Finding
from kgrad.signs.checks import CHECKS
from tests.signs.cases import CASES
from tests.signs.checks.cases import MUST

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its head."""
    below = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("|")]
    return [[c.strip() for c in line.split("|")[1:-1]] for line in lines[2:]]


def commands() -> list[str]:
    lines = [line for block in blocks("console") for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept")
def test_its_code_and_then_its_commands_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # Layers are numbered from the first, as in a process of its own.
    keras.backend.clear_session(free_memory=False)
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(block, names)
    seen = {finding.sign for finding in names["monitor"].findings}  # type: ignore[attr-defined]
    assert seen <= {kind.name for kind in signs.SIGNS}
    run = [c for c in commands() if c.startswith(("kgrad ", "python -m zoo "))]
    assert len(run) >= 4
    for command in run:
        if "compare temporal_order" in command:
            continue  # That is the demo: minutes of training.
        if "clinic" in command:
            continue  # It trains for a minute: see `clinic/test_clinic.py`.
        if command.startswith("kgrad view"):
            continue  # It serves until Ctrl-C: see `test_view.py`.
        program, *rest = shlex.split(command)
        if program == "python":
            _, _, *rest = rest  # Of `python -m zoo ...`.
        main = {"kgrad": kgrad.cli.main, "python": zoo.cli.main}[program]
        assert main(rest) == 0, command


def test_its_make_targets_exist() -> None:
    for target in re.findall(r"\bmake (\w+)", "\n".join(commands())):
        done = subprocess.run(
            ["make", "-n", target], cwd=ROOT, capture_output=True, check=False
        )
        assert done.returncode == 0, target


def test_its_table_of_signs_is_that_of_the_code() -> None:
    rows = table("The signs, and what is done about them")
    named = {row[0].strip("`"): set(row[2].split(", ")) for row in rows}
    assert set(named) == {kind.name for kind in signs.SIGNS}
    used: dict[str, set[str]] = {}
    for finding in (*of_signs(), *of_checks()):
        names = {remedy.name for remedy in finding.remedies}
        used.setdefault(finding.sign, set()).update(names)
    for sign, remedies in named.items():
        assert remedies <= used[sign], sign


def of_signs() -> Iterator[Finding]:
    for kind, cases in CASES.items():
        for case in cases:
            yield from signs.diagnose(case.snapshots, [kind()])


def of_checks() -> Iterator[Finding]:
    for check in CHECKS:
        for case in MUST.get(check.name, ()):
            yield from check().judge(*case)


@pytest.mark.slow
def test_its_check_prints_what_it_shows(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (block,) = (block for block in blocks("python") if "kgrad.check" in block)
    (shown,) = blocks("text")
    exec(block, {"keras": keras, "kgrad": kgrad})
    printed = capsys.readouterr().out

    def without_weights(text: str) -> str:
        # Random weights are rounded otherwise on another processor.
        return re.sub(r"They\s+reach\s+from\s+\S+\s+to\s+\S+\.", "", text)

    assert without_weights(printed) == without_weights(shown)


def test_its_results_are_those_of_the_presets(tmp_path: Path) -> None:
    copied = tmp_path / "README.md"
    copied.write_text(README, encoding="utf-8")
    assert zoo.cli.main(["readme", str(copied)]) == 0
    assert copied.read_text(encoding="utf-8") == README


def test_its_versions_are_those_pinned() -> None:
    pinned = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    )
    rows = table("Versions run")
    assert [pinned["tensorflow"], pinned["keras"]] in [r[1:3] for r in rows]


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README, re.DOTALL)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).stat().st_size > 1000
