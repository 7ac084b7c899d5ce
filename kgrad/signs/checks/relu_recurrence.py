"""relu where gates expect a bounded state."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Layer, Remedy, Setup
from kgrad.remedies.code import changed_layers
from kgrad.signs.checks.base import Check


class ReluRecurrence(Check):
    """The state of an LSTM or GRU that has no bound can grow step by step.

    Short sequences stand it, so that this is worth knowing, and a cause only
    where something grows.
    """

    name = "relu_recurrence"
    sign = "output_and_loss"
    description = "relu as the activation of an LSTM or GRU"
    is_hint = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at the activation of every LSTM and GRU."""
        for layer in unbounded_recurrence(setup):
            if layer.class_name == "SimpleRNN":
                continue
            yield self.finding(
                layer.name,
                1.0,
                0.0,
                f"`{layer.name}` has the activation `{layer.activation}`: "
                "its state has no bound and can grow at every step.",
                bounded_state(layer),
            )


def unbounded_recurrence(setup: Setup) -> list[Layer]:
    """The recurrent layers whose activation has no ends."""
    return [
        layer
        for layer in setup.layers
        if layer.class_name in ("SimpleRNN", "LSTM", "GRU", "ConvLSTM2D")
        and layer.activation in ("relu", "leaky_relu", "elu", "linear")
    ]


def bounded_state(layer: Layer) -> Remedy:
    """The activation that Keras gives a recurrent layer."""
    code, edits = changed_layers(layer, activation="tanh")
    return Remedy(
        "bounded_state",
        "activation function",
        code=code,
        cures="the state stays between -1 and 1; Keras' default",
        does_not_cure="inputs or targets out of scale",
        edits=edits,
    )
