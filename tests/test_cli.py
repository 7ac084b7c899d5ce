"""`kgrad report` and `kgrad compare` on runs that were really trained."""

import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import keras
import numpy as np
import pytest

import kgrad
from kgrad import cli
from kgrad.storage.run_file import run_files
from zoo.cli import main as zoo_main

Printed = pytest.CaptureFixture[str]


def train(folder: Path, rate: float, finite: bool) -> None:
    """40 steps of a small recurrent model."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((12, 2)),
            keras.layers.SimpleRNN(
                4,
                activation="tanh" if finite else "relu",
                recurrent_initializer=keras.initializers.Identity(
                    1.0 if finite else 1e4
                ),
            ),
            keras.layers.Dense(1),
        ]
    )
    model.compile(
        keras.optimizers.SGD(rate, clipnorm=10.0 if finite else None),
        "mse",
        metrics=["mae"],
        jit_compile=False,
    )
    x = np.random.default_rng(0).standard_normal((80, 12, 2))
    monitor = kgrad.GradientMonitor(
        folder,
        hparams={"cell": "SimpleRNN"},
        reporters=[],
        statistics=["all"],
        signs=None if not finite else [],
    )
    model.fit(
        x,
        x[:, -1, :1],
        batch_size=4,
        epochs=2,
        verbose=0,
        callbacks=[monitor],
    )


pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    train(folder / "healthy", 0.01, finite=True)
    train(folder / "nested" / "lost", 0.01, finite=False)
    return folder


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_report_tells_what_was_trained_and_how_far(
    runs: Path, capsys: Printed
) -> None:
    assert cli.main(["report", str(runs / "healthy")]) == 0
    out = words(capsys.readouterr().out)
    assert "model SimpleRNN(4) > Dense(1), mse" in out
    assert "optimizer SGD(learning_rate=0.01, clipnorm=10.0)" in out
    assert "cell SimpleRNN" in out
    assert "steps 40, from 1 to 40" in out
    assert "epochs 2, the last with loss" in out
    assert "No problem found in 40 steps." in out


def test_a_report_of_a_file_is_that_of_its_folder_up_to_it(
    runs: Path, capsys: Printed
) -> None:
    (file,) = run_files(runs / "healthy")
    assert cli.main(["report", str(file)]) == 0
    assert "No problem found in 40 steps." in words(capsys.readouterr().out)


def test_a_report_has_the_numbers_of_each_target(
    runs: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    cli.main(["report", "--full", str(runs / "healthy")])
    lines = capsys.readouterr().out.splitlines()
    history = kgrad.RunHistory.load(runs / "healthy")
    norms = history["gradient_norm"]
    ratios = history["update_ratio"]
    for name, column in (("dense/kernel", 3), ("global", -1)):
        (row,) = (line.split() for line in lines if line.startswith(name))
        assert row[1] == f"{np.median(norms[:, column]):.3g}"
        assert row[2] == f"{norms[:, column].max():.3g}"
        assert row[3] == f"{np.median(ratios[:, column]):.3g}"
        assert row[4] == "0%"
        assert row[5] == "0"


def test_a_report_has_the_gradient_through_time_and_the_activity(
    runs: Path, capsys: Printed
) -> None:
    cli.main(["report", "--full", str(runs / "healthy")])
    lines = capsys.readouterr().out.splitlines()
    history = kgrad.RunHistory.load(runs / "healthy")
    (profile,) = history.time_profiles("simple_rnn").profiles
    (row,) = (line for line in lines if line.startswith("simple_rnn[h]"))
    assert row.split()[1] == "1"
    assert row.split()[3:] == [
        *f"{profile.horizon:.0f} of 12".split(),
        f"{profile.decay:.3g}",
        f"{profile.ratio:.3g}",
    ]
    (activity,) = history.samples[-1].activities
    (row,) = (line for line in lines if line.startswith("simple_rnn  "))
    assert row.split()[-1] == f"{activity.values['output_spread']:.3g}"


def test_targets_are_in_the_order_of_the_model(
    runs: Path, capsys: Printed
) -> None:
    cli.main(["report", "--full", str(runs / "healthy")])
    lines = capsys.readouterr().out.splitlines()
    names = [x.split()[0] for x in lines if "/" in x or "global" in x]
    assert names[1] == "simple_rnn/kernel"
    assert names[-1] == "global"
    assert "dense/kernel" in names[4:]


def test_a_report_tells_findings_with_what_to_change(
    runs: Path, capsys: Printed
) -> None:
    assert cli.main(["report", "--full", str(runs / "nested" / "lost")]) == 0
    out = capsys.readouterr().out
    findings = kgrad.RunHistory.load(runs / "nested" / "lost").findings
    assert "nonfinite" in {finding.sign for finding in findings}
    for finding in findings:
        assert finding.sign in out
    remedy = findings[0].remedies[0]
    assert f"{remedy.name} against" in out
    assert remedy.code.splitlines()[0] in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_report_fits_a_screen_and_says_first_what_to_try(
    runs: Path,
    width: int,
    capsys: Printed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = str(runs / "nested" / "lost")
    monkeypatch.setenv("COLUMNS", str(width))
    assert cli.main(["report", run]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    diagnosis = kgrad.RunHistory.load(run).diagnoses[0]
    first = " ".join(" ".join(lines[:12]).split())
    assert f"Try first: {diagnosis.remedies[0].name}" in first
    assert len(lines) < 70
    assert "kgrad report --full" in " ".join(lines)


def test_a_report_is_written_as_markdown(
    runs: Path, tmp_path: Path, capsys: Printed
) -> None:
    run, file = str(runs / "nested" / "lost"), tmp_path / "page.md"
    assert cli.main(["report", run, "--markdown", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    page = file.read_text(encoding="utf-8")
    assert page.startswith("# lost\n")
    diagnoses = kgrad.RunHistory.load(run).diagnoses
    own = "Curves|Data|Gradients|Through time|Activity"
    headings = re.findall(f"^## (?!{own})", page, re.MULTILINE)
    assert len(headings) == len(diagnoses)
    for diagnosis in diagnoses:
        assert diagnosis.remedies[0].code in page
    both = ["--markdown", str(file), "--html", str(tmp_path / "page.html")]
    assert cli.main(["report", run, *both]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert cli.main(["report", run, "--markdown", str(tmp_path)]) == cli.FAILED
    assert "cannot be written" in capsys.readouterr().err


def test_a_comparison_has_a_row_for_each_run_below_a_folder(
    runs: Path, capsys: Printed
) -> None:
    assert cli.main(["compare", str(runs)]) == 0
    lines = capsys.readouterr().out.splitlines()
    (healthy,) = (line.split() for line in lines if "healthy" in line)
    lost = next(i for i, x in enumerate(lines) if x.startswith("nested/lost"))
    history = kgrad.RunHistory.load(runs / "healthy")
    profile = history.time_profiles("simple_rnn").profiles[-1]
    assert healthy == [
        "healthy",
        f"{history.epochs[-1].logs['mae']:.4g}",
        "40",
        f"{np.median(history['gradient_norm'][:, -1]):.3g}",
        f"{history['gradient_norm'][:, -1].max():.3g}",
        "0%",
        *f"{profile.horizon:.0f} of 12".split(),
    ]
    assert "  no problem found" in lines
    cause = kgrad.RunHistory.load(runs / "nested" / "lost").diagnoses[0].cause
    assert lines[lost + 1].startswith(f"  {cause.sign} in ")
    assert f" from step {cause.first_step}" in lines[lost + 1]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_comparison_fits_a_terminal(
    runs: Path,
    width: int,
    capsys: Printed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    cli.main(["compare", str(runs)])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    (healthy,) = (line for line in lines if "healthy" in line)
    assert "12" in healthy.split() or width < 80


def test_a_folder_of_runs_has_its_runs_listed(
    runs: Path, capsys: Printed
) -> None:
    assert cli.main(["report", str(runs)]) == cli.FAILED
    error = capsys.readouterr().err
    assert f"  {runs / 'healthy'}\n" in error
    assert f"  {runs / 'nested' / 'lost'}\n" in error


def test_its_version_is_that_of_the_package(capsys: Printed) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"kgrad {version('kgrad')}\n"


@pytest.mark.parametrize(
    ("main", "arguments"),
    [(cli.main, ["report", "nowhere"]), (zoo_main, ["list", "adding"])],
)
def test_a_package_that_is_there_but_not_installed_has_commands(
    main: Callable[[list[str]], int],
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.distribution", missing)
    assert main(arguments) in (0, cli.FAILED)


def test_runs_that_are_named_are_compared_in_their_order(
    runs: Path, capsys: Printed
) -> None:
    named = [str(runs / "nested" / "lost"), str(runs / "healthy")]
    assert cli.main(["compare", *named]) == 0
    out = capsys.readouterr().out
    assert out.index("lost") < out.index("healthy")


def test_a_folder_that_is_not_there_is_said_to_be(capsys: Printed) -> None:
    for command in ("report", "compare"):
        assert cli.main([command, "/no/such/run"]) == cli.FAILED
        error = capsys.readouterr().err
        assert error == "kgrad: there is no folder '/no/such/run'\n"


def test_a_folder_without_a_run_is_said_to_be(
    tmp_path: Path, capsys: Printed
) -> None:
    for command in ("report", "compare"):
        assert cli.main([command, str(tmp_path)]) == cli.FAILED
        assert "holds no run: no file `gradients-" in capsys.readouterr().err


def test_a_run_that_is_missing_does_not_hide_the_others(
    runs: Path, capsys: Printed
) -> None:
    code = cli.main(["compare", str(runs / "healthy"), "/no/such/run"])
    printed = capsys.readouterr()
    assert code == cli.FAILED
    assert "healthy" in printed.out
    assert "/no/such/run" in printed.err


def damaged(run: Path, folder: Path, at: float) -> Path:
    """A copy of a run with one byte changed.

    Args:
        run: The run.
        folder: Where the copy goes.
        at: Where in the file, 0 to 1.
    """
    (path,) = run_files(run)
    content = bytearray(path.read_bytes())
    content[int(at * (len(content) - 1))] ^= 0xFF
    folder.mkdir()
    (folder / path.name).write_bytes(content)
    return folder


def test_what_is_left_of_a_damaged_run_is_told(
    runs: Path, tmp_path: Path, capsys: Printed
) -> None:
    broken = damaged(runs / "healthy", tmp_path / "broken", at=0.9)
    assert cli.main(["report", str(broken)]) == 0
    out = words(capsys.readouterr().out)
    assert "steps 20, from 1 to 20" in out
    assert "Damaged, the rest is shown:" in out
    assert cli.main(["compare", str(broken), str(runs / "healthy")]) == 0
    printed = capsys.readouterr()
    assert "damaged, the rest is shown" in printed.err
    assert "broken" in "".join(printed.out.split())
    assert max(map(len, printed.out.splitlines())) <= 80


def test_a_file_that_is_no_run_is_said_to_be(
    runs: Path, tmp_path: Path, capsys: Printed
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "gradients-0000.kgrad").write_bytes(b"something else")
    for command in ("report", "compare"):
        assert cli.main([command, str(broken)]) == cli.FAILED
        assert "is not a kgrad run file" in capsys.readouterr().err


def test_an_ascii_terminal_is_no_obstacle(runs: Path) -> None:
    command = [sys.executable, "-m", "kgrad", "report"]
    done = subprocess.run(
        [*command, str(runs / "healthy")],
        env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    assert b"steps" in done.stdout


def test_the_command_does_not_import_tensorflow() -> None:
    code = (
        "import kgrad.cli, sys; "
        "sys.exit(bool({'tensorflow', 'keras', 'plotly'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
