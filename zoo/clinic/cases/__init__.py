"""Every case of the clinic: a file for each kind of problem."""

from __future__ import annotations

from zoo.clinic.case import Case
from zoo.clinic.cases import (
    behavior,
    depth,
    healthy_curves,
    healthy_data,
    healthy_models,
    healthy_outputs,
    inputs,
    labels,
    loss_curve,
    nonfinite,
    output_and_loss,
    plan,
    step_size,
    targets,
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
            inputs,
            labels,
            targets,
            output_and_loss,
            plan,
            behavior,
            healthy_curves,
            healthy_models,
            healthy_data,
            healthy_outputs,
        )
        for case in part.CASES
    ),
)
