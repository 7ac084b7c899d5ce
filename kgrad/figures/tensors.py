"""Which tensors of a run there are histograms of."""

from __future__ import annotations

from kgrad.records import Histogram
from kgrad.report.labels import run_labels
from kgrad.storage.history import RunHistory

KINDS = ("gradient", "weight", "activation")
"""In the order of a page."""


def tensors_of(history: RunHistory) -> dict[str, str]:
    """By its key each tensor, gradients first, and how a page calls it."""
    labels = run_labels(history)
    found = {
        key(one): (one.kind, labels.get(one.name, one.name))
        for sample in history.samples
        for one in sample.histograms
    }
    return {
        name: f"{kind} of {label}"
        for wanted in KINDS
        for name, (kind, label) in found.items()
        if kind == wanted
    }


def key(one: Histogram) -> str:
    """What a page asks for its histograms by."""
    return f"{one.kind} {one.name}"
