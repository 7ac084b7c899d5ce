"""The table of the data: a row for each tensor of a batch."""

from __future__ import annotations

import math

from kgrad.records import DataSummary, TensorSummary
from kgrad.records.compared import compared
from kgrad.records.numbers import number, number_or_dash, share
from kgrad.report.table import Column, Table
from kgrad.signs.checks.base import LETTERS, place

_LETTERS = {**LETTERS, "prediction": "y_pred"}
_LEGEND = {
    "range": "smallest to largest entry",
    "spread": "standard deviation of all entries",
    "zeros": "entries that are exactly 0",
    "non-finite": "entries that are NaN or infinite; healthy: 0",
    "class": "most frequent class and its share; healthy: y_pred near y",
}


def data_table(data: DataSummary, when: str) -> Table:
    """Inputs, targets, sample weights and predictions in numbers.

    Args:
        data: Of one batch.
        when: Which one, `"step 451"`.
    """
    classes = _classes(data)
    of_classes = [Column("class")] if classes else []
    legend = {
        name: text
        for name, text in _LEGEND.items()
        if name != "class" or of_classes
    }
    return Table(
        "Data",
        (
            Column(f"data, {when}", "text"),
            Column("shape", spare=4),
            Column("type", spare=1),
            Column("range"),
            Column("mean", spare=3),
            Column("spread", spare=5),
            Column("zeros", spare=2),
            Column("non-finite", spare=6),
            *of_classes,
        ),
        tuple(
            (*_cells(t), *([classes.get(id(t), "-")] if classes else []))
            for t in data.tensors
        ),
        tuple(legend.items()),
    )


def _cells(tensor: TensorSummary) -> tuple[str, ...]:
    low, high = tensor.minimum, tensor.maximum
    known = not math.isnan(low)
    return (
        place(_LETTERS[tensor.role], tensor.name),
        f"({', '.join(map(str, tensor.shape))})",
        tensor.dtype,
        f"{number(low)} to {number(high)}" if known else "-",
        number_or_dash(tensor.mean),
        number_or_dash(tensor.std),
        share(tensor.zero_share),
        f"{tensor.nonfinite:,}",
    )


def _classes(data: DataSummary) -> dict[int, str]:
    """`"3 (41%)"` of each target and prediction that is of classes."""
    found = {}
    for pair in compared(data):
        for tensor in (pair.target, pair.prediction):
            if pair.of_classes and tensor is not None:
                counts = tensor.class_counts
                most = counts.index(max(counts))
                part = share(counts[most] / max(sum(counts), 1))
                found[id(tensor)] = f"{most} ({part})"
    return found
