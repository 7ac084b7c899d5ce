"""Clips gradients at a level that follows from the run itself."""

from __future__ import annotations

from kgrad._arguments import positive, require
from kgrad.actions.base import Action


class Clip(Action):
    """Scales the gradients down to a percentile of the run's own norms.

    The limit needs no tuning: it is the `percentile` of the global norms of
    the last steps, this one among them, and follows them as training goes
    on. All gradients of a step are multiplied by the same number,

        g  <-  g * min(1, limit / ||g||)

    in the compiled step and before the optimizer, whose own clipping comes
    after it. `gradient_norm` of the history is the norm before,
    `clipped_gradient_norm` that after all clipping. Norms that are 0 or not
    finite are none of the run's, and pass.

    On several replicas (`tf.distribute`) the norm is that of the gradients
    summed over all, and all multiply theirs by the same number. Replicas on
    GPUs that XLA compiles (`jit_compile=True`) cannot act together: training
    goes on without it, with a warning.

    Made by `Clip.auto`; for a fixed limit Keras' optimizers have
    `global_clipnorm`.

    Args:
        percentile: From 0 to 100, both excluded.
        memory: Number of norms that are kept, in 4 bytes each.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If one is out of its range.

    References:
        Seetharaman, Wichern, Pardo, Le Roux: AutoClip: Adaptive Gradient
        Clipping for Source Separation Networks, MLSP 2020, arXiv:2007.14469.
    """

    name = "clip"

    def __init__(self, *, percentile: float, memory: int) -> None:
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

    @classmethod
    def auto(cls, percentile: float = 10.0, *, memory: int = 1000) -> Clip:
        """Adaptive clipping, at 10 as its authors found best.

        Args:
            percentile: Of the norms of the run; the lower, the more steps
                are clipped: at 10, nine of ten.
            memory: Number of norms that are kept, in 4 bytes each.
        """
        return cls(percentile=percentile, memory=memory)
