"""Sick: steps of the wrong size."""

from __future__ import annotations

from zoo.clinic import data
from zoo.clinic.case import ANY_TIME, Case, family
from zoo.clinic.networks import adam, convolutions, dense, recurrent, sgd
from zoo.clinic.problems import blobs, circles, digits, line, order, recent

_ANY = {
    "exploding",
    "slow_progress",
    "oscillation",
    "dead_units",
    "saturation",
    "vanishing",
    "nonfinite",
    # Of units that a large step has saturated.
    "small_updates",
}

CASES: list[Case] = [
    *family(
        "rate_too_small",
        "tuning",
        {
            "dense-sgd": circles(lambda: (dense(2), sgd(1e-6))),
            "dense-adam": circles(lambda: (dense(3), adam(1e-7))),
            "conv-sgd": digits(lambda: (convolutions(), sgd(1e-6))),
            "lstm-adam": recent(lambda: (recurrent("lstm"), adam(1e-7))),
        },
        must={"small_updates": 300, "slow_progress": 500},
        # So small a rate leaves too few updates, whatever their number.
        may={"vanishing", "plan"},
    ),
    *family(
        "tiny_loss",
        "scored",
        {
            "dense-weighted": blobs(
                lambda: (dense(2), sgd(0.01), {"loss_weights": [1e-5]})
            ),
            "dense-clipped": circles(
                lambda: (dense(2), sgd(0.01, global_clipnorm=1e-4))
            ),
            "rnn-clipped": recent(
                lambda: (recurrent("simple_rnn"), sgd(0.01, clipvalue=1e-6))
            ),
            "gru-weighted": recent(
                lambda: (
                    recurrent("gru"),
                    sgd(0.01, momentum=0.9),
                    {"loss_weights": [1e-6]},
                )
            ),
        },
        must={"small_updates": 300, "slow_progress": 500},
        may={"vanishing"},
    ),
    # Right for weights that were trained, but these were not.
    *family(
        "rate_of_fine_tuning",
        "scored",
        {
            "gru": recent(lambda: (recurrent("gru"), adam(1e-6))),
            "lstm": recent(lambda: (recurrent("lstm"), adam(2e-6))),
            "conv": digits(lambda: (convolutions(), adam(1e-6))),
        },
        must={"slow_progress": ANY_TIME},
        may={"small_updates", "vanishing", "plan"},
    ),
    *family(
        "rate_too_large",
        "tuning",
        {
            "dense-tanh-adam": circles(
                lambda: (dense(2, activation="tanh"), adam(3.0))
            ),
            "dense-tanh-sgd": circles(
                lambda: (dense(3, activation="tanh"), sgd(100.0))
            ),
            "rnn-adam": order(lambda: (recurrent("simple_rnn"), adam(1.0))),
            "lstm-adam": order(lambda: (recurrent("lstm"), adam(1.0))),
        },
        must={"large_updates": 200},
        may=_ANY,
    ),
    *family(
        "huge_loss",
        "scored",
        {
            "dense-weighted": circles(
                lambda: (
                    dense(2, activation="tanh"),
                    sgd(0.1),
                    {"loss_weights": [1e4]},
                )
            ),
            "gru-weighted": order(
                lambda: (recurrent("gru"), sgd(0.1), {"loss_weights": [1e4]})
            ),
            "conv-weighted": digits(
                lambda: (
                    convolutions("tanh"),
                    sgd(0.1),
                    {"loss_weights": [1e4]},
                )
            ),
            "line-1000": line(
                lambda: (dense(2, activation="tanh"), sgd(0.1)),
                data=lambda: data.far(data.line(), 1000.0),
                may={*_ANY, "targets"},
            ),
        },
        must={"large_updates": 200},
        may=_ANY,
    ),
]
