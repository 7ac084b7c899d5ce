"""The targets of a Keras model: the only place that knows paths and gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras.src.utils.naming import to_snake_case

from kgrad.records import GLOBAL, Target

GATES = {
    "LSTMCell": ("i", "f", "c", "o"),
    "ConvLSTMCell": ("i", "f", "c", "o"),
    "GRUCell": ("z", "r", "h"),
}
"""Gates of a cell class, in the order of its kernel's last axis."""

NO_GATES = ("",)


@dataclass(frozen=True)
class TargetLayout:
    """The variables that an optimizer trains together, as targets.

    Args:
        gates: For each variable its gates; `("",)` if it has none.
        targets: The measured targets, gate by gate in the order of the
            variables, then variables made of gates, then `"global"`.
    """

    gates: tuple[tuple[str, ...], ...]
    targets: tuple[Target, ...]

    @property
    def measured(self) -> tuple[Target, ...]:
        """The targets that are measured inside the step."""
        return tuple(t for t in self.targets if not t.parts)

    @property
    def variables(self) -> tuple[str, ...]:
        """The name of each variable; its gates are no variables."""
        names, first = [], 0
        for gates in self.gates:
            target = self.targets[first]
            names.append(target.name.removesuffix(f"[{target.gate}]"))
            first += len(gates)
        return tuple(names)


def layout_of(model: Any, variables: Sequence[Any]) -> TargetLayout:
    """Describes variables, in the order in which the optimizer gets them.

    Args:
        model: The `keras.Model` that owns them, or None.
        variables: `keras.Variable`s or `tf.Variable`s.
    """
    layers = layers_of(model)
    owners = _owners(model, layers)
    cells = _cells(layers)
    names = _unique([_path(variable) for variable in variables])
    measured: list[Target] = []
    whole: list[Target] = []
    gates: list[tuple[str, ...]] = []
    depths: dict[str, int] = {}
    for variable, name in zip(variables, names, strict=True):
        shape = tuple(variable.shape)
        own_gates = cells.get(id(variable), NO_GATES)
        layer = owners.get(id(variable), name.rpartition("/")[0] or name)
        depth = depths.setdefault(layer, len(depths))
        role = _path(variable).rpartition("/")[2]
        size = _size(shape)
        units = shape[-1] if shape else 1
        first = len(measured)
        for gate in own_gates:
            measured.append(
                Target(
                    name=f"{name}[{gate}]" if gate else name,
                    layer=layer,
                    role=role,
                    gate=gate,
                    depth=depth,
                    size=size // len(own_gates),
                    units=units // len(own_gates),
                )
            )
        if own_gates != NO_GATES:
            parts = tuple(range(first, len(measured)))
            whole.append(
                Target(name, layer, role, "", depth, size, units, parts)
            )
        gates.append(own_gates)
    everything = Target(
        GLOBAL,
        layer="",
        role="",
        depth=-1,
        size=sum(target.size for target in measured),
        units=sum(target.units for target in measured),
        parts=tuple(range(len(measured))),
    )
    return TargetLayout(tuple(gates), (*measured, *whole, everything))


def layers_of(model: Any) -> list[Any]:
    """All layers of a model from the input on, an outer one first."""
    if not isinstance(model, keras.Layer):
        return []
    found: list[Any] = []

    def visit(layer: Any) -> None:
        if layer not in found:
            found.append(layer)
            for inner in getattr(layer, "_layers", ()):
                visit(inner)

    visit(model)
    return found[1:]


def layer_names(model: Any) -> dict[int, str]:
    """A name for each layer, by its id: its path, or `path#1` if that is taken.

    A layer that builds nothing has no path, but a name.
    """
    layers = layers_of(model)
    paths = [getattr(layer, "path", None) or layer.name for layer in layers]
    names = _unique(paths)
    return {id(x): name for x, name in zip(layers, names, strict=True)}


def counted_names(model: Any) -> frozenset[str]:
    """What Keras calls the model and its layers before it numbers them."""
    layers = [model, *layers_of(model)]
    return frozenset(to_snake_case(type(layer).__name__) for layer in layers)


def _owners(model: Any, layers: Sequence[Any]) -> dict[int, str]:
    """Name of the layer that owns each variable; a cell belongs to its RNN."""
    names = layer_names(model)
    owners: dict[int, str] = {}
    cells: set[int] = set()
    for layer in layers:
        path = names[id(layer)]
        if isinstance(layer, keras.layers.RNN):
            cells.update(id(variable) for variable in layer.variables)
            owners.update((id(variable), path) for variable in layer.variables)
        else:
            for variable in layer.variables:
                if id(variable) not in cells:
                    owners[id(variable)] = path
    return owners


def _cells(layers: Sequence[Any]) -> dict[int, tuple[str, ...]]:
    """The gates of each variable of a cell that has gates."""
    gates: dict[int, tuple[str, ...]] = {}
    for layer in layers:
        for kind in type(layer).__mro__:
            own = GATES.get(kind.__name__)
            if own is None:
                continue
            for role in ("kernel", "recurrent_kernel", "bias"):
                variable = getattr(layer, role, None)
                if variable is not None and variable.shape[-1] % len(own) == 0:
                    gates[id(variable)] = own
            break
    return gates


def _path(variable: Any) -> str:
    return str(getattr(variable, "path", None) or variable.name)


def _unique(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {GLOBAL: 1}
    result = []
    for name in names:
        count = seen.get(name, 0)
        seen[name] = count + 1
        result.append(f"{name}#{count}" if count else name)
    return result


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size
