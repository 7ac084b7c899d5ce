"""The variants of a model: one a file. A new one is a file and a line here."""

from __future__ import annotations

from zoo.registry import Registry
from zoo.variants.base import Base, Variant
from zoo.variants.batchnorm import Batchnorm
from zoo.variants.clipnorm import Clipnorm
from zoo.variants.recurrent_batchnorm import RecurrentBatchnorm
from zoo.variants.relu import Relu

VARIANTS: Registry[Variant] = Registry(
    "variant", Base(), Clipnorm(), Batchnorm(), Relu(), RecurrentBatchnorm()
)

__all__ = ["VARIANTS", "Variant"]
