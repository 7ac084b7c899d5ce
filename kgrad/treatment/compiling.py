"""What a model was compiled with, for another model to be compiled so, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from kgrad.treatment.errors import NotApplicableError


@dataclass(frozen=True)
class Compiled:
    """The arguments of `compile`.

    Keras' `get_compile_config` would write them down as JSON, which a loss
    that is a function of the user's own does not survive: these are the
    objects themselves.

    Args:
        arguments: All but the optimizer.
        optimizer: The optimizer, with its loss scaling if it has that.
    """

    arguments: Mapping[str, Any]
    optimizer: Any

    @classmethod
    def of(cls, model: keras.Model) -> Compiled:
        """Of a compiled model.

        Raises:
            NotApplicableError: If the model has a `compile` of its own,
                whose arguments nobody knows.
        """
        if type(model).compile is not keras.Model.compile:
            raise NotApplicableError(
                f"`{type(model).__name__}` has a `compile` of its own: it "
                "cannot be compiled anew from outside."
            )
        arguments = dict(model._compile_config.config)
        del arguments["optimizer"]
        return cls(arguments, model.optimizer)

    def compile(self, model: keras.Model, optimizer: Any) -> None:
        """Compiles a model in the same way, but with this optimizer."""
        model.compile(optimizer, **self.arguments, auto_scale_loss=False)
