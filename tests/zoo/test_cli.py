from __future__ import annotations

import os
import resource
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.zoo.test_train import tiny
from zoo import cli, compare
from zoo.result import Result

PYTHON = sys.executable
QUICK = """
from tests.zoo.test_train import tiny
from zoo import compare
from zoo.executors.processes import Processes
import sys
if __name__ == "__main__":
    quick, slow = tiny(epochs=1), tiny(seed=1, epochs=9999, stop_when_solved=0)
    recipes = [quick, slow, tiny(seed=2)]
    sys.exit(compare.run(recipes, sys.argv[1], Processes(1)))
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
    names = [recipe.model for recipe in compare.grid("adding", seed=3)]
    assert names == [
        f"{cell}-{variant}"
        for cell in ("simple_rnn", "lstm", "gru")
        for variant in ("base", "clipnorm", "batchnorm")
    ]
    assert {recipe.seed for recipe in compare.grid("adding", seed=3)} == {3}


def test_train_repeats_a_recipe_and_says_how_to_look_at_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    recipe = tiny(epochs=1)
    recipe.write(tmp_path)
    runs = tmp_path / "all runs"
    file = str(tmp_path / "recipe.json")
    assert cli.main(["train", file, "--runs", str(runs)]) == 0
    result = (runs / recipe.folder / "result.json").read_text()
    assert Result.from_json(result).steps == 6
    *_, line = capfd.readouterr().out.strip().splitlines()
    program, option, folder = shlex.split(line)
    assert os.access(program, os.X_OK) or program == "tensorboard"
    assert option == "--logdir"
    assert (Path(folder) / recipe.model / "recipe.json").is_file()


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
    )
    assert process.stdout is not None
    seen = ""
    while "[1/3]" not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == compare.INTERRUPTED, seen + rest
    assert "Interrupted" in rest
    assert "Traceback" not in rest
    assert rest.count("not finished") == 2
    result = tmp_path / "runs" / tiny().folder / "result.json"
    assert Result.from_json(result.read_text()).steps == 6
    assert is_gone(process.pid)
