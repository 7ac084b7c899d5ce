"""On a Ray of this machine; skipped where Ray is not installed."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.zoo.made import tiny
from zoo import cli
from zoo.runs import run_folder
from zoo.training.grid import Began, Crashed, Event, Finished, Moved, train_all
from zoo.training.on_ray import OnRay
from zoo.training.train import train

needs_ray = pytest.mark.skipif(
    find_spec("ray") is None,
    reason='Ray is not installed: pip install "kgrad[ray]"',
)


@needs_ray
@pytest.mark.full
@pytest.mark.slow
# Ray leaves files and sockets open, and runs into what it deprecates.
@pytest.mark.filterwarnings("ignore")
def test_the_same_grid_on_a_local_ray(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    good = tiny(epochs=1)
    again = tiny(seed=1, epochs=1)
    bad = tiny(seed=2, epochs=1)
    (runs / bad.folder).mkdir(parents=True)
    (runs / bad.folder / "thesis.tex").touch()
    executor = OnRay()
    events = list(train_all([good, again, bad], str(runs), executor))
    told: dict[int, list[Event]] = {}
    for event in events:
        told.setdefault(event.recipe.seed, []).append(event)
    for recipe in (good, again):
        first, *moved, last = told[recipe.seed]
        assert first == Began(recipe)
        assert {type(event) for event in moved} <= {Moved}
        assert isinstance(last, Finished), last
        assert run_folder.finished(runs, recipe) == last.result
    *_, crashed = told[bad.seed]
    assert isinstance(crashed, Crashed)
    assert crashed.reason.startswith("FileExistsError: ")

    # The same number as here, the run is whole, and it is kept.
    here = train(good, tmp_path / "here")
    there, result = run_folder.read(runs / good.folder)
    assert (result.test, result.findings) == (here.test, here.findings)
    assert there.versions == good.versions
    names = {path.name for path in (tmp_path / "here" / good.folder).iterdir()}
    assert {n for n in names if "tfevents" not in n} == {
        path.name
        for path in (runs / good.folder).iterdir()
        if "tfevents" not in path.name
    }
    (kept,) = train_all([good], str(runs), executor, resume=True)
    assert isinstance(kept, Finished)
    assert kept.kept


def test_without_ray_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ImportError, match=r"pip install .kgrad\[ray\]."):
        OnRay()
    with pytest.raises(SystemExit):
        cli.main(["train", "adding/gru-base", "--executor", "ray"])
    assert 'pip install "kgrad[ray]"' in capsys.readouterr().err


def test_the_address_reaches_the_executor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace())
    given: list[object] = []
    monkeypatch.setattr(
        "zoo.cli.console.run",
        lambda recipes, runs, executor, **rest: given.append(executor) or 0,
    )
    arguments = ["train", "adding/gru-base", "--address", "auto"]
    assert cli.main([*arguments, "--executor", "ray"]) == 0
    assert given == [OnRay("auto")]
    with pytest.raises(SystemExit):
        cli.main(arguments)
