"""Signs of ill training: snapshots come in, findings come out; NumPy only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kgrad.records import Finding, Remedy, Snapshot
from kgrad.remedies import evidence
from kgrad.remedies.on_tasks import on_task
from kgrad.signs.base import Sign
from kgrad.signs.data_checks import Behavior as Behavior
from kgrad.signs.data_checks import Inputs as Inputs
from kgrad.signs.data_checks import Labels as Labels
from kgrad.signs.data_checks import OutputAndLoss as OutputAndLoss
from kgrad.signs.data_checks import Targets as Targets
from kgrad.signs.dead_units import DeadUnits as DeadUnits
from kgrad.signs.exploding import Exploding as Exploding
from kgrad.signs.exploding_in_time import ExplodingInTime as ExplodingInTime
from kgrad.signs.exploding_to_infinity import (
    ExplodingToInfinity as ExplodingToInfinity,
)
from kgrad.signs.heavy_penalty import HeavyPenalty as HeavyPenalty
from kgrad.signs.inference_mismatch import (
    InferenceMismatch as InferenceMismatch,
)
from kgrad.signs.large_updates import LargeUpdates as LargeUpdates
from kgrad.signs.late_start import LateStart as LateStart
from kgrad.signs.majority_answers import MajorityAnswers as MajorityAnswers
from kgrad.signs.noisier_training import NoisierTraining as NoisierTraining
from kgrad.signs.nonfinite import Nonfinite as Nonfinite
from kgrad.signs.oscillation import Oscillation as Oscillation
from kgrad.signs.other_frequencies import (
    OtherFrequencies as OtherFrequencies,
)
from kgrad.signs.other_goal import OtherGoal as OtherGoal
from kgrad.signs.overfitting import Overfitting as Overfitting
from kgrad.signs.run_state import RunState
from kgrad.signs.saturation import Saturation as Saturation
from kgrad.signs.short_path import ShortPath as ShortPath
from kgrad.signs.short_training import ShortTraining as ShortTraining
from kgrad.signs.slow_progress import SlowProgress as SlowProgress
from kgrad.signs.small_updates import SmallUpdates as SmallUpdates
from kgrad.signs.so_far import so_far
from kgrad.signs.sure_and_wrong import SureAndWrong as SureAndWrong
from kgrad.signs.training_plan import TrainingPlan as TrainingPlan
from kgrad.signs.unfinished_training import (
    UnfinishedTraining as UnfinishedTraining,
)
from kgrad.signs.unmoved_metric import UnmovedMetric as UnmovedMetric
from kgrad.signs.unreached_layers import UnreachedLayers as UnreachedLayers
from kgrad.signs.validation_mismatch import (
    ValidationMismatch as ValidationMismatch,
)
from kgrad.signs.vanishing import Vanishing as Vanishing
from kgrad.signs.vanishing_in_time import VanishingInTime as VanishingInTime

SIGNS: tuple[type[Sign], ...] = tuple(
    sorted(
        (
            kind
            for kind in list(globals().values())
            if isinstance(kind, type) and issubclass(kind, Sign)
            if kind is not Sign
        ),
        key=lambda kind: kind.rank,
    )
)
"""Every sign that is imported here, the gravest first."""

__all__ = ["SIGNS", "RunState", "Sign", "as_of_now", "default", "diagnose"]
__all__ += ["kind_of", "observe", "ranked", *(k.__name__ for k in SIGNS)]


def default() -> list[Sign]:
    """A new instance of every sign."""
    return [kind() for kind in SIGNS]


def kind_of(name: str) -> type[Sign]:
    """The first rule of a sign; `Sign` itself for one of the user's own."""
    return next((kind for kind in SIGNS if kind.name == name), Sign)


def observe(signs: Iterable[Sign]) -> RunState:
    """A new run, whose state all of these signs read."""
    state = RunState()
    for sign in signs:
        sign.state = state
    return state


def as_of_now(sign: Sign) -> tuple[Finding, ...]:
    """What a sign finds, in the midst of training with how things stand.

    One of the user's own is told as it is.
    """
    return sign.findings if kind_of(sign.name) is Sign else so_far(sign)


def ranked(
    findings: Iterable[Finding],
    clinic: evidence.EvidenceTable | None = None,
    hparams: Mapping[str, object] | None = None,
) -> list[Finding]:
    """The gravest first: causes before consequences, early before late.

    Notes come after all problems.

    What two rules of one sign see at one target is one finding, the earlier.
    The remedies of each are put into the order in which to try them, by what
    the zoo's clinic measured, and the zoo on the very task, if `hparams` are
    those of one: see `kgrad.remedies.evidence.by_evidence`.
    """
    of_task = on_task(hparams or {})
    clinic = evidence.load() if clinic is None else clinic
    in_order = sorted(
        findings, key=lambda f: (f.is_note, kind_of(f.sign).rank, f.first_step)
    )
    once: dict[tuple[str, str], Finding] = {}
    for finding in in_order:
        once.setdefault((finding.sign, finding.target), finding)
    return [
        replace(f, remedies=_ordered(f, clinic, of_task)) for f in once.values()
    ]


def _ordered(
    finding: Finding,
    clinic: evidence.EvidenceTable,
    of_task: Mapping[str, evidence.Evidence],
) -> tuple[Remedy, ...]:
    return evidence.by_evidence(finding.sign, finding.remedies, clinic, of_task)


def diagnose(
    snapshots: Iterable[Snapshot],
    signs: Iterable[Sign] | None = None,
    clinic: evidence.EvidenceTable | None = None,
) -> list[Finding]:
    """What the signs, by default all, find in a run that was recorded.

    The gravest comes first; `clinic` orders the remedies of each.
    """
    signs = default() if signs is None else list(signs)
    state = observe(signs)
    for snapshot in snapshots:
        state.update(snapshot)
        for sign in signs:
            sign.update(snapshot)
    found = [finding for sign in signs for finding in as_of_now(sign)]
    # Without a clinic, remedies are asked for as the signs name them.
    hparams = None if clinic == {} else state.progress.setup.hparams
    return ranked(found, clinic, hparams)
