"""A change to the reader's code, for a person and for a machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edit:
    """One thing that a remedy does to a model, for a machine to do.

    Args:
        kind: What is done, which says what the arguments are:

            - `"optimizer"`: constructor arguments of the optimizer, None for
              those that go back to Keras' default
            - `"decay"`: `learning_rate` and `steps` of a cosine decay
            - `"layer"`: constructor arguments of the layer
            - `"class"`: `class_name`, the Keras layer that takes its place
            - `"gate_bias"`: from `start` to `stop`, on the last axis, the
              bias is `value` at first
            - `"batch_normalization"`: none; a layer is put behind it
            - `"dropout"`: none; a layer is put behind it
            - `"scaled_inputs"`: none; a layer is put behind each input
            - `"early_stopping"`: `patience`, in epochs; a callback

        layer: `Layer.name` of the layer that it is done to, `""` for the
            whole model.
        arguments: See `kind`.
    """

    kind: str
    layer: str = ""
    arguments: Mapping[str, float | int | bool | str | None] = field(
        default_factory=dict, hash=False
    )


@dataclass(frozen=True)
class Remedy:
    """A change to the reader's code, and what it is good for.

    Args:
        id: Name for machines, `"clip_gradients"`: what was measured of the
            remedy is kept by it, so that its words can change.
        name: Short, in the words of a lecture: `"gradient clipping"`.
        code: Python that can be pasted, adapted to the watched model.
        cures: What it does.
        does_not_cure: What it leaves as it is.
        edits: The same change for `kgrad.treat`, which does it to the
            model; none where only a person can do it.
    """

    id: str
    name: str
    code: str
    cures: str
    does_not_cure: str
    edits: tuple[Edit, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}  # {self.name}: {self.cures}"
