"""`kgrad view`: TensorBoard started, the browser opened or left alone."""

import threading
import webbrowser
from pathlib import Path

import pytest
from tensorboard import program

from kgrad import cli
from kgrad.tensorboard_tab.plugin import GradientsPlugin
from tests.tensorboard_tab.runs import write

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[program.TensorBoard]:
    """What was launched instead of a server; Ctrl-C comes at once."""
    launched: list[program.TensorBoard] = []

    def launch(self: program.TensorBoard) -> str:
        launched.append(self)
        return "http://localhost:6006/"

    def interrupt(self: threading.Event) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(program.TensorBoard, "launch", launch)
    monkeypatch.setattr(threading.Event, "wait", interrupt)
    return launched


def test_it_opens_the_tab(
    started: list[program.TensorBoard],
    tmp_path: Path,
    capsys: Printed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    write(tmp_path / "run")
    assert cli.main(["view", str(tmp_path)]) == 0
    assert opened == ["http://localhost:6006/#gradients"]
    assert capsys.readouterr().out.startswith(opened[0] + " ")
    (tensorboard,) = started
    assert tensorboard.flags.logdir == str(tmp_path)
    loaders = tensorboard.plugin_loaders
    plugins = [getattr(each, "plugin_class", None) for each in loaders]
    assert plugins.count(GradientsPlugin) == 1


def test_it_leaves_the_browser_alone(
    started: list[program.TensorBoard],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(webbrowser, "open")
    arguments = ["view", str(tmp_path), "--port", "7007", "--no-browser"]
    assert cli.main(arguments) == 0
    assert started[0].flags.port == 7007


def test_a_folder_that_is_not_there_is_said_to_be(capsys: Printed) -> None:
    assert cli.main(["view", "/no/such"]) == cli.FAILED
    assert capsys.readouterr().err == "kgrad: there is no folder '/no/such'\n"


def test_a_port_that_is_taken_is_said_to_be(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def launch(self: object) -> str:
        raise program.TensorBoardPortInUseError("port 1 is taken")

    monkeypatch.setattr(program.TensorBoard, "launch", launch)
    assert cli.main(["view", str(tmp_path)]) == cli.FAILED
    assert "did not start: port 1 is taken" in capsys.readouterr().err
