"""Changes to recurrent layers."""

from __future__ import annotations

import math

from kgrad.records import Layer, Remedy, Setup
from kgrad.records.edits import ReplaceLayer, SetGateBias
from kgrad.remedies.code import changed_layers, layer_code
from kgrad.remedies.optimizer import clip_gradients


def gated_cell(*layers: Layer) -> Remedy:
    """LSTM in place of SimpleRNN."""
    return Remedy(
        "gated_cell",
        "LSTM or GRU",
        code="\n".join(layer_code(layer, "LSTM") for layer in layers),
        cures=(
            "the cell state passes gradients back through a sum, not through "
            "a matrix at every step, so they reach further"
        ),
        does_not_cure="a learning rate that is too large",
        edits=tuple(ReplaceLayer(layer.name, "LSTM") for layer in layers),
    )


def identity_relu(setup: Setup, layer: Layer) -> Remedy:
    """A SimpleRNN that begins by remembering everything (the IRNN), clipped.

    References:
        Le, Jaitly, Hinton: A simple way to initialize recurrent networks of
        rectified linear units, 2015, arXiv:1504.00941.
    """
    code, edits = changed_layers(
        layer, activation="relu", recurrent_initializer="identity"
    )
    if not setup.clips:
        clip = clip_gradients(setup)
        code, edits = f"{code}\n{clip.code}", (*edits, *clip.edits)
    return Remedy(
        "identity_relu",
        "activation function",
        code=code,
        cures=(
            "the state is passed on unchanged at first, so gradients reach "
            "all the way back; clipped, because relu lets them explode"
        ),
        does_not_cure="a learning rate that is too large",
        edits=edits,
    )


def open_gate(layer: Layer, steps: int) -> Remedy:
    """A gate that begins by keeping the state for a number of steps.

    With the bias log(T - 1) it begins at (T - 1) / T, so that after T steps
    about a third of the state is left.

    Args:
        layer: An LSTM or a GRU.
        steps: T, the steps that are to be bridged.

    References:
        Tallec, Ollivier: Can recurrent neural networks warp time?, 2018,
        arXiv:1804.11188.
    """
    bias = float(f"{math.log(max(steps - 1, 3)):.2g}")
    units = layer.units
    name, place, start = {
        "LSTM": ("forget", f"bias[{units}:{2 * units}]", units),
        "GRU": ("update", f"bias[..., :{units}]", 0),
    }[layer.class_name]
    found = f'model.get_layer("{layer.name.rpartition("/")[2]}")'
    return Remedy(
        f"open_{name}_gate",
        f"{name}-gate bias",
        code=(
            f"bias = {found}.cell.bias.numpy(); {place} = {bias}; "
            f"{found}.cell.bias.assign(bias)"
        ),
        cures=(
            f"the {name} gate begins at {1 / (1 + math.exp(-bias)):.2g}, so "
            "the state is kept, and gradients reach further back from the "
            "first step on"
        ),
        does_not_cure=f"gaps of many times {steps} steps",
        edits=(SetGateBias(layer.name, start, start + units, bias),),
    )


def recurrent_batchnorm(layer: Layer) -> Remedy:
    """Batch normalization inside the recurrence, not after the layer.

    Measured on adding with T=100, 48 units: at the first step the gradient
    of an LSTM reaches 99 steps back, not 13, and that of a GRU 99, not 9.
    That of a SimpleRNN reaches only 24, not 53, and yet it learns: the
    squared error falls from 0.17 to 0.066, the mean of three seeds. (On
    digits, where it learns well without, accuracy falls from 0.95 to 0.91.)

    By hand only: its layer belongs to the zoo, which imports kgrad.
    """
    cell = (
        f"zoo.BatchNorm{layer.class_name}Cell({layer.units}, steps=x.shape[1])"
    )
    return Remedy(
        "recurrent_batch_normalization",
        "recurrent batch normalization",
        code=f"import zoo\nzoo.BatchNormalizedRNN({cell})  # for {layer.name}",
        cures=(
            "what goes into each step keeps its spread, so tanh keeps its "
            "slope and gradients keep their size"
        ),
        does_not_cure="sequences longer than any it was trained on",
    )


def bounded_recurrence(*layers: Layer) -> Remedy:
    """Tanh and orthogonal weights: no step makes a gradient longer."""
    code, edits = changed_layers(
        *layers,
        activation="tanh",
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
    )
    return Remedy(
        "bounded_recurrence",
        "recurrent weights",
        code=code,
        cures="a step back in time makes no gradient longer",
        does_not_cure="vanishing gradients, which tanh causes",
        edits=edits,
    )


def shorter_sequences() -> Remedy:
    """Less to bridge; by hand only, since it changes the data."""
    return Remedy(
        "shorter_sequences",
        "shorter sequences",
        code="x = x[:, -x.shape[1] // 2 :]",
        cures="what has to be remembered lies within reach",
        does_not_cure="a task whose clue lies in what was cut off",
    )


def simple_recurrent(setup: Setup) -> list[Layer]:
    """The model's SimpleRNN layers."""
    return [x for x in setup.layers if x.class_name == "SimpleRNN"]
