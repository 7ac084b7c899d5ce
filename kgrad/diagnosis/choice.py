"""Which remedies of an illness are worth trying, and which contradict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kgrad.records import Finding, Remedy
from kgrad.records.edits import LayerEdit
from kgrad.signs.base import DATA

_KINDS = {
    "check_data": "clean data",
    "finite": "clean data",
    "larger_learning_rate": "learning rate",
    "smaller_learning_rate": "learning rate",
    "look": "inputs that vary",
    "true_division": "inputs that vary",
    "divide": "scale of inputs",
    "normalization_layer": "scale of inputs",
    "scale_both": "scale of inputs",
    "scale_inputs": "scale of inputs",
}
"""Remedies of which one is enough, by id; others are a kind of their own."""

_WITHOUT_GRADIENT = frozenset({"dead_units", "no_gradient", "unreached_layers"})
"""Rules that explain small updates: a rate times 0 is 0, however large."""

_CAME_IN = frozenset({"nonfinite_data", "label_range"})
"""Rules of causes in the batch itself."""


def chosen(
    first: Iterable[Remedy], findings: Sequence[Finding]
) -> tuple[Remedy, ...]:
    """One remedy of each kind; one for several layers names them all.

    - Of a larger and a smaller learning rate, or two smaller ones, the first
      counts: it is against what lies nearer to the cause.
    - No larger rate where units are dead or a gradient is 0.
    - Where the data, labels, output or loss are wrong, only what mends these:
      the gradients that follow from them are no illness of their own. Where
      NaN or a label without an output came in, only what is against that.

    Args:
        first: What is to be tried first.
        findings: Those of one illness, the cause first.
    """
    told = findings
    if findings[0].sign in DATA:
        told = [finding for finding in findings if finding.sign in DATA]
    if findings[0].rule in _CAME_IN:
        told = findings[:1]
    rules = {finding.rule or finding.sign for finding in findings}
    by_kind: dict[str, Remedy] = {}
    for remedy in (*first, *(x for f in told for x in f.remedies)):
        if remedy.id == "larger_learning_rate" and rules & _WITHOUT_GRADIENT:
            continue
        kind = _KINDS.get(remedy.id, remedy.id)
        before = by_kind.setdefault(kind, remedy)
        if before.id == remedy.id and _of_layers(before) and _of_layers(remedy):
            by_kind[kind] = _of_both(before, remedy)
    return tuple(by_kind.values())


def _of_layers(remedy: Remedy) -> bool:
    """Whether it changes layers and nothing else: those that it names."""
    return bool(remedy.edits) and all(
        isinstance(edit, LayerEdit) for edit in remedy.edits
    )


def _of_both(one: Remedy, other: Remedy) -> Remedy:
    """One remedy for the layers of two; of a layer in both, as the first."""
    layers = [edit.layer for edit in one.edits if isinstance(edit, LayerEdit)]
    named = tuple(f" {layer}" for layer in layers)
    more = [x for x in other.code.splitlines() if not x.endswith(named)]
    edits = [
        edit
        for edit in other.edits
        if isinstance(edit, LayerEdit) and edit.layer not in layers
    ]
    if not edits:
        return one
    return replace(
        one, code="\n".join([one.code, *more]), edits=(*one.edits, *edits)
    )
