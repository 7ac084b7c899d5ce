"""The remedies of a lecture, as code to paste and as edits for a machine.

Both say the same: what a person pastes is what `kgrad.treat` tries.
"""

from __future__ import annotations

from kgrad.signs.remedies.data import (
    check_data,
    early_stopping,
    scale_inputs,
)
from kgrad.signs.remedies.layers import (
    batch_normalization,
    dropout,
    layer_of,
    leaky_relu,
    relu,
)
from kgrad.signs.remedies.optimizer import (
    clip_gradients,
    decay_learning_rate,
    larger_batch,
    learning_rate,
    weight_decay,
)
from kgrad.signs.remedies.recurrent import (
    bounded_recurrence,
    gated_cell,
    identity_relu,
    open_gate,
    recurrent_batchnorm,
    shorter_sequences,
    simple_recurrent,
)

__all__ = [
    "batch_normalization",
    "bounded_recurrence",
    "check_data",
    "clip_gradients",
    "decay_learning_rate",
    "dropout",
    "early_stopping",
    "gated_cell",
    "identity_relu",
    "larger_batch",
    "layer_of",
    "leaky_relu",
    "learning_rate",
    "open_gate",
    "recurrent_batchnorm",
    "relu",
    "scale_inputs",
    "shorter_sequences",
    "simple_recurrent",
    "weight_decay",
]
