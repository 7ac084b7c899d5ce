"""Training that stays behind validation, and why it may."""

from __future__ import annotations

from dataclasses import replace

from kgrad import signs
from kgrad.records import Layer, Output, Plan, Setup, Snapshot
from tests.signs.cases.changes import Case
from tests.signs.runs import SETUP, run

SPARSE = "sparse_categorical_crossentropy"
ARRAYS = Plan(batch_size=32, epochs=8, updates=640, samples=960)
SETTING = replace(
    SETUP, outputs=(Output("", "net/out", "softmax", 4, SPARSE),), plan=ARRAYS
)
LOW = (0.4, 0.5, 0.53, 0.55, 0.56, 0.56, 0.57, 0.57)
HIGH = (0.5, 0.7, 0.75, 0.78, 0.8, 0.82, 0.83, 0.83)
LAGS = (0.25, 0.27, 0.3, 0.35, 0.4, 0.48, 0.57, 0.66)


def trained(
    setup: Setup = SETTING,
    accuracy: tuple[float, ...] = LOW,
    validation: tuple[float, ...] = HIGH,
    samples: int = 960,
) -> list[Snapshot]:
    """A training whose validation is better."""
    more = {"val_accuracy": validation}
    return run(metric=accuracy, more=more, setup=setup, samples=samples)


def behind(layer: Layer) -> Setup:
    """The same with a layer before the last one."""
    *first, last = SETTING.layers
    return replace(SETTING, layers=(*first, layer, last))


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.NoisierTraining: [
        Case("dropout", trained(behind(Layer("drop", "Dropout")))),
        Case("noise on purpose", trained(behind(Layer("n", "GaussianNoise")))),
        Case(
            "dropout of a recurrent layer",
            trained(
                behind(Layer("g", "GRU", "tanh", 8, {"recurrent_dropout": 0.3}))
            ),
        ),
        Case(
            "statistics of batches, in training only",
            trained(behind(Layer("bn", "BatchNormalization"))),
        ),
        Case(
            "data that may be augmented on their way",
            trained(replace(SETTING, plan=replace(ARRAYS, samples=0))),
        ),
        Case(
            "the mean of an epoch that lags",
            trained(accuracy=LAGS, validation=tuple(x + 0.2 for x in LAGS)),
        ),
        Case(
            "labels as noisy in validation",
            trained(validation=tuple(x + 0.03 for x in LOW)),
        ),
        Case("a few samples", trained(samples=40)),
        Case(
            "validation that is solved",
            trained(validation=(*HIGH[:4], *[0.95] * 4)),
        ),
        Case(
            "validation of classes that are easier",
            trained(
                replace(
                    SETTING,
                    plan=replace(
                        ARRAYS,
                        label_counts=(240,) * 4,
                        held_out_counts=(200, 100, 50, 50),
                    ),
                )
            ),
        ),
        Case(
            "training that stays behind",
            trained(),
            "y",
            1,
            "model.evaluate(x, y)",
            "noisier_training",
        ),
        Case(
            "the same with a normalization of single samples",
            trained(behind(Layer("n", "LayerNormalization"))),
            "y",
            1,
            "model.evaluate(x, y)",
            "noisier_training",
        ),
    ],
}
