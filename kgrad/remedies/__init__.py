"""Remedies: a finding comes in, code to paste and edits to apply come out.

Both say the same: what a person pastes is what `kgrad.treat` tries.
"""

from __future__ import annotations

from kgrad.remedies.data import check_data as check_data
from kgrad.remedies.data import check_labels as check_labels
from kgrad.remedies.data import early_stopping as early_stopping
from kgrad.remedies.data import has_custom_loss as has_custom_loss
from kgrad.remedies.data import scale_inputs as scale_inputs
from kgrad.remedies.data import stable_loss as stable_loss
from kgrad.remedies.layers import SATURATING as SATURATING
from kgrad.remedies.layers import batch_normalization as batch_normalization
from kgrad.remedies.layers import dropout as dropout
from kgrad.remedies.layers import initial_weights as initial_weights
from kgrad.remedies.layers import layer_of as layer_of
from kgrad.remedies.layers import leaky_relu as leaky_relu
from kgrad.remedies.layers import relu as relu
from kgrad.remedies.optimizer import DIVIDING as DIVIDING
from kgrad.remedies.optimizer import USUAL_RATIO as USUAL_RATIO
from kgrad.remedies.optimizer import clip_gradients as clip_gradients
from kgrad.remedies.optimizer import decay_learning_rate as decay_learning_rate
from kgrad.remedies.optimizer import faster as faster
from kgrad.remedies.optimizer import larger_batch as larger_batch
from kgrad.remedies.optimizer import learning_rate as learning_rate
from kgrad.remedies.optimizer import slower as slower
from kgrad.remedies.optimizer import smaller_steps as smaller_steps
from kgrad.remedies.optimizer import weaker_penalty as weaker_penalty
from kgrad.remedies.optimizer import weight_decay as weight_decay
from kgrad.remedies.recurrent import bounded_recurrence as bounded_recurrence
from kgrad.remedies.recurrent import gated_cell as gated_cell
from kgrad.remedies.recurrent import identity_relu as identity_relu
from kgrad.remedies.recurrent import open_gate as open_gate
from kgrad.remedies.recurrent import recurrent_batchnorm as recurrent_batchnorm
from kgrad.remedies.recurrent import shorter_sequences as shorter_sequences
from kgrad.remedies.recurrent import simple_recurrent as simple_recurrent
