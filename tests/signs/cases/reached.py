"""Layers that no gradient reaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kgrad import signs
from kgrad.records import Activity, Layer, Output, Sample, Snapshot
from tests.signs.cases.changes import HIDDEN, OUT, RNN, Case, both
from tests.signs.runs import (
    LEARNING,
    PARTS,
    SETUP,
    WHOLE,
    Data,
    activities,
    profiles,
    run,
)

SPARSE = "sparse_categorical_crossentropy"
SUPERVISED = replace(
    SETUP, outputs=(Output("", "net/out", "softmax", 4, SPARSE, False),)
)
ROUNDED = replace(
    SUPERVISED,
    layers=(*SETUP.layers[:2], Layer("net/round", "Lambda"), SETUP.layers[2]),
)
ALIVE = activities("net/hidden", "silent_unit_share", 0.1)
CUT = (RNN, RNN + 1, HIDDEN, HIDDEN + 1)


def zero(*columns: int, start: int = 0, stop: int = 640) -> Callable[..., None]:
    """Variables without any gradient in some steps."""

    def change(data: Data) -> None:
        data["gradient_norm"][start:stop, list(columns)] = 0

    return change


def size(factor: float, *columns: int) -> Callable[..., None]:
    """Variables with another gradient."""

    def change(data: Data) -> None:
        data["gradient_norm"][:, list(columns)] *= factor

    return change


def without_layer(snapshots: list[Snapshot]) -> list[Snapshot]:
    """As if the optimizer had been given no gradient of the first layer."""
    rest = PARTS[2:]
    whole = replace(WHOLE, parts=tuple(range(len(rest))))
    return [
        replace(
            snapshot,
            targets=(*rest, whole),
            values=snapshot.values[:, 2:],
            setup=replace(snapshot.setup, without_gradient=("net/rnn",)),
        )
        for snapshot in snapshots
    ]


def recurrent(snapshots: list[Snapshot]) -> list[Snapshot]:
    """The second variable of the first layer is its recurrent kernel."""
    kernel = replace(
        PARTS[1], name="net/rnn/recurrent_kernel", role="recurrent_kernel"
    )
    parts = (PARTS[0], kernel, *PARTS[2:])
    return [replace(s, targets=(*parts, WHOLE)) for s in snapshots]


def one_of_two(snapshots: list[Snapshot]) -> list[Snapshot]:
    """So has the second, which is read to its end."""
    other = replace(
        PARTS[3], name="net/hidden/recurrent_kernel", role="recurrent_kernel"
    )
    return [
        replace(s, targets=(*s.targets[:3], other, *s.targets[4:]))
        for s in recurrent(snapshots)
    ]


def at_rest(step: int) -> Sample:
    """Half of the units in front of the cut are saturated."""
    values = {"silent_unit_share": 0.0, "saturated_unit_share": 0.6}
    hidden = Activity("net/hidden", {"silent_unit_share": 0.0})
    return Sample(step, activities=(hidden, Activity("net/round", values)))


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.UnreachedLayers: [
        Case("a gradient everywhere", run(setup=SUPERVISED)),
        Case(
            "a kernel of zeros, which keeps it in the first step",
            run(zero(*CUT, stop=1), setup=SUPERVISED, samples_of=ALIVE),
        ),
        Case(
            "none in all of the steps but one",
            run(
                both(zero(*CUT, stop=70), zero(*CUT, start=71)),
                setup=ROUNDED,
                samples_of=ALIVE,
            ),
        ),
        Case(
            "too few steps",
            run(zero(*CUT), steps=60, setup=SUPERVISED, samples_of=ALIVE),
        ),
        Case(
            "units of which nobody knows whether they are dead",
            run(zero(*CUT), setup=ROUNDED),
        ),
        Case(
            "units that are dead",
            run(
                zero(*CUT),
                setup=SUPERVISED,
                samples_of=activities("net/hidden", "silent_unit_share", 1.0),
            ),
        ),
        Case(
            "units that are saturated behind it",
            run(zero(*CUT), setup=ROUNDED, samples_of=at_rest),
        ),
        Case(
            "a gradient that has faded before",
            run(
                both(zero(*CUT[:2]), size(1e-9, *CUT[2:])),
                setup=SUPERVISED,
                samples_of=activities("net/rnn", "silent_unit_share", 0.0),
            ),
        ),
        Case(
            "inputs of zero, which a bias does not need",
            run(zero(RNN), setup=SUPERVISED, samples_of=ALIVE),
        ),
        Case(
            "a branch that is not used, behind layers that are",
            run(zero(HIDDEN, HIDDEN + 1), setup=SUPERVISED),
        ),
        Case(
            "no gradient at all",
            run(zero(*CUT, OUT, OUT + 1), setup=SUPERVISED, samples_of=ALIVE),
        ),
        Case("a loss of one's own", run(zero(*CUT), samples_of=ALIVE)),
        Case(
            "layers that are held still, of a model that learns",
            run(
                zero(*CUT),
                setup=SUPERVISED,
                metric=LEARNING,
                samples_of=ALIVE,
            ),
        ),
        Case(
            "a recurrent layer that is read to its end",
            recurrent(run(setup=SUPERVISED, samples_of=profiles(0.02))),
        ),
        Case(
            "sequences of one step",
            recurrent(
                run(
                    zero(RNN + 1),
                    setup=SUPERVISED,
                    samples_of=profiles(0.0, length=1),
                )
            ),
        ),
        Case(
            "one half of a bidirectional layer",
            one_of_two(
                run(
                    zero(RNN + 1),
                    setup=SUPERVISED,
                    samples_of=profiles(0.02),
                )
            ),
        ),
        Case(
            "rounding",
            run(zero(*CUT), setup=ROUNDED, samples_of=ALIVE),
            "net/hidden",
            1,
            "stop_gradient",
            "unreached_layers",
        ),
        Case(
            "nothing that leads to the first layer",
            without_layer(run(setup=SUPERVISED)),
            "net/rnn",
            1,
            "stop_gradient",
            "unreached_layers",
        ),
        Case(
            "a recurrent layer that is read after its first step",
            recurrent(
                run(zero(RNN + 1), setup=SUPERVISED, samples_of=profiles(0.02))
            ),
            "net/rnn",
            1,
            "return_sequences=False",
            "unreached_layers",
        ),
    ],
}
