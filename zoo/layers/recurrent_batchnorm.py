"""Batch normalization inside the recurrence, as Keras cells.

Each is the cell it is named after with

    U h_{t-1} + W x_t + b    replaced by    BN(U h_{t-1}) + BN(W x_t) + b

and, in an LSTM, tanh(c_t) inside the output by tanh(BN(c_t)). The statistics
are those of each time step by itself, and gamma begins at 0.1, so that tanh
begins where it has slope. (Keras' scan runs the first step twice, so that
step remembers its statistics twice in each batch.)

References:
    Cooijmans, Ballas, Laurent, Gulcehre, Courville 2017, Recurrent Batch
    Normalization, arXiv:1603.09025, equations 6 to 9.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

_registered = keras.saving.register_keras_serializable("zoo")


@_registered
class StepBatchNormalization(keras.layers.Layer):
    """Batch normalization with statistics of each time step.

    Args:
        steps: Time steps with statistics of their own; later ones share
            those of the last.
        center: Whether a learned beta is added.
        gamma: Initial value of gamma.
        momentum: Share of the moving statistics kept at each update.
        epsilon: Added to the variance.
    """

    def __init__(
        self,
        steps: int,
        center: bool = False,
        gamma: float = 0.1,
        momentum: float = 0.95,
        epsilon: float = 1e-5,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        if not isinstance(steps, int) or steps < 1:
            raise ValueError(
                f"`steps` must be an integer of 1 or more. "
                f"Received: steps={steps!r}"
            )
        self.steps, self.center = steps, center
        self.initial_gamma = gamma
        self.momentum, self.epsilon = momentum, epsilon

    def build(self, input_shape: Any) -> None:
        """Makes gamma, beta and the moving statistics of every step."""
        units = input_shape[-1]
        self.gamma = self.add_weight(
            (units,),
            keras.initializers.Constant(self.initial_gamma),
            name="gamma",
        )
        self.beta = None
        if self.center:
            self.beta = self.add_weight((units,), "zeros", name="beta")
        self.moving_mean = self.add_weight(
            (self.steps, units), "zeros", trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            (self.steps, units), "ones", trainable=False, name="moving_variance"
        )

    def call(self, inputs: Any, step: Any, training: bool = False) -> Any:
        """Normalizes `(batch, units)` by the statistics of a time step.

        Args:
            inputs: `(batch, units)`.
            step: Scalar integer tensor, from 0.
            training: Whether those of the batch are used, and remembered.
        """
        step = ops.minimum(step, self.steps - 1)
        if training:
            mean, variance = ops.moments(inputs, axes=[0])
            self._remember(self.moving_mean, step, mean)
            self._remember(self.moving_variance, step, variance)
        else:
            mean = ops.take(self.moving_mean, step, axis=0)
            variance = ops.take(self.moving_variance, step, axis=0)
        scale = self.gamma * ops.rsqrt(variance + self.epsilon)
        outputs = (inputs - mean) * scale
        return outputs if self.beta is None else outputs + self.beta

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            **super().get_config(),
            "steps": self.steps,
            "center": self.center,
            "gamma": self.initial_gamma,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
        }

    def _remember(self, moving: Any, step: Any, value: Any) -> None:
        kept = self.momentum * ops.take(moving, step, axis=0)
        row = kept + (1 - self.momentum) * ops.stop_gradient(value)
        place = ops.reshape(step, (1, 1))
        moving.assign(ops.scatter_update(moving, place, row[None]))


class _Cell(keras.layers.Layer):
    """What the cells share: weights, normalizations and the clock.

    Its inputs end in a channel that holds the number of the time step, which
    `BatchNormalizedRNN` puts there.

    Args:
        units: Number of units.
        steps: Time steps that have statistics of their own.
        activation: Of the state; None for none.
        kernel_initializer: Of W.
        recurrent_initializer: Of U.
    """

    blocks = 1
    """How many times as wide as the state W and U are."""

    def __init__(
        self,
        units: int,
        steps: int,
        activation: Any = "tanh",
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.units, self.steps = units, steps
        self.state_size: Any = units
        self.output_size = units
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(
            recurrent_initializer
        )
        self.normalize_input = StepBatchNormalization(steps, name="input_norm")
        self.normalize_state = StepBatchNormalization(steps, name="state_norm")

    def build(self, input_shape: Any) -> None:
        """Makes W, U and b."""
        width = self.blocks * self.units
        self.kernel = self.add_weight(
            (input_shape[-1] - 1, width), self.kernel_initializer, name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            (self.units, width),
            self.recurrent_initializer,
            name="recurrent_kernel",
        )
        self.bias = self.add_weight((width,), self._bias(), name="bias")
        self.normalize_input.build((None, width))
        self.normalize_state.build((None, width))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "steps": self.steps,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(
                self.kernel_initializer
            ),
            "recurrent_initializer": keras.initializers.serialize(
                self.recurrent_initializer
            ),
        }

    def _bias(self) -> Any:
        return "zeros"

    def _normalized(
        self, inputs: Any, state: Any, training: bool
    ) -> tuple[Any, Any, Any]:
        """BN(W x), BN(U h) and the number of the step."""
        step = ops.cast(inputs[0, -1], "int32")
        from_input = ops.matmul(inputs[:, :-1], self.kernel)
        from_state = ops.matmul(state, self.recurrent_kernel)
        return (
            self.normalize_input(from_input, step, training=training),
            self.normalize_state(from_state, step, training=training),
            step,
        )


@_registered
class BatchNormSimpleRNNCell(_Cell):
    """h_t = tanh(BN(U h_{t-1}) + BN(W x_t) + b)."""

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        """One step: `(batch, features + 1)` and `[h]` to h and `[h]`."""
        x, h, _ = self._normalized(inputs, states[0], training)
        h = self.activation(x + h + self.bias)
        return h, [h]


@_registered
class BatchNormLSTMCell(_Cell):
    """An LSTM; i, f, c, o side by side; the forget bias begins at 1."""

    blocks = 4

    def __init__(self, units: int, steps: int, **arguments: Any) -> None:
        super().__init__(units, steps, **arguments)
        self.state_size = [units, units]
        self.normalize_cell = StepBatchNormalization(
            steps, center=True, name="cell_norm"
        )

    def build(self, input_shape: Any) -> None:
        """Makes the weights and the normalization of c."""
        super().build(input_shape)
        self.normalize_cell.build((None, self.units))

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        """One step: `(batch, features + 1)` and `[h, c]` to h, `[h, c]`."""
        x, h, step = self._normalized(inputs, states[0], training)
        i, f, c, o = ops.split(x + h + self.bias, 4, axis=-1)
        c = ops.sigmoid(f) * states[1] + ops.sigmoid(i) * self.activation(c)
        shown = self.normalize_cell(c, step, training=training)
        h = ops.sigmoid(o) * self.activation(shown)
        return h, [h, c]

    def _bias(self) -> Any:
        def open_forget_gate(shape: Any, dtype: Any = None) -> Any:
            zeros, ones = (
                f((self.units,), dtype) for f in (ops.zeros, ops.ones)
            )
            return ops.concatenate([zeros, ones, zeros, zeros])

        return open_forget_gate


@_registered
class BatchNormGRUCell(_Cell):
    """A GRU; z, r, h side by side; reset after the matrix product."""

    blocks = 3

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        """One step: `(batch, features + 1)` and `[h]` to h and `[h]`."""
        x, h, _ = self._normalized(inputs, states[0], training)
        x_z, x_r, x_h = ops.split(x + self.bias, 3, axis=-1)
        h_z, h_r, h_h = ops.split(h, 3, axis=-1)
        z, r = ops.sigmoid(x_z + h_z), ops.sigmoid(x_r + h_r)
        h = z * states[0] + (1 - z) * self.activation(x_h + r * h_h)
        return h, [h]


@_registered
class BatchNormalizedRNN(keras.layers.RNN):
    """Runs such a cell over time, and passes it the number of the step.

    Args:
        cell: One of the cells of this module.
        **arguments: Of `keras.layers.RNN`.
    """

    def build(
        self, sequences_shape: Any, initial_state_shape: Any = None
    ) -> None:
        """Builds the cell for one channel more."""
        *outer, features = sequences_shape
        super().build((*outer, features + 1), initial_state_shape)

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool = False,
    ) -> Any:
        """`(batch, time, features)` to what `keras.layers.RNN` returns."""
        return super().call(
            _with_clock(sequences), initial_state, mask, training
        )


def _with_clock(sequences: Any) -> Any:
    """`(batch, time, features + 1)`: the last channel counts the steps."""
    steps = ops.arange(ops.shape(sequences)[1], dtype=sequences.dtype)
    clock = ops.zeros_like(sequences[:, :, :1]) + steps[None, :, None]
    return ops.concatenate([sequences, clock], axis=-1)
