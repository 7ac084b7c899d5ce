"""What travels between the stages: frozen records made of NumPy and text.

Nothing here knows a model, a tensor or a file, so a sign that is written
against these records runs live, from disk, and in a test that makes its
numbers by hand.
"""

from kgrad.records.actions import (
    LEFT_OUT,
    ActionRecord,
    UpdateOutcome,
    guarded,
    totals,
)
from kgrad.records.arrays import Array, Steps, concatenated
from kgrad.records.behavior import Behavior, Influence
from kgrad.records.combine import is_defined, measured_of
from kgrad.records.data import (
    DataSummary,
    Origin,
    Output,
    Plan,
    Role,
    Stage,
    TensorSummary,
)
from kgrad.records.edits import Edit
from kgrad.records.findings import Finding
from kgrad.records.remedies import Remedy
from kgrad.records.samples import Activity, Sample, TimeProfile, TimeProfiles
from kgrad.records.setup import CLIPPING, Argument, Layer, Setup
from kgrad.records.snapshots import Epoch, Snapshot, combine_windows
from kgrad.records.targets import (
    GLOBAL,
    RATIOS,
    Measure,
    Ratio,
    Target,
    with_ratios,
)

__all__ = [
    "CLIPPING",
    "GLOBAL",
    "LEFT_OUT",
    "RATIOS",
    "ActionRecord",
    "Activity",
    "Argument",
    "Array",
    "Behavior",
    "DataSummary",
    "Edit",
    "Epoch",
    "Finding",
    "Influence",
    "Layer",
    "Measure",
    "Origin",
    "Output",
    "Plan",
    "Ratio",
    "Remedy",
    "Role",
    "Sample",
    "Setup",
    "Snapshot",
    "Stage",
    "Steps",
    "Target",
    "TensorSummary",
    "TimeProfile",
    "TimeProfiles",
    "UpdateOutcome",
    "combine_windows",
    "concatenated",
    "guarded",
    "is_defined",
    "measured_of",
    "totals",
    "with_ratios",
]
