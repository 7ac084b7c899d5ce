"""Other metrics."""

from __future__ import annotations

from kgrad.records import Remedy


def mean_absolute_error() -> Remedy:
    """A metric of a regression; by hand only."""
    return Remedy(
        "mean_absolute_error",
        "metric that fits the targets",
        code='metrics=["mae"]',
        cures="it says how far predictions are off, in units of the targets",
        does_not_cure="what the model learns: only the loss does",
    )


def that_counts_answers() -> Remedy:
    """Metrics that Keras chooses by the loss; by hand only."""
    return Remedy(
        "metric_that_counts_answers",
        "metric that counts the answers",
        code='metrics=["accuracy"]  # or one that takes probabilities',
        cures="an accuracy is chosen by the loss and counts right answers; of "
        "classes of a picture, `OneHotMeanIoU` or `BinaryIoU` does, where "
        "`MeanIoU` expects classes instead of probabilities",
        does_not_cure="what the model learns: only the loss does",
    )
