"""NaN and infinity."""

from __future__ import annotations

from dataclasses import replace

from kgrad import signs
from tests.signs.cases.changes import (
    HIDDEN,
    Case,
    lost_loss,
    lost_weights,
    moved_bias,
    no_loss,
    nonfinite,
    overflow,
)
from tests.signs.runs import SETUP, run

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.Nonfinite: [
        Case("finite numbers", run()),
        Case("a loss that was never told", run(no_loss)),
        Case(
            "routine overflows under loss scaling",
            run(overflow(slice(300, 305))),
        ),
        Case("overflows now and then", run(overflow(slice(None, None, 2)))),
        Case(
            "a loss by hand",
            run(
                nonfinite(*range(6), loss=True),
                setup=replace(SETUP, loss="my_log_of_zero"),
            ),
            "net/rnn/kernel",
            301,
            "keras.config.epsilon()",
        ),
        Case(
            "one variable, from the backward pass",
            run(nonfinite(HIDDEN + 1)),
            "net/hidden/bias",
            301,
            "isfinite(x)",
        ),
        Case(
            "all variables, while the loss is finite: nearest the loss",
            run(nonfinite(*range(6))),
            "net/out/kernel",
            301,
            "global_clipnorm=1",
        ),
        Case(
            "all variables and the loss: nearest the input",
            run(nonfinite(*range(6), loss=True)),
            "net/rnn/kernel",
            301,
            "np.isfinite(x)",
        ),
        Case(
            "all variables and the loss, after a bias moved by a lot",
            run(moved_bias),
            "net/rnn/kernel",
            301,
            "np.isfinite(x)",
        ),
        Case("the loss alone", run(lost_loss), "global", 301, "np.isfinite(x)"),
        Case(
            "loss scaling that finds no scale",
            run(overflow(slice(300, None))),
            "net/out/kernel",
            301,
            "global_clipnorm=1",
        ),
        Case(
            "a loss that no scale can have turned to NaN",
            run(overflow(slice(300, 301), loss=True)),
            "net/rnn/kernel",
            301,
            "np.isfinite(x)",
        ),
        Case(
            "weights that are lost before any gradient",
            run(lost_weights(HIDDEN)),
            "net/hidden/kernel",
            301,
            "np.isfinite(x)",
        ),
    ],
}
