"""`kgrad export`: what a spreadsheet, a notebook or a database reads."""

from __future__ import annotations

import csv
import importlib.util
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import kgrad
from kgrad import cli
from tests.reporters import made
from tests.tensorboard_tab.runs import window, write

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A healthy run of two epochs, and a sick one."""
    second = window(9, epochs=(made.epoch(1, 16, accuracy=0.75),))
    write(tmp_path / "healthy", window(), second)
    hparams = made.Setup("SGD", {"learning_rate": 0.1}, hparams={"cell": "=1"})
    sick = window(setup=hparams)
    write(tmp_path / "a" / "sick", sick, findings=[made.finding()])
    return tmp_path


def exported(capsys: Printed, *arguments: object) -> list[dict[str, str]]:
    assert cli.main(["export", *map(str, arguments)]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_a_run_has_a_row_for_each_step(runs: Path, capsys: Printed) -> None:
    rows = exported(capsys, runs / "healthy", "--csv")
    history = kgrad.RunHistory.load(runs / "healthy")
    assert [int(row["step"]) for row in rows] == history.steps.tolist()
    assert list(rows[0])[:4] == ["step", "loss", "learning_rate", "skipped"]
    assert {row["skipped"] for row in rows} == {"0"}
    for statistic in ("gradient_norm", "update_ratio"):
        for i, target in enumerate(history.targets):
            column = [float(row[f"{statistic}:{target}"]) for row in rows]
            np.testing.assert_allclose(
                column, history[statistic][:, i], rtol=1e-8
            )


def test_metrics_and_horizons_stand_at_their_steps(
    runs: Path, capsys: Printed
) -> None:
    rows = exported(capsys, runs / "healthy", "--csv")
    at = {row["step"]: row for row in rows}
    assert [x["step"] for x in rows if x["epoch"]] == ["8", "16"]
    assert (at["8"]["epoch"], at["16"]["epoch"]) == ("0", "1")
    assert at["16"]["epoch:accuracy"] == "0.75"
    horizons = [x["step"] for x in rows if x["horizon:sequential/lstm"]]
    assert horizons == ["1", "9"]
    history = kgrad.RunHistory.load(runs / "healthy")
    horizon = history.time_profiles("lstm").profiles[0].horizon
    assert float(at["1"]["horizon:sequential/lstm"]) == horizon
    assert at["1"]["horizon:sequential/lstm[c]"]


def test_a_folder_of_runs_has_a_row_for_each(
    runs: Path, capsys: Printed
) -> None:
    sick, healthy = exported(capsys, runs, "--csv")
    assert [sick["run"], healthy["run"]] == ["a/sick", "healthy"]
    assert sick["signs"] == "exploding"
    assert sick["first_step"] == "3"
    assert sick["diagnoses"] == "Exploding at `lstm/kernel` since step 3."
    assert (healthy["signs"], healthy["first_step"]) == ("", "")
    assert (healthy["metric"], healthy["value"]) == ("accuracy", "0.75")
    assert (healthy["steps"], healthy["epochs"]) == ("16", "2")
    assert healthy["optimizer"] == "SGD"
    assert healthy["learning_rate"] == "0.1"


def test_a_spreadsheet_computes_nothing(runs: Path, capsys: Printed) -> None:
    sick, _ = exported(capsys, runs, "--csv")
    assert sick["hparam:cell"] == "'=1"


def test_a_file_is_written_and_named(runs: Path, capsys: Printed) -> None:
    file = runs / "table.csv"
    arguments = ["export", str(runs), "--csv", "-o", str(file)]
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert len(file.read_text().splitlines()) == 3
    assert cli.main([*arguments[:-1], str(runs)]) == cli.FAILED
    assert "cannot be written" in capsys.readouterr().err


def test_a_million_steps_are_written_in_parts(
    tmp_path: Path, capsys: Printed
) -> None:
    windows = [window(8 * i + 1) for i in range(70)]
    write(tmp_path / "run", *windows)
    rows = exported(capsys, tmp_path / "run", "--csv")
    assert [int(row["step"]) for row in rows] == list(range(1, 561))


def test_windows_that_measured_something_else_are_in_the_table(
    tmp_path: Path, capsys: Printed
) -> None:
    less = window(9)
    kept = less.measures[:1]
    less = window(9, measures=kept, values=less.values[:, :, :1])
    write(tmp_path / "run", window(), less)
    rows = exported(capsys, tmp_path / "run", "--csv")
    column = "weight_norm:global"
    assert float(rows[0][column]) > 0
    assert rows[8][column] == "nan"
    assert float(rows[8]["gradient_norm:global"]) > 0


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_where_there_is_no_run_that_is_said(
    folder: str, tmp_path: Path, capsys: Printed
) -> None:
    assert cli.main(["export", str(tmp_path / folder), "--csv"]) == cli.FAILED
    assert "kgrad: the" in capsys.readouterr().err.replace("there is", "the")


def test_parquet_without_pyarrow_is_a_sentence(
    runs: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgrad.cli.export.find_spec", lambda name: None)
    assert cli.main(["export", str(runs), "--parquet"]) == cli.FAILED
    error = capsys.readouterr().err
    assert 'Parquet needs pyarrow: pip install "kgrad[parquet]"' in error


@pytest.mark.skipif(
    not importlib.util.find_spec("pyarrow"), reason="pyarrow is not installed"
)
def test_parquet_has_the_same_table(runs: Path, capsys: Printed) -> None:
    import pyarrow.parquet

    for folder in (runs, runs / "healthy"):
        file = runs / "table.parquet"
        arguments = ["export", str(folder), "--parquet", "-o", str(file)]
        assert cli.main(arguments) == 0
        capsys.readouterr()
        table = pyarrow.parquet.read_table(file)
        rows = exported(capsys, folder, "--csv")
        assert table.column_names == list(rows[0])
        assert table.num_rows == len(rows)
    assert str(table.schema.field("step").type) == "int64"
    assert str(table.schema.field("skipped").type) == "bool"
    assert table["epoch"].null_count == 14
    steps = kgrad.RunHistory.load(runs / "healthy").steps
    assert table["step"].to_pylist() == steps.tolist()


def test_it_is_a_module_too_and_reads_into_a_closed_pipe(runs: Path) -> None:
    command = f"{sys.executable} -m kgrad export {runs / 'healthy'} --csv"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} | head -1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("step,loss,")
    assert done.stderr == ""
