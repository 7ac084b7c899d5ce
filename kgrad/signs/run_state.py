"""What is known of a run so far, kept once for all who ask."""

from __future__ import annotations

from kgrad.records import Snapshot, Target
from kgrad.signs.blocks import Block, Blocks
from kgrad.signs.divergence import Divergence
from kgrad.signs.gradient_cut import GradientCut
from kgrad.signs.layer_order import LayerOrder
from kgrad.signs.metric import Progress
from kgrad.signs.weight_scale import WeightScale


class RunState:
    """What signs and reports need to know of a run, beside the last steps.

    It is updated once per snapshot, before any sign, so that no sign and no
    table can disagree on how far the model has come. `blocks` are those of 32
    steps that the last snapshot completed.
    """

    def __init__(self) -> None:
        self.progress = Progress()
        self.blocks: tuple[Block, ...] = ()
        self.divergence = Divergence()
        self.gradient_cut = GradientCut()
        self.weight_scale = WeightScale()
        self.layer_order = LayerOrder()
        self.targets: tuple[Target, ...] = ()
        self._blocks = Blocks()

    def update(self, snapshot: Snapshot) -> None:
        """Takes the next steps of the run into account."""
        self.progress.update(snapshot)
        self.blocks = tuple(self._blocks.push(snapshot))
        self.divergence.update(snapshot)
        self.gradient_cut.update(snapshot, self.blocks)
        self.weight_scale.update(snapshot)
        self.layer_order.update(snapshot)
        self.targets = snapshot.targets
