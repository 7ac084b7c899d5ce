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
from kgrad.records.behavior import Behavior, Influence
from kgrad.records.data import (
    DataSummary,
    Output,
    Plan,
    Role,
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
    "Behavior",
    "DataSummary",
    "Edit",
    "Epoch",
    "Finding",
    "Influence",
    "Layer",
    "Measure",
    "Output",
    "Plan",
    "Remedy",
    "Role",
    "Sample",
    "Setup",
    "Snapshot",
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
