"""The report as HTML: one file with figures, or a fragment for a notebook.

The file opens from disk, without network: Plotly is in it. Its content
security policy names the two scripts that may run by their hashes, and no
address: whatever a run folder holds, nothing else runs or is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import html
import importlib.resources
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgrad.report.pictures import Picture
from kgrad.report.report import Change, Report, ReportedDiagnosis
from kgrad.report.table import Table
from kgrad.storage.history import RunHistory

_FILES = importlib.resources.files("kgrad.report") / "html_files"


def html_report(
    report: Report,
    figures: Iterable[str],
    plotly: str,
    recipe: Mapping[str, Any] | None = None,
) -> str:
    """The page: what was found, what to change, the figures, the recipe.

    The figures are the JSON that Plotly reads, `plotly` the text of
    `plotly.min.js`, and the recipe what the run was made from, if known.
    """
    figures = list(figures)
    scripts = [plotly, _read("draw.js")]
    policy = (
        "default-src 'none'; img-src data: blob:; "
        "style-src 'unsafe-inline'; script-src "
        + " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    )
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{_text(report.name)} – kgrad</title>",
        f"<style>{_read('style.css')}</style></head><body>",
        f"<h1>{_text(report.name)}</h1>",
        *_notes(report),
        "<h2>What is wrong</h2>",
        *_diagnoses(report),
        "<h2>Figures</h2>",
        *('<div class="figure"></div>' for _ in figures),
        *_numbers(report),
        "<h2>Recipe</h2>",
        *_facts(report),
        *_recipe(recipe),
        *(_data(figure) for figure in figures),
        *(f"<script>{script}</script>" for script in scripts),
        "</body></html>",
    ]
    return "\n".join(parts)


def html_fragment(report: Report) -> str:
    """What is said of a run, for the output of a notebook's cell.

    It has no script, and no style but that of the notebook.
    """
    parts = [
        f"<h3>{_text(report.name)}</h3>",
        *_notes(report),
        *_diagnoses(report),
        *_numbers(report),
        *_facts(report),
    ]
    return f'<div class="kgrad">{"".join(parts)}</div>'


def history_html(history: RunHistory) -> str:
    """The same, straight from a run."""
    return html_fragment(Report.of("Run", history))


def _notes(report: Report) -> Iterator[str]:
    for kind, sentences in (
        (
            "damage",
            [f"Damaged, the rest is shown: {text}" for text in report.damage],
        ),
        ("action", report.actions),
        ("missing", report.missing),
    ):
        for sentence in sentences:
            yield f'<p class="{kind}">{_prose(sentence)}</p>'


def _diagnoses(report: Report) -> Iterator[str]:
    if not report.diagnoses:
        yield f'<p class="healthy">{_text(report.headline)}</p>'
    for diagnosis in report.diagnoses:
        yield from _diagnosis(diagnosis)


def _diagnosis(diagnosis: ReportedDiagnosis) -> Iterator[str]:
    yield '<section class="diagnosis">'
    yield f"<h3>{_prose(diagnosis.sentence)}</h3>"
    for finding in diagnosis.findings:
        where = _text(f"{finding.target}, {finding.steps}")
        seen = _prose(f"{finding.explanation} ({finding.measured})")
        yield '<article class="finding">'
        yield f"<h4>{_text(finding.sign)} <span>{where}</span></h4>"
        yield f"<p>{seen}</p>"
        if finding.picture:
            yield _picture(finding.picture)
        yield "</article>"
    for change in diagnosis.changes:
        yield _change(change)
    yield "</section>"


def _change(change: Change) -> str:
    against = _text(", ".join(change.signs))
    return (
        f'<article class="change"><h4>{_text(change.name)} '
        f"<span>against {against}</span></h4>"
        f"<pre>{_text(change.code)}</pre>"
        f"<p>{_prose(change.effect)} {_text(change.expectation)}</p>"
        "</article>"
    )


def _picture(picture: Picture) -> str:
    bars, caption = _text(picture.bars), _text(picture.caption)
    return (
        '<p class="picture"><span style="font-family: monospace">'
        f"{bars}</span> {caption}</p>"
    )


def _numbers(report: Report) -> Iterator[str]:
    """Curves and tables."""
    if report.curves:
        yield "<h2>Curves</h2>"
        yield from map(_picture, report.curves)
    for table in report.tables:
        yield f"<h2>{_text(table.title)}</h2>"
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    heads = (
        f'<th class="{column.kind}">{_text(column.title)}</th>'
        for column in table.columns
    )
    yield f"<table><thead><tr>{''.join(heads)}</tr></thead><tbody>"
    for row in table.rows:
        cells = (
            f'<td class="{column.kind}">{_text(cell)}</td>'
            for column, cell in zip(table.columns, row, strict=True)
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table>"
    yield from _pairs(table.legend)
    for note in table.notes:
        yield f'<p class="missing">{_prose(note)}</p>'


def _facts(report: Report) -> Iterator[str]:
    return _pairs((fact.name, fact.text) for fact in report.facts)


def _pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield "<dl>"
    for name, text in pairs:
        yield f"<dt>{_text(name)}</dt><dd>{_text(text)}</dd>"
    yield "</dl>"


def _recipe(recipe: Mapping[str, Any] | None) -> Iterator[str]:
    if recipe is not None:
        yield "<h3>recipe.json</h3>"
        yield f"<pre>{_text(json.dumps(recipe, indent=2))}</pre>"


def _data(figure: str) -> str:
    """JSON that no text in it can end: without any `<`."""
    text = figure.replace("<", "\\u003c")
    return f'<script type="application/json">{text}</script>'


def _prose(text: str) -> str:
    """A sentence; names, which stand between backticks, are code."""
    return "".join(
        f"<code>{_text(part)}</code>" if i % 2 else _text(part)
        for i, part in enumerate(text.split("`"))
    )


def _text(text: str) -> str:
    """Nothing in it is HTML; halves of surrogate pairs become `?`."""
    return html.escape(text.encode("utf-8", "replace").decode())


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _read(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")
