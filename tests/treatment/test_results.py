"""What became of the runs, as values and as a table."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from kgrad.records import Epoch, Finding, Remedy, Snapshot
from kgrad.records.edits import ChangeOptimizer, StopEarly
from kgrad.storage.history import RunHistory
from kgrad.treatment import Treatment, Treatments
from kgrad.treatment.results import judged
from tests.reporters.made import snapshot

CLIP = Remedy(
    "clip_gradients",
    "gradient clipping",
    "optimizer=keras.optimizers.SGD(0.1, global_clipnorm=1.0)",
    "no step is longer than 1",
    "vanishing gradients",
    (ChangeOptimizer({"global_clipnorm": 1.0}),),
)
DATA = Remedy("check_data", "clean [data]", "assert x.all()", "", "")


def found(*signs: str) -> tuple[Finding, ...]:
    return tuple(Finding(s, "a", 1, 2, 3.0, 1.0, "It is.") for s in signs)


def run(name: str, after: float, *signs: str, **fields: Any) -> Treatment:
    log_dir = Path("runs") / name
    given = {"remedies": (CLIP,), "findings": found(*signs), "after": after}
    return Treatment(name, log_dir=log_dir, **{**given, **fields})


SICK = run("0-untreated", 0.25, "exploding", "vanishing", remedies=())


def test_a_higher_accuracy_is_better_and_a_lower_loss() -> None:
    runs = (SICK, run("1-a", 0.5), run("2-b", 0.125))
    assert Treatments("val_accuracy", runs).best is runs[1]
    assert Treatments("val_loss", runs).best is runs[2]


def test_of_equals_the_one_with_the_fewest_signs_is_best() -> None:
    runs = (SICK, run("1-a", 0.25, "vanishing"), run("2-b", 0.25))
    assert Treatments("accuracy", runs).best is runs[2]
    assert Treatments("accuracy", (SICK, run("1", 0.25, "a", "b"))).best is SICK


def test_what_is_not_finite_is_never_best() -> None:
    nan, infinite = run("1-a", math.nan), run("2-b", -math.inf)
    assert Treatments("loss", (SICK, nan, infinite)).best is SICK
    assert Treatments("", (nan, infinite)).best is nan


def test_what_crashed_is_never_best() -> None:
    crashed = run("1-a", 0.9, error="RuntimeError: out of memory")
    assert Treatments("accuracy", (SICK, crashed)).best is SICK


def test_it_is_a_sequence_of_runs() -> None:
    treatments = Treatments("accuracy", (SICK, run("1-a", 0.5)))
    assert len(treatments) == 2
    assert list(treatments) == [*treatments.runs]
    assert treatments[0] is treatments.untreated is SICK
    assert treatments[1:] == treatments.runs[1:]
    assert SICK.remedy is None
    assert treatments[1].remedy is CLIP
    assert SICK.signs == ("exploding", "vanishing")


def test_the_table_tells_of_every_run() -> None:
    treatments = Treatments(
        "val_accuracy",
        (
            SICK,
            run("1-gradient-clipping", 0.75, "vanishing", gone=("exploding",)),
            run("2-lstm", math.nan, error="ValueError: no [layer]"),
        ),
        (DATA,),
    )
    text = str(treatments)
    lines = [line.rstrip() for line in text.splitlines()]
    assert lines[0].split() == ["run", "val_accuracy"]
    assert lines[2:10] == [
        "0-untreated                  0.25",
        "  seen: exploding, vanishing",
        "1-gradient-clipping          0.75",
        "  gone: exploding",
        "  seen: vanishing",
        "2-lstm                        nan",
        "  ValueError: no [layer]",
        "",
    ]
    assert CLIP.code in text
    assert "By hand only: clean [data]" in text
    assert "tensorboard --logdir runs" in text
    console = Console(width=80, color_system=None)
    with console.capture() as captured:
        console.print(treatments)
    assert text == captured.get().rstrip()


def test_the_table_holds_in_a_narrow_console() -> None:
    """Names, numbers and signs are whole."""
    signs = ("exploding", "vanishing", "small_updates", "slow_progress")
    error = "ValueError: `layer` must be one of those of the model"
    runs = (
        run("0-untreated", 0.25, *signs, remedies=()),
        run("1-recurrent-batch-normalization", 0.9876, gone=signs),
        run("2-lstm", math.nan, error=error),
    )
    console = Console(width=40, color_system=None)
    with console.capture() as captured:
        console.print(Treatments("val_accuracy", runs))
    told = captured.get()
    assert max(len(line.rstrip()) for line in told.splitlines()) <= 40
    words = " ".join(told.split())
    for whole in (*(each.log_dir.name for each in runs), *signs, error):
        assert whole in words
    assert "val_accuracy" in words
    assert "0.9876" in words


def test_the_table_says_when_nothing_helped_or_nothing_was_found() -> None:
    worse = Treatments("accuracy", (SICK, run("1-a", 0.125)))
    assert "No remedy did better" in str(worse)
    healthy = run("0-untreated", 0.99, remedies=())
    assert "Nothing was found" in str(Treatments("accuracy", (healthy,)))


def test_early_stopping_without_val_loss_keeps_the_last_epoch() -> None:
    stop = Remedy("stop_early", "early stopping", "", "", "", (StopEarly(2),))
    logs = ({"loss": 3.0}, {"loss": 2.0})
    history = RunHistory([run_of_epochs(*logs)])
    treated = run("1-stop", math.nan, remedies=(stop,))
    assert judged(treated, history, "loss", SICK).after == 2.0
    seen = [{**log, "val_loss": 1.0 + i} for i, log in enumerate(logs)]
    history = RunHistory([run_of_epochs(*seen)])
    assert judged(treated, history, "loss", SICK).after == 3.0


def run_of_epochs(*logs: dict[str, float]) -> Snapshot:
    epochs = [Epoch(i, i + 1, log) for i, log in enumerate(logs)]
    return replace(snapshot(), epochs=tuple(epochs))
