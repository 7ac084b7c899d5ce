"""Batch normalisation of what the recurrent layer puts out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from zoo.variants.base import Variant


class Batchnorm(Variant):
    """`BatchNormalization` after the recurrent layer.

    It helps a classifier; it does not act inside the recurrence, so it
    cures neither vanishing nor exploding in time.

    At a constant learning rate its moving statistics lag behind the weights
    and the model predicts worse than it trains. So the learning rate decays
    to zero: the weights come to rest and the statistics catch up with them.

    References:
        Ioffe and Szegedy 2015, Batch Normalization, arXiv:1502.03167.
    """

    name = "batchnorm"
    remedy = "batch normalisation"
    recipe: ClassVar[Mapping[str, Any]] = {"decay": True}

    def layers_after(self) -> list[Any]:
        """One `keras.layers.BatchNormalization`."""
        from keras import layers

        return [layers.BatchNormalization(name="batch_normalization")]
