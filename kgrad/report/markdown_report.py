"""One run as one page of Markdown: what `kgrad report` tells, to be kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kgrad.report.cases import NOTHING
from kgrad.report.labels import labels, layer_labels
from kgrad.report.markdown import escaped, fenced, table, words
from kgrad.report.pictures import Picture, Pictures
from kgrad.report.target_table import COLUMNS, target_rows
from kgrad.report.telling import telling
from kgrad.storage.history import RunHistory


def markdown_report(name: str, history: RunHistory) -> str:
    """The page: diagnoses with evidence and changes, curves, numbers.

    Args:
        name: What the run is called.
        history: The run.
    """
    told = telling(history)
    layers = layer_labels(history.target_records, history.samples)
    names = labels(history.target_records) | layers
    curves = Pictures(history, names).curves()
    rows = target_rows(history, names)
    parts = [
        f"# {escaped(name)}",
        "\n".join(
            f"* **{words(head)}**: {words(text)}"
            for head, text in told["facts"]
        ),
        *(
            f"**Damaged, the rest is shown:** {words(sentence)}"
            for sentence in told["damage"]
        ),
        "\n".join(f"* {words(sentence)}" for sentence in told["acts"]),
        *_diagnoses(told),
        *(["## Curves", *map(_picture, curves)] if curves else []),
        *(["## Gradients", table(COLUMNS, rows)] if rows else []),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _diagnoses(told: Mapping[str, Any]) -> Iterator[str]:
    if not told["diagnoses"]:
        yield NOTHING
    for diagnosis in told["diagnoses"]:
        yield f"## {words(diagnosis['sentence'])}"
        for finding in diagnosis["findings"]:
            yield _finding(finding)
            if finding["picture"]:
                yield _picture(Picture(**finding["picture"]))
        if diagnosis["changes"]:
            yield "### What to change"
        for change in diagnosis["changes"]:
            against = words(", ".join(change["signs"]))
            yield f"**{words(change['name'])}** against {against}"
            yield fenced(change["code"], "python")
            yield words(f"{change['effect']} {change['expectation']}")


def _finding(finding: Mapping[str, Any]) -> str:
    word = "steps" if " " in finding["steps"] else "step"
    return (
        f"**{words(finding['sign'])}** at {words(finding['target'])}, {word} "
        f"{finding['steps']}: {words(finding['explanation'])} (Measured "
        f"{finding['value']}, limit {finding['limit']}.)"
    )


def _picture(picture: Picture) -> str:
    """On one line each: what is drawn, below the blocks."""
    caption = " ".join(picture.caption.split())
    return fenced(f"{picture.bars}\n{caption}")
