"""One run in words, as data: for pages, which put them into their own form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgrad.history import History
from kgrad.records import Finding
from kgrad.reporters.cases import cases, changes, effect, number, span
from kgrad.reporters.facts import facts
from kgrad.reporters.labels import labels, layer_labels

REMEDIES = 3
"""How many remedies are told of each sign."""


def telling(history: History) -> dict[str, Any]:
    """What a page says of a run before it shows any figure.

    All of it is plain text, from files: a page has to escape it.

    Args:
        history: The run.

    Returns:
        Lists, dictionaries and strings, fit for JSON: `facts`, pairs of
        heading and text; `damage`, sentences; `missing`, sentences; `cases`,
        one for each sign with its `findings`; `changes`, the remedies.
    """
    names = labels(history.target_records) | layer_labels(
        history.target_records, history.samples
    )
    told = cases(history.findings)
    return {
        "facts": [list(fact) for fact in facts(history).items()],
        "damage": list(history.damage),
        "missing": list(_missing(history)),
        "cases": [
            {
                "sign": case.sign,
                "findings": [_finding(f, names) for f in case.findings],
            }
            for case in told
        ],
        "changes": [
            {
                "name": change.remedy.name,
                "signs": list(change.signs),
                "code": change.remedy.code.strip(),
                "effect": effect(change.remedy),
            }
            for change in changes(told, REMEDIES)
        ],
    }


def _finding(finding: Finding, names: Mapping[str, str]) -> dict[str, Any]:
    explanation = finding.explanation
    for name, label in names.items():
        explanation = explanation.replace(f"`{name}`", label)
    explanation = explanation.replace("`", "")
    return {
        "target": names.get(finding.target, finding.target),
        "steps": span(finding),
        "explanation": explanation,
        "value": number(finding.value),
        "limit": number(finding.limit),
    }


def _missing(history: History) -> list[str]:
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
