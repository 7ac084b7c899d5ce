"""Gradients no longer than 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from zoo.variants.base import Variant


class Clipnorm(Variant):
    """Gradient clipping, each variable's gradient by its own norm.

    It cures exploding gradients and does nothing for vanishing ones.

    References:
        Pascanu, Mikolov, Bengio 2013, On the difficulty of training
        recurrent neural networks, arXiv:1211.5063 (there by the norm of all
        gradients together: Keras' `global_clipnorm`).
    """

    name = "clipnorm"
    remedy = "gradient clipping"
    recipe: ClassVar[Mapping[str, Any]] = {"clipnorm": 1.0}
