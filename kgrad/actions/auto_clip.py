"""Clips gradients at a level that follows from the run itself."""

from __future__ import annotations

from kgrad._arguments import positive, require
from kgrad.actions.base import Action


class AutoClip(Action):
    """Scales the gradients down to a percentile of the run's own norms.

    The limit needs no tuning: it is the `percentile` of the global norms of
    the last steps, including this one, and follows them as training
    continues. All gradients of a step are multiplied by the same number,

        g  <-  g * min(1, limit / ||g||)

    in the compiled step and before the optimizer, whose own clipping comes
    after it. In the history, `gradient_norm` is the norm before, and
    `clipped_gradient_norm` the norm after all clipping. Norms that are 0 or
    not finite are not counted, and their gradients are not scaled.

    On several replicas (`tf.distribute`) the norm is that of the gradients
    summed over all, and all multiply theirs by the same number. Replicas on
    GPUs that XLA compiles (`jit_compile=True`) cannot act together: training
    continues without it, with a warning.

    For a fixed limit, Keras' optimizers have `global_clipnorm`.

    Args:
        percentile: Of the norms of the run, from 0 to 100, both excluded. The
            lower, the more steps are clipped: at 10, which its authors found
            best, nine of ten.
        memory: Number of norms that are kept, in 4 bytes each.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If one is out of its range.

    References:
        Seetharaman, Wichern, Pardo, Le Roux: AutoClip: Adaptive Gradient
        Clipping for Source Separation Networks, MLSP 2020, arXiv:2007.14469.
    """

    name = "clip"

    def __init__(self, percentile: float = 10.0, *, memory: int = 1000) -> None:
        require(
            isinstance(percentile, int | float)
            and not isinstance(percentile, bool),
            "`percentile` must be a number.",
            percentile=percentile,
        )
        if not 0 < percentile < 100:
            raise ValueError(
                "`percentile` must be between 0 and 100, both excluded. "
                f"Received: percentile={percentile}"
            )
        self.percentile = float(percentile)
        self.memory = positive("memory", memory)
