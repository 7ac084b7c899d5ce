"""Everything that reads files, with a good file and how to damage it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from kgrad.figures import runs_table
from kgrad.figures.views import draw_all
from kgrad.records import Epoch
from kgrad.report import Report
from kgrad.report.markdown import markdown_report
from kgrad.storage.codec import Encoder
from kgrad.storage.history import RunHistory
from kgrad.storage.outline import load_outline
from kgrad.storage.run_file import RunFileWriter, run_files
from tests.fuzz.mutations import Mutation, bytes_of, records_of, text_of
from tests.reporters import made
from zoo import schema
from zoo.pretrained import preset
from zoo.recipe import Recipe
from zoo.runs import weights
from zoo.runs.result import Result


@dataclass(frozen=True)
class Reader:
    """Something that reads files.

    Args:
        name: What it is called.
        good: Makes a file that it reads.
        read: Reads a file; raises only what is in `refuses`.
        refuses: What it says no with.
        mutations: Ways to damage the file.
    """

    name: str
    good: Callable[[], bytes]
    read: Callable[[Path], object]
    refuses: tuple[type[Exception], ...]
    mutations: tuple[Mutation, ...]


@cache
def run_file() -> bytes:
    """A run with everything in it that a run can have."""
    with TemporaryDirectory() as folder:
        encoder, writer = Encoder(), RunFileWriter(folder)
        for window in range(6):
            epoch = made.epoch(window, 8 * window + 8)
            snapshot = made.snapshot(
                8 * window + 1,
                epochs=(epoch,),
                samples=(made.sample(8 * window + 1),),
            )
            writer.append_all(encoder.snapshot(snapshot))
            writer.append_all(encoder.findings([made.finding()]))
        return writer.path.read_bytes()


def read_run(path: Path) -> RunHistory:
    """All the numbers of a run, and no exception."""
    folder = path.with_suffix(".run")
    folder.mkdir(exist_ok=True)
    (folder / "gradients-0000.kgrad").write_bytes(path.read_bytes())
    history = RunHistory.load(folder)
    with np.errstate(all="ignore"):
        for measure in history.measures:
            assert history[measure.name].shape[0] == len(history.steps)
        repr(history)
        assert all(isinstance(epoch, Epoch) for epoch in history.epochs)
    found = load_outline(run_files(folder))
    if found and not history.damage:
        np.testing.assert_array_equal(RunHistory(*found).loss, history.loss)
    return history


def read_and_tell(path: Path) -> None:
    """In words."""
    history = read_run(path)
    with np.errstate(all="ignore"):
        report = Report.of("fuzzed", history)
        json.dumps(asdict(report)).encode()
        markdown_report(report).encode()


def read_and_draw(path: Path) -> None:
    """As figures."""
    history = read_run(path)
    with np.errstate(all="ignore"):
        for figure in draw_all(history):
            figure.to_json().encode()
        list(runs_table({"fuzzed": history}))


@cache
def weights_file() -> bytes:
    """Weights as they are shipped: those of a small model."""
    name = preset.available()[0]
    return (preset.PRESETS / name / "model.weights.h5").read_bytes()


def read_weights(path: Path) -> None:
    """As `zoo.load` does before it asks Keras."""
    weights.require_plain(path, 100_000)


@cache
def preset_file() -> bytes:
    """A preset that comes with the package."""
    path = preset.PRESETS / preset.available()[0] / preset.FILE
    return path.read_bytes()


def recipe_file() -> bytes:
    """Its recipe."""
    return json.dumps(json.loads(preset_file())["recipe"]).encode()


def result_file() -> bytes:
    """Its first result."""
    return json.dumps(json.loads(preset_file())["results"][0]).encode()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


READERS = (
    Reader("run file", run_file, read_run, (), (bytes_of, records_of)),
    Reader("run file, told", run_file, read_and_tell, (), (records_of,)),
    Reader("run file, drawn", run_file, read_and_draw, (), (records_of,)),
    Reader(
        "recipe.json",
        recipe_file,
        lambda path: Recipe.from_json(_text(path)),
        (TypeError, ValueError),
        (bytes_of, text_of),
    ),
    Reader(
        "result.json",
        result_file,
        lambda path: schema.to_json(schema.read(Result, _text(path))),
        (ValueError,),
        (bytes_of, text_of),
    ),
    Reader(
        "preset.json",
        preset_file,
        lambda path: preset.Preset.from_json(_text(path)).to_json(),
        (ValueError,),
        (bytes_of, text_of),
    ),
    Reader(
        "model.weights.h5",
        weights_file,
        read_weights,
        (OSError, ValueError),
        (bytes_of,),
    ),
)
