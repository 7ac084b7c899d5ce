"""What travels between the stages: frozen records made of NumPy and text.

Nothing here knows a model, a tensor or a file, so a sign that is written
against these records runs live, from disk, and in a test that makes its
numbers by hand.
"""

from kgrad.records.actions import (
    LEFT_OUT,
    ActionRecord,
    Verdict,
    guarded,
    totals,
)
from kgrad.records.arrays import Array, Steps, concatenated
from kgrad.records.data import (
    DataSummary,
    Origin,
    Output,
    Plan,
    Role,
    Stage,
    TensorSummary,
)
from kgrad.records.findings import Finding
from kgrad.records.remedies import Edit, Remedy
from kgrad.records.samples import Activity, Sample, TimeProfile, TimeProfiles
from kgrad.records.setup import CLIPPING, Argument, Layer, Setup
from kgrad.records.snapshots import Epoch, Snapshot, combine_windows
from kgrad.records.targets import GLOBAL, UPDATE_RATIO, Measure, Target

__all__ = [
    "CLIPPING",
    "GLOBAL",
    "LEFT_OUT",
    "UPDATE_RATIO",
    "ActionRecord",
    "Activity",
    "Argument",
    "Array",
    "DataSummary",
    "Edit",
    "Epoch",
    "Finding",
    "Layer",
    "Measure",
    "Origin",
    "Output",
    "Plan",
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
    "Verdict",
    "combine_windows",
    "concatenated",
    "guarded",
    "totals",
]
