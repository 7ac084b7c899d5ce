"""Every case of the clinic: a file for each kind of problem."""

from __future__ import annotations

from zoo.clinic.case import Case
from zoo.clinic.cases import (
    behavior,
    depth,
    healthy_curves,
    healthy_data,
    healthy_losses,
    healthy_models,
    healthy_outputs,
    healthy_padding,
    healthy_plans,
    inputs,
    labels,
    loss_curve,
    nonfinite,
    one_part,
    output_and_loss,
    plan,
    step_size,
    targets,
    time,
    units,
)
from zoo.registry import Registry

PARTS = {
    "gradients": (
        depth,
        time,
        units,
        step_size,
        nonfinite,
        loss_curve,
        healthy_curves,
        healthy_models,
    ),
    "data": (
        inputs,
        labels,
        targets,
        output_and_loss,
        plan,
        behavior,
        one_part,
        healthy_data,
        healthy_outputs,
        healthy_losses,
        healthy_padding,
        healthy_plans,
    ),
}
"""Where an illness shows, or is looked for in vain: in the gradients, or in
data, output, loss, plan and behavior. The second part is the younger one."""

CASES: Registry[Case] = Registry(
    "case",
    *(
        case
        for files in PARTS.values()
        for file in files
        for case in file.CASES
    ),
)

_PART_OF = {
    case.name: part
    for part, files in PARTS.items()
    for file in files
    for case in file.CASES
}


def part_of(case: Case) -> str:
    """The part that holds a case."""
    return _PART_OF[case.name]
