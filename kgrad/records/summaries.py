"""A batch on the host in numbers: the definition of every `TensorSummary`.

Written for what it says, not for speed: `kgrad.check` and loops of one's own
summarize with it, and what the compiled step computes is tested against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kgrad.records.arrays import Array
from kgrad.records.data import DataSummary, Role, TensorSummary

FEATURES = 1024
"""Above so many, features are not told one by one."""

CLASSES = 1000
"""Labels from here on are not counted."""


def summarize(role: Role, name: str, array: Any) -> TensorSummary:
    """One tensor of a batch in numbers.

    Args:
        role: What it is for.
        name: Keras' name of the input or output, `""` if there is only one.
        array: `(batch, ...)`, numbers or booleans.

    Raises:
        ValueError: If the array holds neither.
    """
    array = np.asarray(array)
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"`array` must hold numbers. Received: dtype={array.dtype}"
        )
    told: dict[str, Any] = {
        "role": role,
        "name": name,
        "shape": tuple(int(n) for n in array.shape),
        "dtype": str(array.dtype),
    }
    values = array.astype(np.float64)
    if values.ndim == 0:
        values = values[np.newaxis]
    if not values.size:
        return TensorSummary(**told)
    return TensorSummary(
        **told,
        **_of_entries(values),
        **_of_features(values),
        **_of_samples(values),
        **_of_classes(role, values),
    )


def summarize_batch(
    x: Any,
    y: Any = None,
    y_pred: Any = None,
    sample_weight: Any = None,
    *,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    training: bool = True,
) -> DataSummary:
    """The data of one batch; what are no numbers is left out.

    Args:
        x: Array, or list, tuple or dictionary of arrays, at any depth.
        y: Targets, likewise.
        y_pred: Predictions, likewise.
        sample_weight: Sample weights, likewise.
        inputs: Names of the model's inputs.
        outputs: Names of the model's outputs.
        training: Whether the model ran in training mode.
    """
    tensors = []
    given: tuple[tuple[Role, Any, Sequence[str]], ...] = (
        ("input", x, inputs),
        ("target", y, outputs),
        ("sample_weight", sample_weight, outputs),
        ("prediction", y_pred, outputs),
    )
    for role, data, names in given:
        for name, part in named_parts(data, names):
            array = np.asarray(part)
            if array.dtype.kind in "biuf":
                tensors.append(summarize(role, name, array))
    return DataSummary(tuple(tensors), training=training)


def named_parts(
    data: Any, names: Sequence[str] = ()
) -> Iterator[tuple[str, Any]]:
    """What nested data are made of, each with its name.

    Args:
        data: A tensor, or list, tuple or dictionary of such data; None and
            what it holds of it is left out.
        names: Names of the parts, in their order; used if there are as many
            as parts. Otherwise a part is named by its keys and places:
            `"image"`, `"1"`, `"image/0"`. The only part has no name.
    """
    parts = list(_parts(data, ""))
    if len(parts) == 1 and not isinstance(data, Mapping):
        parts = [("", part) for _, part in parts]
    elif len(names) == len(parts) and not isinstance(data, Mapping):
        parts = [(name, p) for name, (_, p) in zip(names, parts, strict=True)]
    yield from ((name, part) for name, part in parts if part is not None)


def _parts(data: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(data, Mapping):
        items = [(str(key), data[key]) for key in sorted(data, key=str)]
    elif isinstance(data, list | tuple):
        items = [(str(i), part) for i, part in enumerate(data)]
    else:
        yield path, data
        return
    for key, part in items:
        yield from _parts(part, f"{path}/{key}" if path else key)


def _of_entries(values: Array) -> dict[str, Any]:
    """Numbers of all entries."""
    finite = values[np.isfinite(values)]
    told: dict[str, Any] = {
        "nonfinite": int(values.size - finite.size),
        "zero_share": float((values == 0).mean()),
    }
    if finite.size:
        told |= {
            "minimum": float(finite.min()),
            "maximum": float(finite.max()),
            "mean": float(finite.mean()),
            "std": _std(finite),
            "is_whole": bool((finite == np.round(finite)).all()),
        }
    return told


def _std(values: Array) -> float:
    """Exactly 0 if all are the same, which a rounded mean could prevent."""
    return float((values - values[0]).std())


def _of_features(values: Array) -> dict[str, Any]:
    """Numbers along the last axis, of two or more."""
    if values.ndim < 2:
        return {}
    rows = values.reshape(-1, values.shape[-1])
    told: dict[str, Any] = {"is_one_hot": _is_one_hot(values)}
    finite = np.isfinite(rows)
    sums = rows[finite.all(axis=1)].sum(axis=1)
    if len(sums):
        told["row_sum_minimum"] = float(sums.min())
        told["row_sum_maximum"] = float(sums.max())
    # The mean of a single row would be the sample.
    if rows.shape[1] <= FEATURES and len(rows) > 1:
        columns = [
            column[known]
            for column, known in zip(rows.T, finite.T, strict=True)
        ]
        told["feature_mean"] = tuple(
            float(c.mean()) if len(c) else np.nan for c in columns
        )
        told["feature_std"] = tuple(
            _std(c) if len(c) else np.nan for c in columns
        )
    return told


def _of_samples(values: Array) -> dict[str, Any]:
    """Numbers of the samples against each other."""
    told: dict[str, Any] = {}
    if np.isfinite(values).all():
        told["sample_spread"] = float((values - values[0]).std(axis=0).mean())
    if values.ndim > 1:
        steps = (values != 0).reshape(*values.shape[:2], -1).any(axis=2)
        lengths = steps.sum(axis=1)
        told["empty_samples"] = int((lengths == 0).sum())
        told["shortest"] = int(lengths.min())
        told["longest"] = int(lengths.max())
    return told


def _of_classes(role: Role, values: Array) -> dict[str, Any]:
    """Counts of the classes, and whether neighbors share theirs."""
    if role == "prediction":
        return {"class_counts": _predicted(values)}
    if role != "target":
        return {}
    counts = _labels(values)
    told: dict[str, Any] = {"class_counts": counts}
    if counts and len(values) > 1:
        flat = values.reshape(len(values), -1)
        same = (flat[1:] == flat[:-1]).all(axis=1)
        told["neighbor_share"] = float(same.mean())
    return told


def _labels(values: Array) -> tuple[int, ...]:
    if values.ndim > 1 and _is_one_hot(values) and values.shape[-1] <= CLASSES:
        rows = values.reshape(-1, values.shape[-1])
        return tuple(int(n) for n in rows.sum(axis=0))
    labels = values.ravel()
    if (
        not np.isfinite(labels).all()
        or (labels != np.round(labels)).any()
        or not 0 <= labels.min() <= labels.max() < CLASSES
    ):
        return ()
    return tuple(int(n) for n in np.bincount(labels.astype(np.int64)))


def _predicted(values: Array) -> tuple[int, ...]:
    values = np.where(np.isfinite(values), values, 0.0)
    units = values.shape[-1] if values.ndim > 1 else 1
    if units > CLASSES:
        return ()
    if units > 1:
        classes = values.reshape(-1, units).argmax(axis=1)
        return tuple(int(n) for n in np.bincount(classes, minlength=units))
    is_share = values.min() >= 0 and values.max() <= 1
    above = int((values >= (0.5 if is_share else 0.0)).sum())
    return values.size - above, above


def _is_one_hot(values: Array) -> bool:
    """Whether each row of the last axis is one 1 among zeros."""
    if values.shape[-1] < 2:
        return False
    binary = ((values == 0) | (values == 1)).all()
    return bool(binary and (values.sum(axis=-1) == 1).all())
