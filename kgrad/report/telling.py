"""One run in words, as data: for pages, which put them into their own form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kgrad.diagnosis import Diagnosis
from kgrad.records import Finding
from kgrad.report.act_lines import ActionLines
from kgrad.report.cases import Change, changes, effect, number, span
from kgrad.report.facts import facts
from kgrad.report.labels import labels, layer_labels, shortened
from kgrad.report.pictures import Pictures
from kgrad.storage.history import RunHistory


def telling(history: RunHistory) -> dict[str, Any]:
    """What a page says of a run before it shows any figure.

    All of it is plain text, from files: a page has to escape it.

    Args:
        history: The run.

    Returns:
        Lists, dictionaries and strings, fit for JSON: `facts`, pairs of
        heading and text; `damage`, sentences; `acts`, sentences on what
        actions did; `missing`, sentences;
        `diagnoses`, the gravest first, each with its `sentence`, its
        `findings`, the cause first, and its `changes`. The `picture` of a
        finding is None, or has `bars`, blocks for a fixed-width font, and a
        `caption`.
    """
    names = labels(history.target_records) | layer_labels(
        history.target_records, history.samples
    )
    pictures = Pictures(history, names)
    return {
        "facts": [list(fact) for fact in facts(history).items()],
        "damage": list(history.damage),
        "acts": [
            line.replace("`", "")
            for line in ActionLines(history.actions).lines(names)
        ],
        "missing": list(_missing(history)),
        "diagnoses": [
            _diagnosis(diagnosis, names, pictures)
            for diagnosis in history.diagnoses
        ],
    }


def _diagnosis(
    diagnosis: Diagnosis, names: Mapping[str, str], pictures: Pictures
) -> dict[str, Any]:
    return {
        "sentence": _plain(diagnosis.sentence, names),
        "findings": [_finding(f, names, pictures) for f in diagnosis.findings],
        "changes": [_change(change) for change in changes(diagnosis)],
    }


def _finding(
    finding: Finding, names: Mapping[str, str], pictures: Pictures
) -> dict[str, Any]:
    picture = pictures.of(finding)
    return {
        "sign": finding.sign,
        "target": names.get(finding.target, finding.target),
        "steps": span(finding),
        "explanation": _plain(finding.explanation, names),
        "value": number(finding.value),
        "limit": number(finding.limit),
        "picture": asdict(picture) if picture else None,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "name": change.remedy.name,
        "signs": list(change.signs),
        "code": change.remedy.code.strip(),
        "effect": effect(change.remedy),
        "expectation": change.expectation,
    }


def _plain(text: str, names: Mapping[str, str]) -> str:
    return shortened(text, names).replace("`", "")


def _missing(history: RunHistory) -> list[str]:
    """What a reader may look for in vain, and why."""
    if not len(history.steps):
        return ["No step was measured yet: there is nothing to draw."]
    if not history.samples:
        return [
            "No step was looked at through time: `GradientMonitor` does so "
            "in `fit`, at the first step and every `time_every` steps."
        ]
    if not any(sample.profiles for sample in history.samples):
        return ["There is no gradient through time: no layer is recurrent."]
    return []
