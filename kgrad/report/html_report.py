"""One run as one HTML file: opens from disk, without network, in any browser.

The file holds Plotly itself, so that it can be mailed. A content security
policy in it names the two scripts that may run, by their hashes, and no
address at all: whatever a run folder holds, nothing else runs, and nothing
is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import html
import importlib.resources
import json
from collections.abc import Iterator, Mapping
from typing import Any

from kgrad.figures.views import draw_all
from kgrad.report.cases import NOTHING
from kgrad.report.telling import telling
from kgrad.storage.history import RunHistory

_FILES = importlib.resources.files("kgrad.report") / "html_report_files"


def html_report(
    name: str, history: RunHistory, recipe: Mapping[str, Any] | None = None
) -> str:
    """The page: what was found, what to change, the figures, the recipe.

    Args:
        name: What the run is called.
        history: The run.
        recipe: What it was made from, as in a `recipe.json`.
    """
    from plotly.offline import get_plotlyjs

    figures = [figure.to_json() for figure in draw_all(history)]
    scripts = [get_plotlyjs(), _read("draw.js")]
    policy = (
        "default-src 'none'; img-src data: blob:; "
        "style-src 'unsafe-inline'; script-src "
        + " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    )
    told = telling(history)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{_text(name)} – kgrad</title>",
        f"<style>{_read('style.css')}</style></head><body>",
        f"<h1>{_text(name)}</h1>",
        *_notes(told),
        "<h2>What is wrong</h2>",
        *_diagnoses(told),
        "<h2>Figures</h2>",
        *('<div class="figure"></div>' for _ in figures),
        "<h2>Recipe</h2>",
        *_recipe(told, recipe),
        *(_data(figure) for figure in figures),
        *(f"<script>{script}</script>" for script in scripts),
        "</body></html>",
    ]
    return "\n".join(parts)


def _notes(told: Mapping[str, Any]) -> Iterator[str]:
    for sentence in told["damage"]:
        text = _text(f"Damaged, the rest is shown: {sentence}")
        yield f'<p class="damage">{text}</p>'
    for sentence in told["acts"]:
        yield f'<p class="act">{_text(sentence)}</p>'
    for sentence in told["missing"]:
        yield f'<p class="missing">{_text(sentence)}</p>'


def _diagnoses(told: Mapping[str, Any]) -> Iterator[str]:
    if not told["diagnoses"]:
        yield f'<p class="healthy">{NOTHING}</p>'
    for diagnosis in told["diagnoses"]:
        yield '<section class="diagnosis">'
        yield f"<h3>{_text(diagnosis['sentence'])}</h3>"
        for finding in diagnosis["findings"]:
            yield from _finding(finding)
        for change in diagnosis["changes"]:
            yield from _change(change)
        yield "</section>"


def _finding(finding: Mapping[str, Any]) -> Iterator[str]:
    word = "steps" if " " in finding["steps"] else "step"
    where = _text(f"{finding['target']}, {word} {finding['steps']}")
    yield '<article class="finding">'
    yield f"<h4>{_text(finding['sign'])} <span>{where}</span></h4>"
    yield f"<p>{_text(finding['explanation'])}</p>"
    if finding["picture"]:
        yield _picture(finding["picture"])
    yield "</article>"


def _change(change: Mapping[str, Any]) -> Iterator[str]:
    against = _text(", ".join(change["signs"]))
    yield (
        f'<article class="change"><h4>{_text(change["name"])} '
        f"<span>against {against}</span></h4>"
        f"<pre>{_text(change['code'])}</pre>"
        f"<p>{_text(change['effect'])} {_text(change['expectation'])}</p>"
        "</article>"
    )


def _picture(picture: Mapping[str, str]) -> str:
    bars, caption = _text(picture["bars"]), _text(picture["caption"])
    return f'<p class="picture"><span>{bars}</span> {caption}</p>'


def _recipe(
    told: Mapping[str, Any], recipe: Mapping[str, Any] | None
) -> Iterator[str]:
    yield from _list(told["facts"])
    if recipe is not None:
        yield "<h3>recipe.json</h3>"
        yield f"<pre>{_text(json.dumps(recipe, indent=2))}</pre>"


def _list(pairs: list[list[str]]) -> Iterator[str]:
    yield "<dl>"
    for name, text in pairs:
        yield f"<dt>{_text(name)}</dt><dd>{_text(text)}</dd>"
    yield "</dl>"


def _data(figure: str) -> str:
    """JSON that no text in it can end: without any `<`."""
    text = figure.replace("<", "\\u003c")
    return f'<script type="application/json">{text}</script>'


def _text(text: str) -> str:
    """Nothing in it is HTML; halves of surrogate pairs become `?`."""
    return html.escape(text.encode("utf-8", "replace").decode())


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _read(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")
