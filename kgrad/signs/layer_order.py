"""Where the layers of a run lie: what ties its findings together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kgrad.records import Layer, Snapshot, Target


class LayerOrder:
    """Where the layers of the trained models lie, and when epochs ended.

    It keeps next to nothing of a snapshot. A run has several models if the
    same monitor watched several.

    Args:
        snapshots: What is known at first.
    """

    def __init__(self, snapshots: Iterable[Snapshot] = ()) -> None:
        self._seen: tuple[Sequence[Target], Sequence[Layer]] = ((), ())
        self._models: list[Mapping[str, int]] = []
        self._layer_of: dict[str, str] = {}
        self._epoch_ends: list[int] = []
        for snapshot in snapshots:
            self.update(snapshot)

    def update(self, snapshot: Snapshot) -> None:
        """Takes the next steps of the run into account."""
        self._epoch_ends += [epoch.step for epoch in snapshot.epochs]
        seen = snapshot.targets, snapshot.setup.layers
        # Windows of one training share their targets: nothing is compared.
        if all(a is b for a, b in zip(seen, self._seen, strict=True)):
            return
        self._seen = seen
        self._layer_of |= {t.name: t.layer for t in snapshot.targets if t.layer}
        places = _places(*seen)
        if places and places not in self._models:
            self._models.append(places)

    def layer(self, target: str) -> str:
        """The layer of a target, `""` if it has none.

        A target that is no variable may be a layer itself: one that has an
        activation and no weights.
        """
        is_layer = any(target in places for places in self._models)
        return target if is_layer else self._layer_of.get(target, "")

    def places(self, *layers: str) -> tuple[int, ...] | None:
        """Where layers lie, counted from the input of their model.

        Args:
            layers: Paths.

        Returns:
            A place for each; None if no model has them all.
        """
        for places in self._models:
            if all(layer in places for layer in layers):
                return tuple(places[layer] for layer in layers)
        return None

    @property
    def is_known(self) -> bool:
        """Whether any model was seen."""
        return bool(self._models)

    def end_of_epoch(self, step: int) -> int:
        """The last step of the epoch that a step is in, or the step."""
        ends = (end for end in self._epoch_ends if end >= step)
        return min(ends, default=step)


def _places(
    targets: Sequence[Target], layers: Sequence[Layer]
) -> dict[str, int]:
    """By the order of the layers, or else of the variables."""
    places = {layer.name: place for place, layer in enumerate(layers)}
    own = {target.layer: target.depth for target in targets if target.layer}
    return places if own.keys() <= places.keys() else own
