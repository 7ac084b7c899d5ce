"""Every case of the clinic: a file for each kind of illness."""

from __future__ import annotations

from zoo.clinic.case import Case
from zoo.clinic.cases import (
    course,
    depth,
    healthy_course,
    healthy_model,
    nonfinite,
    pace,
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
            pace,
            nonfinite,
            course,
            healthy_course,
            healthy_model,
        )
        for case in part.CASES
    ),
)
