"""What to change, as code to paste and as edits for a machine.

Both say the same: what a person pastes is what `kgrad.treat` tries.
"""

from __future__ import annotations

from kgrad.remedies.data import (
    check_data,
    check_labels,
    early_stopping,
    has_custom_loss,
    scale_inputs,
    stable_loss,
)
from kgrad.remedies.layers import (
    SATURATING,
    batch_normalization,
    dropout,
    initial_weights,
    layer_of,
    leaky_relu,
    relu,
)
from kgrad.remedies.optimizer import (
    USUAL_RATIO,
    clip_gradients,
    decay_learning_rate,
    faster,
    larger_batch,
    learning_rate,
    slower,
    smaller_steps,
    weight_decay,
)
from kgrad.remedies.recurrent import (
    bounded_recurrence,
    gated_cell,
    identity_relu,
    open_gate,
    recurrent_batchnorm,
    shorter_sequences,
    simple_recurrent,
)

__all__ = [
    "SATURATING",
    "USUAL_RATIO",
    "batch_normalization",
    "bounded_recurrence",
    "check_data",
    "check_labels",
    "clip_gradients",
    "decay_learning_rate",
    "dropout",
    "early_stopping",
    "faster",
    "gated_cell",
    "has_custom_loss",
    "identity_relu",
    "initial_weights",
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
    "slower",
    "smaller_steps",
    "stable_loss",
    "weight_decay",
]
