"""Every case of the clinic: a file for each kind of problem."""

from __future__ import annotations

from zoo.clinic.case import Case
from zoo.clinic.cases import (
    depth,
    healthy_curves,
    healthy_models,
    loss_curve,
    nonfinite,
    step_size,
    time,
    units,
)
from zoo.registry import Registry

CASES: Registry[Case] = Registry(
    "case",
    *(
        case
        for part in (
            depth,
            time,
            units,
            step_size,
            nonfinite,
            loss_curve,
            healthy_curves,
            healthy_models,
        )
        for case in part.CASES
    ),
)
