from __future__ import annotations

import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.zoo.conftest import NAME
from tests.zoo.made import tiny
from zoo import cli, schema, selection
from zoo.cli import commands, console
from zoo.recipe import Recipe
from zoo.results import page
from zoo.runs.result import Result
from zoo.training.processes import Processes

PYTHON = sys.executable
QUICK = """
from tests.zoo.made import tiny
from zoo.cli import console
from zoo.training.processes import Processes
import sys
if __name__ == "__main__":
    quick, slow = tiny(epochs=1), tiny(seed=1, epochs=9999, stop_when_solved=0)
    recipes = [quick, slow, tiny(seed=2)]
    sys.exit(console.run(recipes, sys.argv[1], Processes(1)))
"""


def test_list_names_every_task_cell_and_variant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["list"]) == 0
    text = capsys.readouterr().out
    for name in ("adding", "simple_rnn", "batchnorm"):
        assert name in text


def test_list_imports_no_framework_and_answers_within_a_second() -> None:
    code = (
        "import sys, zoo.cli; zoo.cli.main(['list']);"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'tensorboard'};"
        "sys.exit(str(heavy & set(sys.modules) or ''))"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [PYTHON, "-c", code], capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stderr.strip() == ""
    # Of the processor: the machine may be busy with something else.
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < 1


def is_gone(group: int, seconds: float = 10) -> bool:
    """Whether a group of processes ends within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "adding"], "`NAME` must be TASK/CELL-VARIANT"),
        (["train", "adding/lstm-bse"], "`variant` must be one of"),
        (["train", "adding/ltsm-base"], "`cell` must be one of"),
        (["train", "nowhere/recipe.json"], "No such file"),
        (["compare", "addign"], "`task` must be one of"),
        (["compare", "adding", "--processes", "0"], "must be at least 1"),
        (["compare", "adding", "--seed", "-1"], "`seed` must be"),
        ([], "required"),
        (["train"], "`NAME` or `--all` must be given"),
        (["train", "adding/*", "--all"], "and not both"),
        (["train", "addign/*"], "`PATTERN` must match"),
        (["train", "adding/*", "--seeds", "0", "-1"], "`seed` must be"),
        (["train", "adding/*", "--set", "units"], "must be FIELD=VALUE"),
        (["train", "adding/*", "--set", "unit=3"], "fields of a recipe"),
        (["train", "adding/*", "--set", "units=x"], "`units` must be of type"),
        (["train", "adding/gru-base", "--address", "auto"], "--executor ray"),
        (["evaluate", "addign/gru-base"], "`task` must be one of"),
        (["card", "nowhere"], "`name` must be that of a preset"),
        (["export", "nowhere", "x"], "`name` must be that of a preset"),
        (["results", "--runs", "nowhere"], "must be a folder that holds"),
        (["effects", "--presets", "nowhere"], "must be a folder of presets"),
        (["pack", "nowhere"], "must be a folder that holds finished runs"),
    ],
)
def test_a_wrong_argument_is_named(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main(arguments)
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err


def test_compare_means_every_cell_with_every_variant() -> None:
    names = [recipe.model for recipe in console.demo_grid("adding", seed=3)]
    assert names == [
        f"{cell}-{variant}"
        for cell in ("simple_rnn", "lstm", "gru")
        for variant in ("base", "clipnorm", "batchnorm")
    ]
    assert {recipe.seed for recipe in console.demo_grid("adding", seed=3)} == {
        3
    }


def test_train_repeats_a_recipe_and_says_how_to_look_at_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    recipe = tiny(epochs=1)
    recipe.write(tmp_path)
    runs = tmp_path / "all runs"
    file = str(tmp_path / "recipe.json")
    assert cli.main(["train", file, "--runs", str(runs)]) == 0
    result = (runs / recipe.folder / "result.json").read_text()
    assert schema.read(Result, result).steps == 6
    *_, line = capfd.readouterr().out.strip().splitlines()
    program, option, folder = shlex.split(line)
    assert os.access(program, os.X_OK) or program == "tensorboard"
    assert option == "--logdir"
    assert (Path(folder) / recipe.model / "recipe.json").is_file()


class Given:
    """What was given to `console.run`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(console, "run", self)

    def __call__(
        self,
        recipes: list[Recipe],
        runs: str,
        executor: object,
        resume: bool = False,
        picture: str | None = None,
    ) -> int:
        self.recipes, self.resume = recipes, resume
        self.executor = executor
        return 0


@pytest.mark.parametrize(
    ("arguments", "seeds", "resume"),
    [
        (["adding/gru-base"], [0], False),
        (["adding/gru-base", "--seed", "4"], [4], False),
        (["adding/gru-base", "--seeds", "4"], [4], True),
        (["*/gru-base"], [0, 1, 2], True),
        (["*/gru-base", "--seed", "4"], [4], True),
        (["--all"], [0, 1, 2], True),
        (["--all", "--seeds", "0", "1"], [0, 1], True),
    ],
)
def test_a_grid_keeps_what_is_finished_and_a_name_is_trained_anew(
    arguments: list[str],
    seeds: list[int],
    resume: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = Given(monkeypatch)
    assert cli.main(["train", *arguments, "--processes", "3"]) == 0
    assert sorted({recipe.seed for recipe in given.recipes}) == seeds
    assert given.resume is resume
    assert given.executor == Processes(3)
    if "--all" in arguments:
        assert len(given.recipes) == len(seeds) * len(selection.offline_names())


def test_a_recipe_can_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Given(monkeypatch)
    changes = ["--set", "units=7", "--set", "optimizer=sgd"]
    assert cli.main(["train", "adding/gru-*", *changes]) == 0
    assert {(r.units, r.optimizer) for r in given.recipes} == {(7, "sgd")}


def test_results_of_runs_with_every_seed_in_a_file(
    tiny_runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "all.csv"
    arguments = ["results", "--runs", str(tiny_runs), "--csv", str(file)]
    assert cli.main(arguments) == 0
    assert NAME.split("/")[1] in capsys.readouterr().out
    assert len(file.read_text().splitlines()) == 1 + 3


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_from_runs_to_a_preset_to_a_folder_for_others(
    tiny_runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    presets = tmp_path / "presets"
    assert cli.main(["pack", str(tiny_runs), "--presets", str(presets)]) == 0
    assert capsys.readouterr().out.strip() == str(presets / NAME)
    assert cli.main(["results", "--presets", str(presets)]) == 0
    assert cli.main(["effects", "--presets", str(presets)]) == 0
    file = tmp_path / "page.md"
    section = page.SECTION
    file.write_text(f"{section.begin}\n{section.end}\n")
    write = ["results", "--presets", str(presets), "--write", str(file)]
    assert cli.main(write) == 0
    assert "`temporal_order`" in file.read_text()
    preset = str(presets / NAME)
    capsys.readouterr()
    assert cli.main(["card", preset]) == 0
    card = capsys.readouterr().out
    assert cli.main(["export", preset, str(tmp_path / "mine")]) == 0
    assert (tmp_path / "mine" / "README.md").read_text() == card


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_evaluate_says_and_exits_with_whether_the_number_differs(
    tiny_presets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["evaluate", str(tiny_presets / NAME)]) == 0
    assert "the same" in capsys.readouterr().out
    copied = shutil.copytree(tiny_presets / NAME, tmp_path / "copied")
    file = Path(copied, "preset.json")
    file.write_text(file.read_text().replace('"test": 0.', '"test": 1.'))
    assert cli.main(["evaluate", str(copied)]) == commands.DIFFERS
    assert "different" in capsys.readouterr().out


def test_ctrl_c_shows_what_was_finished(tmp_path: Path) -> None:
    script = tmp_path / "quick.py"
    script.write_text(QUICK)
    process = subprocess.Popen(
        [PYTHON, "-u", str(script), str(tmp_path / "runs")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
        # A shell's background job ignores it, and so would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    seen = ""
    while "[1/3]" not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == console.INTERRUPTED, seen + rest
    assert "Interrupted" in rest
    assert "Traceback" not in rest
    assert rest.count("not finished") == 2
    result = tmp_path / "runs" / tiny().folder / "result.json"
    assert schema.read(Result, result.read_text()).steps == 6
    assert is_gone(process.pid)
