"""How the data are fed."""

from __future__ import annotations

from kgrad.records import Plan
from tests.signs.checks.made import (
    FEW,
    Judged,
    judged,
    lstm,
    with_schedule,
)

MUST_NOT: dict[str, list[Judged]] = {
    "stateful_shuffled": [
        judged(layers=(lstm(stateful=True),), plan=Plan(shuffle=False)),
        judged(layers=(lstm(stateful=True),)),
        judged(layers=(lstm(),), plan=Plan(shuffle=True)),
    ],
    "moving_statistics": [
        judged(plan=Plan(updates=300, batchnorm_momentum=(("bn", 0.99),))),
        judged(plan=Plan(updates=40, batchnorm_momentum=(("bn", 0.6),))),
        judged(plan=Plan(batchnorm_momentum=(("bn", 0.99),))),
        judged(
            plan=Plan(
                updates=40,
                batchnorm_momentum=(("bn", 0.99),),
                settled=("bn",),
            )
        ),
    ],
    "few_updates": [
        judged(plan=FEW),
        # Sixty-four samples, in small batches.
        judged(plan=Plan(batch_size=8, updates=40, epochs=5, samples=64)),
        judged(plan=Plan(batch_size=512, updates=100), rate=0.01),
        with_schedule(judged(plan=FEW, rate=0.0)),
        # A transformer that is tuned.
        judged(plan=Plan(batch_size=16, updates=45, epochs=3), rate=2e-5),
        judged(plan=Plan(batch_size=128, updates=150, epochs=3), rate=5e-5),
        with_schedule(judged(plan=Plan(batch_size=512, updates=100))),
        judged(plan=Plan(batch_size=512, updates=100), optimizer="SGD"),
        judged(),
    ],
    "batch_larger_than_data": [
        judged(plan=Plan(batch_size=32, samples=400)),
        judged(plan=Plan(batch_size=32)),
    ],
}

MUST: dict[str, list[Judged]] = {
    "stateful_shuffled": [
        judged(layers=(lstm(stateful=True),), plan=Plan(shuffle=True))
    ],
    "moving_statistics": [
        judged(
            plan=Plan(updates=40, batchnorm_momentum=(("a", 0.9), ("b", 0.99)))
        )
    ],
    "few_updates": [
        judged(plan=Plan(batch_size=450, updates=80, epochs=20, samples=1900)),
        judged(plan=FEW, rate=1e-8),
    ],
    "batch_larger_than_data": [judged(plan=Plan(batch_size=500, samples=400))],
}
