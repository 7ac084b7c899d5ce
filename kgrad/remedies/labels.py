"""Changes to labels, their weights, and the order of the samples."""

from __future__ import annotations

from kgrad.records import Remedy, TensorSummary
from kgrad.records.edits import ChangeTargets, ShuffleSamples, WeighClasses
from kgrad.remedies.scales import kept_code

_KNOWN = 5
"""Labels of a class from which its share is known somewhat."""


def labels_from_zero(shift: float) -> Remedy:
    """Labels that begin with 0."""
    return Remedy(
        "labels_from_zero",
        "labels from 0 on",
        code=f"y = y - {shift:g}",
        cures="each label has the output that stands for it",
        does_not_cure="labels that are in the data by mistake",
        edits=(ChangeTargets(offset=shift, is_class=True),),
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


def labels_to_binary(lowest: float, highest: float) -> Remedy:
    """Labels 0 and 1, of -1 and 1 or of 0 and 255."""
    scale = highest - lowest
    sign = f"(y + {-lowest:g})" if lowest else "y"
    return Remedy(
        "labels_to_binary",
        "labels 0 and 1",
        code=f"y = {sign} / {scale:g}",
        cures="the loss expects a probability: 0, 1 or in between",
        does_not_cure="labels that are in the data by mistake",
        # Between 0 and 255 there can be others, which are no classes.
        edits=(
            (ChangeTargets(offset=lowest, scale=scale, is_class=True),)
            if lowest
            else ()
        ),
    )


def probabilities(name: str) -> Remedy:
    """Targets from 0 to 1.

    Args:
        name: What holds them, as Python.
    """
    return Remedy(
        "probabilities",
        "targets from 0 to 1",
        code=f"{name} = np.clip({name}, 0, 1)",
        cures="a cross-entropy then has a smallest value, at the targets",
        does_not_cure="targets that are not meant as probabilities",
    )


def whole_labels(factor: float) -> Remedy:
    """Labels that are whole again.

    Args:
        factor: What they were divided by, 0 if it is not known.
    """
    return Remedy(
        "whole_labels",
        "labels that are whole numbers",
        code=(
            f'y = np.rint(y * {factor:g}).astype("int32")'
            if factor
            else "_, y = np.unique(y, return_inverse=True)"
        ),
        cures="a label is the number of its class; scale the inputs only",
        does_not_cure="a regression: that needs another loss",
        edits=(
            (ChangeTargets(scale=1 / factor, is_class=True),) if factor else ()
        ),
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
        edits=(ShuffleSamples(),),
    )


def class_weights(target: TensorSummary, classes: int) -> Remedy:
    """Errors in rare classes that count more.

    Weights are n / (K n_k), so that all classes count the same; the mean
    weight of a sample stays 1. Below five labels of a class, its share is
    known within a factor of two only: it counts as five. Keras'
    `class_weight` has one weight for a sample: where each step of a sequence
    has a label, each step is weighted.

    Args:
        target: The labels of a batch.
        classes: How many classes there are.
    """
    counts = [*target.class_counts]
    counts += [0] * (classes - len(counts))
    total = sum(counts) / len(counts)
    weights = tuple(float(f"{total / max(n, _KNOWN):.2g}") for n in counts)
    column = target.is_one_hot or target.shape[1:][-1:] == (1,)
    axes = len(target.shape) - column
    whole = "y.astype(int)" if "float" in target.dtype else "y"
    labels = "y.argmax(-1)" if target.is_one_hot else whole
    told = ", ".join(f"{k}: {w:g}" for k, w in enumerate(weights))
    listed = ", ".join(f"{w:g}" for w in weights)
    return Remedy(
        "class_weights",
        "class weights",
        code=(
            f"model.fit(x, y, sample_weight=np.take([{listed}], {labels}))"
            if axes > 1
            else f"model.fit(x, y, class_weight={{{told}}})"
        ),
        cures="an error in a rare class counts as much as in a frequent one",
        does_not_cure="classes of which there are too few samples to learn",
        edits=(WeighClasses(weights, at_each_step=axes > 1),),
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
