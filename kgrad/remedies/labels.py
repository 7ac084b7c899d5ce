"""Changes to labels, and to the order of the samples; all by hand only."""

from __future__ import annotations

from collections.abc import Sequence

from kgrad.records import Remedy
from kgrad.remedies.scales import kept_code


def labels_from_zero(shift: float) -> Remedy:
    """Labels that begin with 0."""
    return Remedy(
        "labels_from_zero",
        "labels from 0 on",
        code=f"y = y - {shift:g}",
        cures="each label has the output that stands for it",
        does_not_cure="labels that are in the data by mistake",
    )


def labels_in_range(name: str, classes: int) -> Remedy:
    """No samples with labels that no output stands for.

    Args:
        name: What holds them, as Python.
        classes: How many outputs there are.
    """
    sound = f"((0 <= {name}) & ({name} < {classes}))"
    return Remedy(
        "labels_in_range",
        "clean labels",
        code=kept_code(name, sound),
        cures="each label has the output that stands for it",
        does_not_cure="labels that do not begin with 0, or too few outputs",
    )


def labels_to_binary(code: str) -> Remedy:
    """Labels 0 and 1."""
    return Remedy(
        "labels_to_binary",
        "labels 0 and 1",
        code=code,
        cures="the loss expects a probability: 0, 1 or in between",
        does_not_cure="labels that are in the data by mistake",
    )


def whole_labels(factor: float) -> Remedy:
    """Labels that are whole again.

    Args:
        factor: What they were divided by, 0 if it is not known.
    """
    scaled = f"y * {factor:g}" if factor else "labels"
    return Remedy(
        "whole_labels",
        "labels that are whole numbers",
        code=(
            f'y = np.rint({scaled}).astype("int32")'
            if factor
            else "_, y = np.unique(labels, return_inverse=True)"
        ),
        cures="a label is the number of its class; scale the inputs only",
        does_not_cure="a regression: that needs another loss",
    )


def one_hot(units: int) -> Remedy:
    """Labels as rows with one 1."""
    return Remedy(
        "one_hot",
        "labels as one-hot rows",
        code=f"y = keras.utils.to_categorical(y, {units})",
        cures="the loss compares a row of probabilities with a row of labels",
        does_not_cure="labels that do not begin with 0",
    )


def shuffled() -> Remedy:
    """Samples in another order, before any are held out."""
    return Remedy(
        "shuffled",
        "shuffled samples",
        code=(
            "order = np.random.permutation(len(x)); x, y = x[order], y[order]"
            "  # before `fit`"
        ),
        cures="every batch, and what is held out, has samples of every class",
        does_not_cure="rows that belong together in time: split those in time",
    )


def class_weights(counts: Sequence[int]) -> Remedy:
    """Errors in rare classes that count more.

    Weights are n / (K n_k), so that all classes count the same; the mean
    weight of a sample stays 1.

    Args:
        counts: How often each class occurs.
    """
    present = {k: n for k, n in enumerate(counts) if n}
    total = sum(present.values())
    weights = ", ".join(
        f"{k}: {total / (len(present) * n):.2g}" for k, n in present.items()
    )
    return Remedy(
        "class_weights",
        "class weights",
        code=f"model.fit(..., class_weight={{{weights}}})",
        cures="an error in a rare class counts as much as in a frequent one",
        does_not_cure="classes of which there are too few samples to learn",
    )


def both_classes() -> Remedy:
    """A look at where the labels come from."""
    return Remedy(
        "both_classes",
        "labels of all classes",
        code="print(np.unique(y, return_counts=True))",
        cures="with one class only there is nothing to tell apart",
        does_not_cure="classes that are there, but rare",
    )
