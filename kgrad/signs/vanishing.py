"""Gradients that shrink on their way back through the layers."""

from __future__ import annotations

import numpy as np

from kgrad import remedies
from kgrad.records import Finding, Layer, Remedy, Setup, Target
from kgrad.records.numbers import number
from kgrad.signs.base import DATA, BlockSign, require_positive
from kgrad.signs.blocks import Block
from kgrad.signs.lost import once_knew_more


class Vanishing(BlockSign):
    """The gradient of an early layer is a small part of a later one's.

    Layers are compared by the root mean square of the gradient of their
    kernels, rms = ||g|| / sqrt(size), so that their size does not matter.
    A model that learns does not suffer from a small ratio, so the sign
    waits for the metric; nor does one that had learned more than it has now:
    see `oscillation`. A layer without any gradient is dead instead.
    Embeddings are left out: most of their rows are not in a batch.

    Args:
        ratio: rms of a layer against the largest of a later one. Healthy
            deep models stay above 0.01.
        blocks: Number of blocks of 32 steps in a row.
    """

    name = "vanishing"
    description = "gradients that shrink on their way back through layers"
    needs = frozenset({"gradient_norm"})
    rank = 40
    dated_by = "block"
    # Units that were pushed to where they have no slope pass no gradient on,
    # from there to the input.
    follows = (*DATA, "exploding", "large_updates", "vanishing")
    follows_upstream = ("dead_units", "saturation")

    def __init__(self, *, ratio: float = 1e-3, blocks: int = 3) -> None:
        require_positive(ratio=ratio, blocks=blocks)
        self.ratio, self.blocks = ratio, blocks
        self._count = 0
        self._finding: Finding | None = None

    def examine(self, block: Block) -> None:
        """Compares each layer with the largest gradient behind it."""
        kernels, rms = _by_layer(block)
        alive = [i for i, value in enumerate(rms) if value > 0]
        ratios = [rms[i] / max(rms[i:]) for i in alive]
        if not ratios or min(ratios) >= self.ratio:
            self._count, self._finding = 0, None
            return
        self._count += 1
        early = alive[int(np.argmin(ratios))]
        late = early + int(np.argmax(rms[early:]))
        first = int(block.steps[0])
        if self._finding is not None:
            first = self._finding.first_step
        self._finding = self.finding(
            kernels[early].name,
            (first, int(block.steps[-1])),
            rms[early] / rms[late],
            self.ratio,
            f"from step {first} on, the gradient (root mean square) falls "
            f"from {number(rms[late], 2)} in `{kernels[late].layer}` to "
            f"{number(rms[early], 2)} in `{kernels[early].layer}`",
            _remedies(block.setup, kernels[early].layer, kernels[late].layer),
            details="The early layer does not learn.",
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The layer that gets the least, unless the model learns, or did."""
        if self._finding is None or self._count < self.blocks:
            return ()
        progress = self.state.progress
        if progress.learned or once_knew_more(progress):
            return ()
        return (self._finding,)


def _by_layer(block: Block) -> tuple[list[Target], list[float]]:
    """A kernel of each layer in order of depth, and the layer's rms."""
    median = block.median("gradient_norm")
    layers: dict[str, list[int]] = {}
    for i in sorted(block.kernels, key=lambda i: block.targets[i].depth):
        if block.targets[i].role != "embeddings":
            layers.setdefault(block.targets[i].layer, []).append(i)
    kernels = [block.targets[columns[0]] for columns in layers.values()]
    rms = []
    for columns in layers.values():
        size = sum(block.targets[i].size for i in columns)
        rms.append(float(np.sqrt(np.sum(median[columns] ** 2) / size)))
    return kernels, [value if np.isfinite(value) else 0.0 for value in rms]


def _remedies(setup: Setup, early: str, late: str) -> tuple[Remedy, ...]:
    """Against what lies on the way from the late layer to the early one."""
    layer = remedies.layer_of(setup, early)
    if layer is None:
        return (remedies.learning_rate(setup, 10.0),)
    saturating = _saturating(setup, early, late)
    if layer.class_name == "SimpleRNN":
        simple = [x for x in saturating if x.class_name == "SimpleRNN"]
        gated = remedies.gated_cell(*simple or [layer])
        behind = remedies.batch_normalization(*simple or [layer])
        squashed = [x for x in simple if "sigmoid" in x.activation]
        if squashed:
            return (remedies.bounded_recurrence(*squashed), gated, behind)
        return (gated, behind)
    if layer in saturating:
        return (
            remedies.relu(*saturating),
            remedies.batch_normalization(*saturating),
        )
    return (remedies.batch_normalization(layer),)


def _saturating(setup: Setup, early: str, late: str) -> list[Layer]:
    """The layers on the way whose activation saturates; never the last one.

    The gates of LSTM and GRU are meant to.
    """
    names = [layer.name for layer in setup.layers]
    end = names.index(late) + 1 if late in names else len(names)
    return [
        layer
        for layer in setup.layers[names.index(early) : end]
        if layer.activation in remedies.SATURATING
        and layer.class_name not in ("LSTM", "GRU")
        and layer is not setup.layers[-1]
    ]
