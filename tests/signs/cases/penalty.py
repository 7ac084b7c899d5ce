"""Weights that cost more than they bring, and others that shrink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kgrad import signs
from kgrad.records import Setup
from tests.signs.cases.changes import RNN, Case, began
from tests.signs.runs import GUESSING, SETUP, Data, run

SOME = (0.3, 0.35, *[0.4] * 8)
HALF = (0.3, 0.5, *[0.8] * 8)
SOLVED = (0.3, 0.6, *[0.97] * 8)


def penalized(l2: float, l1: float = 0.0, role: str = "kernel") -> Setup:
    """A penalty of the first layer, whose kernel has a norm of 5."""
    first, *others = SETUP.layers
    first = replace(first, penalties=((role, l1, l2),))
    return replace(SETUP, adds_losses=True, layers=(first, *others))


def shrinks(left: float, column: int = RNN) -> Callable[[Data], None]:
    """Weights of which so much is left at the end."""

    def change(data: Data) -> None:
        norms = data["weight_norm"][:, column]
        norms *= np.linspace(1, left, len(norms))

    return change


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.HeavyPenalty: [
        Case("weights that shrink by themselves", run(shrinks(0.1))),
        Case("weights that stay", run(setup=penalized(0.1))),
        Case(
            "weights that shrink a little, as the task lets them",
            run(shrinks(0.8), metric=SOME, setup=penalized(0.1)),
        ),
        Case(
            "weights that shrink in a model that learns with what is left",
            run(shrinks(0.1), metric=SOLVED, setup=penalized(0.1)),
        ),
        Case(
            # 25 x 0.001 is a fiftieth of ln 4.
            "a usual penalty where nothing is learned for another reason",
            run(shrinks(0.1), setup=penalized(0.001)),
        ),
        Case(
            "a penalty of other weights than those that shrink",
            run(shrinks(0.1, RNN + 2), setup=penalized(0.1)),
        ),
        Case(
            "a penalty of a bias, which begins at 0",
            run(
                began(0.0, RNN + 1),
                setup=penalized(0.1, role="bias"),
            ),
        ),
        Case(
            "the first epochs",
            run(shrinks(0.1), metric=GUESSING[:2], setup=penalized(0.1)),
        ),
        Case(
            "nobody knows what guessing gives",
            run(
                shrinks(0.1),
                name="loss",
                metric=[1.4] * 10,
                setup=replace(penalized(0.1), classes=0, loss="mae"),
            ),
        ),
        Case(
            "weights that cost less than all there is to learn",
            run(shrinks(0.1), metric=HALF, setup=penalized(0.03)),
        ),
        Case(
            "weights that cost more, of a model that does not get further",
            run(shrinks(0.1), metric=HALF, setup=penalized(0.1)),
            "global",
            1,
            "L1L2(0.0, 0.0001)",
            "heavy_penalty",
        ),
        Case(
            "weights that cost more than guessing, and shrink",
            run(shrinks(0.1), setup=penalized(0.1)),
            "global",
            1,
            "L1L2(0.0, 0.0001)",
            "heavy_penalty",
        ),
        Case(
            "the same of a model that learned a part",
            run(shrinks(0.5), metric=SOME, setup=penalized(0.03)),
            "global",
            1,
            "keras.regularizers",
            "heavy_penalty",
        ),
    ],
}
