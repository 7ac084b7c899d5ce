"""What the units of a layer do, read from its outputs in sampled steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import tree

from kgrad.records import Activity
from kgrad.step import replicas
from kgrad.step.functions import keep_alive
from kgrad.step.patching import PatchedAttributes
from kgrad.step.rare import rare
from kgrad.step.scan import SAMPLES, Seen
from kgrad.step.targets import layer_names, layers_of

SILENT = 1e-3
"""An output below this, on all samples and steps, is near zero."""

SATURATED = {"tanh": (-0.99, 0.99), "sigmoid": (0.01, 0.99)}
"""Outputs beyond these, where the slope is below 2 % of its largest."""

GATE = (0.05, 0.95)
"""A gate beyond these is shut or wide open."""

READ_STEPS = 32
"""Steps of a sequence, or rows of an image, that are averaged, evenly spaced,
of the first `SAMPLES` samples. Silent is what is so on all of them."""

GATE_SAMPLES = 4
"""Samples of a batch whose gates are recomputed, in the same steps; all of them
would cost a third of a training step."""


class ActivityTap:
    """Measures the outputs of recurrent layers and of other activations.

    With several replicas, those of the first one's samples.

    Args:
        model: The `keras.Model`.
        failed: Told once the name of a layer that cannot be read, and why.

    Attributes:
        layers: The layers whose outputs are read.
        seen: Called with the name of a layer and its outputs, of sequences
            and images those of the first 16 samples; None for nobody.
    """

    def __init__(
        self,
        model: Any,
        failed: Callable[[str, Exception], None] = lambda layer, error: None,
    ) -> None:
        self._failed = failed
        self._silent: set[int] = set()
        self.layers = [layer for layer in layers_of(model) if _is_read(layer)]
        self.seen: Callable[[str, Any], None] | None = None
        self._names = layer_names(model)
        # Made now: a variable made while a step is traced makes TensorFlow
        # trace it twice.
        self._tables = {
            id(layer): replicas.own_variable(
                np.full(len(names_of(layer)), np.nan, np.float32),
                "kgrad_activity",
            )
            for layer in self.layers
        }

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Reads whatever is traced, or run eagerly, while it is open."""
        with ExitStack() as stack:
            for layer in self.layers:
                if not isinstance(layer, keras.layers.RNN):
                    stack.enter_context(_wrapped(layer, self._after_call))
            yield

    def scanned(self, layer: Any, seen: Seen) -> None:
        """Reads the outputs of all steps of a recurrent layer."""
        with self._reading(layer):
            outputs, activation = seen.outputs, _activation(layer)
            numbers = outputs_read(outputs, activation, seen.largest)
            for gate, values in gate_activations(layer, seen).items():
                share = _share_beyond(values, GATE)
                numbers[f"gate_{gate}_saturated_share"] = share
            self._write(layer, numbers, outputs)

    @property
    def tables(self) -> list[Any]:
        """The variables that a step writes, one for each layer."""
        return list(self._tables.values())

    def read(self) -> tuple[Activity, ...]:
        """The activities in the last step that was sampled."""
        found = []
        for layer in self.layers:
            numbers = replicas.host_value(self._tables[id(layer)])
            if not np.isnan(numbers).all():
                values = dict(
                    zip(names_of(layer), map(float, numbers), strict=True)
                )
                found.append(Activity(self._names[id(layer)], values))
        return tuple(found)

    def _after_call(self, layer: Any, outputs: Any) -> None:
        with self._reading(layer):
            whole = outputs if len(outputs.shape) != 1 else outputs[:, None]
            numbers = outputs_read(whole, _activation(layer))
            self._write(layer, numbers, whole)

    @contextmanager
    def _reading(self, layer: Any) -> Iterator[None]:
        try:  # Layers of the user's own may give anything.
            yield
        except Exception as error:
            if id(layer) not in self._silent:
                self._silent.add(id(layer))
                self._failed(self._names[id(layer)], error)

    def _write(self, layer: Any, numbers: dict[str, Any], outputs: Any) -> None:
        if replicas.index():
            return
        if self.seen is not None:
            few = outputs[:SAMPLES] if len(outputs.shape) > 2 else outputs
            self.seen(self._names[id(layer)], few)
        keep_alive(self)
        self._tables[id(layer)].assign(
            tf.stack([tf.cast(numbers[x], tf.float32) for x in names_of(layer)])
        )


def names_of(layer: Any) -> list[str]:
    """Names of the numbers that are read of a layer."""
    names = ["silent_unit_share", "output_mean", "output_spread"]
    if _activation(layer) in SATURATED:
        names.append("saturated_unit_share")
    gates = gates_of(getattr(layer, "cell", None))
    return names + [f"gate_{gate}_saturated_share" for gate in gates]


def outputs_read(
    outputs: Any, activation: str, largest: Any = None
) -> dict[str, Any]:
    """Numbers of a layer's outputs, `(batch, ..., units)`.

    Args:
        outputs: The outputs.
        activation: Name of the activation.
        largest: The largest absolute output of all samples, `(..., units)`,
            if `outputs` are those of the first ones only.

    Returns:
        `silent_unit_share`: share of the units whose output is below 0.001
        on every sample and step; `output_mean` and `output_spread`, mean and
        standard deviation; of a bounded activation, too,
        `saturated_unit_share`: share of the units of which more than half
        of the outputs are saturated. Of more than two axes, these three are
        those of at most 32 steps of the first 16 samples.
    """
    outputs = tf.stop_gradient(tf.cast(outputs, tf.float32))
    rows = outputs
    if len(outputs.shape) > 2:
        rows = outputs[:SAMPLES, :: _distance(outputs)]
        rows = tf.reshape(rows, (-1, outputs.shape[-1]))
    if largest is not None:
        silent = _is_silent(largest)
    else:
        silent = _is_silent(rows)
        if rows is not outputs:
            # Hardly ever is one, and all outputs are many.
            silent = tf.cond(
                tf.reduce_any(silent),
                rare(lambda: _is_silent(outputs)),
                lambda: silent,
            )
    mean, variance = tf.nn.moments(rows, axes=[0, 1])
    numbers = {
        "silent_unit_share": tf.reduce_mean(tf.cast(silent, tf.float32)),
        "output_mean": mean,
        "output_spread": tf.sqrt(variance),
    }
    if activation in SATURATED:
        low, high = SATURATED[activation]
        beyond = tf.cast((rows < low) | (rows > high), tf.float32)
        most = tf.reduce_mean(beyond, axis=0) > 0.5
        share = tf.reduce_mean(tf.cast(most, tf.float32))
        numbers["saturated_unit_share"] = share
    return numbers


def _is_silent(values: Any) -> Any:
    """`(units,)`: whether the unit, on the last axis, is near zero in all."""
    axes = list(range(len(values.shape) - 1))
    return tf.reduce_max(tf.abs(values), axes) < SILENT


def _distance(values: Any) -> int:
    """Between those steps of `(batch, time, ...)` that are read."""
    # Of a length that is not known, all: XLA would compile for each.
    return -(-(values.shape[1] or 1) // READ_STEPS)


def gates_of(cell: Any) -> dict[str, int]:
    """The letter of each gate, and its place on a kernel's last axis."""
    if isinstance(cell, keras.layers.LSTMCell):
        return {"i": 0, "f": 1, "o": 3}
    if isinstance(cell, keras.layers.GRUCell):
        return {"z": 0, "r": 1}
    return {}


def gate_activations(layer: Any, seen: Seen) -> dict[str, Any]:
    """Each gate's activation, `(samples, time, units)`, by its letter.

    They cannot be reached inside the scan and are recomputed from its inputs
    and outputs: h of all steps is known, and with it what every gate was
    given,

        LSTM   i, f, o = sigmoid(W x_t + U h_{t-1} + b)
        GRU    z, r    = sigmoid(W x_t + U h_{t-1} + b)

    for at most 32 steps of the first 4 samples of the batch, without the
    cell's dropout.

    Args:
        layer: The `keras.layers.RNN`.
        seen: Its inputs, `(batch, time, features)`, and h of all steps.

    Returns:
        Empty for a cell without gates.
    """
    cell = layer.cell
    letters = gates_of(cell)
    if not letters:
        return {}
    every = _distance(seen.sequences)
    sequences = seen.sequences[:GATE_SAMPLES]
    if layer.go_backwards:
        sequences = tf.reverse(sequences, [1])
    first = tree.flatten(seen.initial_state)[0][:GATE_SAMPLES, tf.newaxis]
    before = tf.concat([first, seen.outputs[:GATE_SAMPLES, :-1]], axis=1)
    sequences, before = sequences[:, ::every], before[:, ::every]
    inputs = tf.matmul(sequences, _of_gates(cell, cell.kernel))
    inputs += tf.matmul(before, _of_gates(cell, cell.recurrent_kernel))
    if cell.use_bias:
        bias = _of_gates(cell, cell.bias)
        inputs += tf.reduce_sum(
            tf.reshape(bias, (-1, inputs.shape[-1])), axis=0
        )
    parts = tf.split(inputs, len(letters), axis=-1)
    return {
        letter: cell.recurrent_activation(part)
        for letter, part in zip(letters, parts, strict=True)
    }


def _of_gates(cell: Any, weight: Any) -> Any:
    """What of a weight leads to the gates: not all of it does."""
    weight = keras.ops.convert_to_tensor(weight)
    parts = tf.split(weight, weight.shape[-1] // cell.units, axis=-1)
    return tf.concat([parts[i] for i in gates_of(cell).values()], axis=-1)


def _share_beyond(values: Any, limits: tuple[float, float]) -> Any:
    low, high = limits
    values = tf.stop_gradient(values)
    return tf.reduce_mean(tf.cast((values < low) | (values > high), tf.float32))


def _activation(layer: Any) -> str:
    activation = getattr(layer, "activation", None)
    return getattr(activation, "__name__", "")


def _is_read(layer: Any) -> bool:
    if isinstance(layer, keras.layers.RNN):
        return True
    is_cell = hasattr(layer, "state_size")
    return not is_cell and _activation(layer) not in ("", "linear")


def _wrapped(
    layer: Any, after: Callable[[Any, Any], None]
) -> PatchedAttributes:
    """Calls `after` with what the layer's `call` returned."""
    call = layer.call

    def watched(*args: Any, **kwargs: Any) -> Any:
        outputs = call(*args, **kwargs)
        if tf.is_tensor(outputs):
            after(layer, outputs)
        return outputs

    return PatchedAttributes(layer, call=watched)
