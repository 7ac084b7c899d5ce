"""A look at a model outside training: one batch, or its weights alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import tree

from kgrad.records import TimeProfile
from kgrad.step.patching import PatchedAttributes
from kgrad.step.scan import tapped_inner_loop
from kgrad.step.state_taps import zeros_to
from kgrad.step.targets import layers_of, layout_of
from kgrad.step.time_tap import (
    anchor,
    profiles,
    recurrent_layers,
)

Norms = npt.NDArray[np.float64]


def time_gradients(
    model: keras.Model,
    x: Any,
    y: Any,
    *,
    per_sample: bool = False,
    lags: bool = False,
) -> list[TimeProfile]:
    """||dL/dh_t|| for every t, of one batch, without training on it.

    The model runs step by step in inference mode and is left as it was.

    Args:
        model: A compiled `keras.Model` with recurrent layers.
        x: Input of the batch, as `fit` takes it.
        y: Target of the batch.
        per_sample: Whether to give the norms of each sample, too, in
            `TimeProfile.samples`.
        lags: Whether to give, for losses at every step, the norms
            ||dL_s/dh_t|| of the loss L_s at each step s, in
            `TimeProfile.lags`: what reaches back from s to t, without the
            gradient that arrives afresh in between.

    Returns:
        One profile per recurrent layer and state, in the order of the
        layers, h before c.

    Raises:
        ValueError: If the model is not compiled, has no recurrent layer
            that can be tapped, or, with `lags`, has no loss at every step.

    Example:
        >>> for profile in kgrad.time_gradients(model, x, y): # doctest: +SKIP
        ...     print(profile.layer, profile.state, profile.horizon)
    """
    layers, untapped = recurrent_layers(model)
    if not layers:
        reasons = [f"{path}: {why}" for path, why in untapped.items()]
        raise ValueError(
            "`model` must have a recurrent layer that can be tapped. "
            f"Received: model={model.name!r} {reasons}"
        )
    if not getattr(model, "compiled", False):
        raise ValueError(
            "`model` must be compiled: the gradient is that of its loss. "
            f"Received: model={model.name!r}"
        )
    taken = _Norms()
    with _as_it_was(model), ExitStack() as stack:
        for layer in layers:
            scan = tapped_inner_loop(layer, taken.zeros_for(layer))
            stack.enter_context(PatchedAttributes(layer, inner_loop=scan))
        with tf.GradientTape(persistent=True) as tape:
            y_pred = model(x, training=False)
            losses = [model.compute_loss(x, y, y_pred)]
            if lags:
                losses += _losses_by_step(model, x, y, y_pred)
        weights = [
            variable.value
            for layer in layers
            for variable in layer.trainable_variables
        ]
        norms = []
        for loss in losses:
            taken.clear()
            tape.gradient(loss, weights)
            norms.append([taken.of(layer) for layer in layers])
        del tape
    found: list[TimeProfile] = []
    for i, layer in enumerate(layers):
        of_loss = norms[0][i]
        by_step = np.stack([_total(n[i]) for n in norms[1:]]) if lags else None
        for column, profile in enumerate(profiles(layer, _total(of_loss)), 1):
            samples = of_loss[:, :, column] if per_sample else None
            table = by_step[:, :, column] if by_step is not None else None
            found.append(replace(profile, samples=samples, lags=table))
    return found


def _total(norms: Norms) -> Norms:
    """`(samples, time, columns)` to the norms over samples."""
    total: Norms = np.sqrt(np.sum(np.square(norms), axis=0))
    return total


def _losses_by_step(model: Any, x: Any, y: Any, y_pred: Any) -> list[Any]:
    """The part of the loss that is due to each time step."""
    batch, steps = (
        tf.convert_to_tensor(y).shape[:2] if np.ndim(y) > 1 else (0, 0)
    )
    if steps < 2 or len(y_pred.shape) < 3 or y_pred.shape[1] != steps:
        raise ValueError(
            "`lags` needs a loss at every time step: targets `(batch, time, "
            "...)` and outputs of the same length. Received: targets of shape "
            f"{np.shape(y)}, outputs of shape {tuple(y_pred.shape)}"
        )
    weights = np.eye(steps, dtype=np.float32)[:, np.newaxis]
    weights = np.repeat(weights, batch, axis=1)
    return [
        model.compute_loss(x, y, y_pred, sample_weight=weight)
        for weight in weights
    ]


@contextmanager
def _as_it_was(model: Any) -> Iterator[None]:
    """Puts back what a call of the model changes: states, statistics."""
    variables = [*model.non_trainable_variables, *model.metrics_variables]
    for layer in layers_of(model):
        if isinstance(layer, keras.layers.RNN):
            variables += tree.flatten(layer.states or [])
    before = [variable.numpy() for variable in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)


class _Norms:
    """Takes the norms of every call of every layer, sample by sample."""

    def __init__(self) -> None:
        self._taken: dict[int, list[Norms]] = {}

    def clear(self) -> None:
        self._taken = {}

    def of(self, layer: Any) -> Norms:
        """`(samples, time, 1 + states)`, of all calls together."""
        return np.concatenate(self._taken[id(layer)], axis=0)

    def zeros_for(self, layer: Any) -> Any:
        def write(norms: Any) -> None:
            taken = norms.numpy().astype(np.float64)
            self._taken.setdefault(id(layer), []).append(taken)

        def zeros_for(sequences: Any, columns: int) -> Any:
            rows, steps = sequences.shape[:2]
            return zeros_to(write, anchor(layer), rows, steps, columns)

        return zeros_for


@dataclass(frozen=True)
class Spectrum:
    """What a recurrent kernel does to a state, step after step.

    Args:
        layer: Path of the recurrent layer.
        gate: Gate whose block of the kernel it is, `""` if there is one.
        singular_values: `(units,)`, from the largest on: by how much a step
            can stretch a gradient.
        radius: Largest absolute eigenvalue: by how much many steps do, per
            step. Healthy: near 1.
    """

    layer: str
    gate: str
    singular_values: Norms
    radius: float


def spectrum(model: keras.Model) -> list[Spectrum]:
    """Singular values and spectral radius of all recurrent kernels.

    Args:
        model: A built `keras.Model`.

    Returns:
        One for each square block: of LSTM and GRU one per gate.

    Raises:
        ValueError: If the model has no recurrent kernel.

    References:
        Pascanu, Mikolov, Bengio: On the difficulty of training recurrent
        neural networks, 2013, arXiv:1211.5063, section 2.2.
    """
    layout = layout_of(model, model.variables)
    found: list[Spectrum] = []
    for variable, gates in zip(model.variables, layout.gates, strict=True):
        square = len(variable.shape) == 2 and variable.shape[
            1
        ] == variable.shape[0] * len(gates)
        if variable.name != "recurrent_kernel" or not square:
            continue
        blocks = np.split(variable.numpy().astype(np.float64), len(gates), 1)
        owner = variable.path.rpartition("/")[0].rpartition("/")[0]
        found += [
            Spectrum(
                owner,
                gate,
                np.linalg.svd(block, compute_uv=False),
                float(np.abs(np.linalg.eigvals(block)).max()),
            )
            for gate, block in zip(gates, blocks, strict=True)
        ]
    if not found:
        raise ValueError(
            "`model` must have a recurrent kernel. "
            f"Received: model={model.name!r}"
        )
    return found
