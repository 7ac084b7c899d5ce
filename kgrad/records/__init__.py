"""Records: what passes between the rooms, frozen, made of NumPy and text.

Nothing here knows a model, a tensor or a file, so a sign that is written
against these records runs live, from disk, and in a test that makes its
numbers by hand.
"""

from kgrad.records.actions import LEFT_OUT as LEFT_OUT
from kgrad.records.actions import ActionRecord as ActionRecord
from kgrad.records.actions import UpdateOutcome as UpdateOutcome
from kgrad.records.actions import guarded as guarded
from kgrad.records.actions import totals as totals
from kgrad.records.arrays import Array as Array
from kgrad.records.arrays import Steps as Steps
from kgrad.records.arrays import concatenated as concatenated
from kgrad.records.behavior import Behavior as Behavior
from kgrad.records.behavior import Influence as Influence
from kgrad.records.combine import combine_one as combine_one
from kgrad.records.combine import is_defined as is_defined
from kgrad.records.combine import measured_of as measured_of
from kgrad.records.combine import ratio as ratio
from kgrad.records.data import DataSummary as DataSummary
from kgrad.records.data import Origin as Origin
from kgrad.records.data import Output as Output
from kgrad.records.data import Plan as Plan
from kgrad.records.data import Role as Role
from kgrad.records.data import Stage as Stage
from kgrad.records.data import TensorSummary as TensorSummary
from kgrad.records.edits import Edit as Edit
from kgrad.records.findings import Finding as Finding
from kgrad.records.findings import Remedy as Remedy
from kgrad.records.findings import Severity as Severity
from kgrad.records.histograms import Histogram as Histogram
from kgrad.records.samples import Activity as Activity
from kgrad.records.samples import Sample as Sample
from kgrad.records.samples import TimeProfile as TimeProfile
from kgrad.records.samples import TimeProfiles as TimeProfiles
from kgrad.records.setup import CLIPPING as CLIPPING
from kgrad.records.setup import Argument as Argument
from kgrad.records.setup import Layer as Layer
from kgrad.records.setup import Setup as Setup
from kgrad.records.snapshots import Epoch as Epoch
from kgrad.records.snapshots import Snapshot as Snapshot
from kgrad.records.snapshots import combine_windows as combine_windows
from kgrad.records.targets import GLOBAL as GLOBAL
from kgrad.records.targets import RATIOS as RATIOS
from kgrad.records.targets import Measure as Measure
from kgrad.records.targets import Ratio as Ratio
from kgrad.records.targets import Target as Target
from kgrad.records.targets import with_ratios as with_ratios
