"""Independent definitions: NumPy on gradients of an eager `GradientTape`.

Nothing of kgrad is used here. Every number is a few lines of NumPy in
float64 on arrays that were copied to the host step by step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

GATES = {"lstm_cell": "ifco", "gru_cell": "zrh"}


@dataclass
class Step:
    """One optimizer step: arrays by variable path."""

    loss: float
    gradients: dict[str, np.ndarray]
    clipped: dict[str, np.ndarray]
    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]
    skipped: bool = False

    def statistics(self) -> dict[str, dict[str, float]]:
        """Statistic -> target -> number, gates and `"global"` included."""
        parts: dict[str, list[Any]] = {}
        for path in self.gradients:
            arrays = [
                np.asarray(source[path], np.float64)
                for source in (
                    self.gradients,
                    self.clipped,
                    self.before,
                    self.after,
                )
            ]
            parts[path] = [arrays]
            cell = path.split("/")[-2] if "/" in path else ""
            gates = GATES.get(cell.rstrip("_0123456789"), "")
            for i, gate in enumerate(gates):
                parts[f"{path}[{gate}]"] = [
                    [np.split(a, len(gates), axis=-1)[i] for a in arrays]
                ]
        parts["global"] = [parts[path][0] for path in self.gradients]
        result: dict[str, dict[str, float]] = {}
        for target, tensors in parts.items():
            for name, value in numbers(tensors).items():
                result.setdefault(name, {})[target] = value
        return result


def numbers(tensors: Sequence[Sequence[np.ndarray]]) -> dict[str, float]:
    """The statistics of the tensors of a target taken together."""
    flat = [np.concatenate([t[i].ravel() for t in tensors]) for i in range(4)]
    gradient, clipped, before, after = flat
    columns = [
        np.atleast_1d(t[0]).reshape(-1, np.atleast_1d(t[0]).shape[-1])
        for t in tensors
    ]
    zero = np.concatenate([(c == 0).all(axis=0) for c in columns])
    with np.errstate(all="ignore"):
        return {
            "gradient_norm": np.sqrt(np.sum(gradient**2)),
            "clipped_gradient_norm": np.sqrt(np.sum(clipped**2)),
            "gradient_max": np.max(np.abs(gradient)),
            "weight_norm": np.sqrt(np.sum(before**2)),
            "update_norm": np.sqrt(np.sum((after - before) ** 2)),
            "update_ratio": np.sqrt(np.sum((after - before) ** 2))
            / (np.sqrt(np.sum(before**2)) or np.nan),
            "zero_gradient_share": zero.mean(),
            "nonfinite_count": np.sum(~np.isfinite(gradient)),
        }


def clip(
    gradients: dict[str, np.ndarray],
    norms: dict[str, float],
    clipnorm: float | None = None,
    global_clipnorm: float | None = None,
    clipvalue: float | None = None,
) -> dict[str, np.ndarray]:
    """Keras' three kinds of clipping, written down once more.

    `norms` are those that Keras clips by: of a sparse gradient, the norm of
    its slices before rows of the same index are added up.
    """

    def shrink(gradient: np.ndarray, norm: float, limit: float) -> np.ndarray:
        return gradient * (limit / max(norm, limit))

    if clipnorm:
        return {
            path: shrink(g, norms[path], clipnorm)
            for path, g in gradients.items()
        }
    if global_clipnorm:
        total = np.linalg.norm(list(norms.values()))
        return {
            path: shrink(g, total, global_clipnorm)
            for path, g in gradients.items()
        }
    if clipvalue:
        return {
            path: np.clip(g, -clipvalue, clipvalue)
            for path, g in gradients.items()
        }
    return gradients


def train_by_tape(
    variables: Sequence[Any],
    optimizer: Any,
    loss_of: Callable[[Any], tf.Tensor],
    batches: Sequence[Any],
    accumulate: int = 1,
    **clipping: float,
) -> list[Step]:
    """Trains eagerly, step by step, and copies everything to the host.

    Args:
        variables: What is trained.
        optimizer: A fresh one, of the same kind as the watched one.
        loss_of: Gives the loss of a batch.
        batches: One for each call of the optimizer.
        accumulate: Calls of the optimizer that make one step.
        clipping: As the optimizer's.
    """
    steps: list[Step] = []
    pending: list[dict[str, np.ndarray]] = []
    for batch in batches:
        scale = float(optimizer.scale_loss(tf.ones(())))
        with tf.GradientTape() as tape:
            loss = loss_of(batch)
            scaled = loss * scale
        gradients = tape.gradient(scaled, [v.value for v in variables])
        pairs = [
            (g, v)
            for g, v in zip(gradients, variables, strict=True)
            if g is not None
        ]
        norms = {v.path: np.linalg.norm(_values(g)) / scale for g, v in pairs}
        pending.append(
            {v.path: tf.convert_to_tensor(g).numpy() / scale for g, v in pairs}
        )
        before = {v.path: v.numpy() for _, v in pairs}
        optimizer.apply_gradients(pairs)
        if len(pending) < accumulate:
            continue
        mean = {
            path: np.mean([g[path] for g in pending], axis=0)
            for path in pending[0]
        }
        if accumulate > 1:
            norms = {path: np.linalg.norm(g) for path, g in mean.items()}
        pending = []
        after = {v.path: v.numpy() for _, v in pairs}
        finite = all(np.isfinite(g).all() for g in mean.values())
        skipped = scale != 1 and not finite
        clipped = mean if skipped else clip(mean, norms, **clipping)
        steps.append(Step(float(loss), mean, clipped, before, after, skipped))
    return steps


def _values(gradient: Any) -> np.ndarray:
    if isinstance(gradient, tf.IndexedSlices):
        gradient = gradient.values
    return np.asarray(gradient, np.float64)
