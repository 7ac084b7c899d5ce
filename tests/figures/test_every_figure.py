"""What holds for all figures: never a failure, never markup of others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kgrad import figures
from kgrad.records import Activity, DataSummary, Setup, Target
from kgrad.records.summaries import summarize_batch
from kgrad.storage.history import RunHistory
from tests.figures.read import (
    healthy,
    history_of,
    markup_of_others,
    said,
    strings,
)
from tests.figures.test_text import HOSTILE
from tests.reporters.made import (
    ACTIVITY,
    DATA,
    MEASURES,
    REMEDY,
    TARGETS,
    epoch,
    finding,
    profile,
    sample,
    snapshot,
)

FIGURES: dict[str, Callable[..., Any]] = {
    "story": figures.story,
    "data": figures.data,
    "parameters": figures.parameters,
    "ratio": lambda h, **k: figures.parameters(h, "update_ratio", **k),
    "time_map": figures.time_map,
    "time_profiles": figures.time_profiles,
    "horizon": figures.horizon,
    "activity": figures.activity,
    "compare": lambda h, **k: figures.compare({"a/x": h, "a/y": h}, **k),
}

every = pytest.mark.parametrize("draw", FIGURES.values(), ids=list(FIGURES))


def full() -> RunHistory:
    return history_of(
        snapshot(
            steps=60,
            samples=(sample(1), sample(51)),
            epochs=(epoch(0, 60, accuracy=0.5, val_accuracy=0.5),),
            setup=Setup("SGD", {"clipnorm": 1.0}, classes=2, lag=5),
        ),
        findings=[finding()],
    )


def broken(value: float) -> RunHistory:
    """A run of which no number at all is finite, or positive."""
    bad = sample(
        1,
        profiles=(profile(norm=np.full(8, value)),),
        activities=(
            Activity(ACTIVITY.layer, dict.fromkeys(ACTIVITY.values, value)),
        ),
        data=summarize_batch(*[np.full((8, 2), value)] * 4),
    )
    return history_of(
        snapshot(
            **dict.fromkeys((m.name for m in MEASURES), value),
            loss=np.full(8, value),
            samples=(bad,),
            epochs=(epoch(0, 8, accuracy=value, val_loss=value),),
            setup=Setup("SGD", {"clipnorm": 1.0}, lag=5),
        ),
        findings=[finding(value=value, limit=value)],
    )


@every
def test_a_full_run_is_drawn_with_a_word_on_what_is_healthy(
    draw: Callable[..., Any],
) -> None:
    figure = draw(full())
    assert len(figure.data) > 0
    # Statistics speak for themselves; made ones do not say it.
    assert healthy(figure).startswith(("Healthy: ", "Norm of "))
    assert figure.layout.height > 200
    assert figure.layout.width is None


@every
def test_dark_and_light_are_themes_on_a_transparent_page(
    draw: Callable[..., Any],
) -> None:
    light, dark = draw(full()), draw(full(), dark=True)
    for figure in (light, dark):
        assert figure.layout.paper_bgcolor == "rgba(0, 0, 0, 0)"
        assert figure.layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
    assert light.layout.template != dark.layout.template
    assert dark.layout.template.layout.font.color == "#f2f5fa"


@every
def test_an_empty_run_is_a_figure_that_says_so(
    draw: Callable[..., Any],
) -> None:
    assert said(draw(RunHistory()))


@every
def test_a_damaged_run_without_a_step_says_so(
    draw: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    figure = draw(RunHistory(damage=["f.kgrad: checksum <mismatch>"]))
    assert not markup_of_others(figure)
    if "compare" not in request.node.name:
        assert any("checksum <mismatch>" in s for s in said(figure))


@every
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 1e300, 1e-300])
def test_numbers_of_any_kind_make_a_figure(
    draw: Callable[..., Any], value: float
) -> None:
    with np.errstate(over="ignore"):
        history = broken(value)
    assert draw(history).to_json()


@every
def test_one_step_is_enough(draw: Callable[..., Any]) -> None:
    history = history_of(snapshot(steps=1, samples=(sample(1),)))
    assert draw(history).to_json()


@every
@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_files_is_text(draw: Callable[..., Any], text: str) -> None:
    targets = tuple(
        replace(t, name=f"{text}/{t.name}", layer=text) if t.layer else t
        for t in TARGETS
    )
    gate = f"gate_{text}_saturated_share"
    strange = sample(
        1,
        profiles=(profile(layer=text), profile(layer=text, state=text)),
        activities=(Activity(text, {**ACTIVITY.values, gate: 1.0}),),
        data=DataSummary(tuple(replace(t, name=text) for t in DATA.tensors)),
    )
    remedy = replace(REMEDY, name=text, code=text, cures=text)
    history = history_of(
        replace(
            snapshot(
                samples=(strange,),
                epochs=(epoch(0, 8, **{f"acc{text}": 1.0}),),
                setup=Setup(
                    text, {"clipnorm": 1.0}, loss=text, classes=2, lag=5
                ),
            ),
            targets=targets,
            measures=tuple(
                replace(m, unit=text, description=text) for m in MEASURES
            ),
        ),
        findings=[
            finding(text, target=text, explanation=text, remedies=(remedy,))
        ],
        damage=[text],
    )
    figure = draw(history)
    assert not markup_of_others(figure)
    # Nor entities, nor what hover boxes would fill in.
    assert not [s for s in strings(figure) if text in s]


def test_names_of_runs_are_text() -> None:
    runs = {f"{i}{text}": full() for i, text in enumerate(HOSTILE)}
    assert not markup_of_others(figures.compare(runs))
    assert not markup_of_others(figures.compare(runs, HOSTILE[0]))


@every
def test_very_long_names_are_shortened(draw: Callable[..., Any]) -> None:
    long = "layer_" * 60
    targets = tuple(
        Target(f"{long}{i}", f"{long}{i}", "kernel", depth=i) for i in range(5)
    )
    history = history_of(
        replace(
            snapshot(
                samples=(sample(1, profiles=(profile(layer=f"{long}0"),)),)
            ),
            targets=targets,
        ),
        findings=[finding(target=f"{long}1")],
    )
    figure = draw(history)
    for axis in figure.select_yaxes():
        assert all(len(mark) < 90 for mark in axis.ticktext or ())
    for trace in figure.data:
        if trace.type == "heatmap":
            assert all(len(str(mark)) < 40 for mark in trace.y)
    assert len(figure.layout.title.text) < 80


def test_plotly_is_not_imported_by_kgrad_nor_keras_by_figures() -> None:
    code = (
        "import sys, kgrad; assert 'plotly' not in sys.modules; "
        "import kgrad.figures; "
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
