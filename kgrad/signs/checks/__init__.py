"""Checks: numbers of a batch and a model come in, findings come out.

Of data, labels, output, loss and plan, before training or while it runs. They
see numbers, never a sample: NumPy only, no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterable

from kgrad.records import Behavior, DataSummary, Finding, Setup
from kgrad.signs.checks.base import Check
from kgrad.signs.checks.batch_as_time import BatchAsTime
from kgrad.signs.checks.behavior import BehaviorCheck
from kgrad.signs.checks.bounded_output import BoundedOutput
from kgrad.signs.checks.broadcast_shapes import BroadcastShapes
from kgrad.signs.checks.class_balance import (
    ClassImbalance,
    MajorityOnly,
    OneClassOnly,
    SameAnswer,
)
from kgrad.signs.checks.constant_inputs import ConstantInputs, EmptySamples
from kgrad.signs.checks.crossentropy_of_numbers import CrossentropyOfNumbers
from kgrad.signs.checks.dropout_of_all import DropoutOfAll
from kgrad.signs.checks.dropped_features import DroppedFeatures
from kgrad.signs.checks.exclusive_classes import (
    OneUnitForClasses,
    RowsNotOneHot,
    SoftmaxOfSeveral,
    SparseOrOneHot,
)
from kgrad.signs.checks.few_updates import (
    BatchLargerThanData,
    FewUpdates,
    MovingStatistics,
    StatefulShuffled,
)
from kgrad.signs.checks.first_step import (
    LossFarAboveGuessing,
    NoGradient,
    NonfiniteFirstStep,
)
from kgrad.signs.checks.first_updates import FirstUpdates, NotMemorized
from kgrad.signs.checks.hinge_above_zero import HingeAboveZero
from kgrad.signs.checks.ignored_inputs import IgnoredInputs
from kgrad.signs.checks.impossible_loss import ImpossibleLoss
from kgrad.signs.checks.input_scale import InputScale, UnscaledInputs
from kgrad.signs.checks.label_range import LabelRange, LabelsNotWhole
from kgrad.signs.checks.loss_below_zero import LossBelowZero
from kgrad.signs.checks.mixed_samples import MixedSamples, RandomInference
from kgrad.signs.checks.negative_rate import NegativeRate
from kgrad.signs.checks.nonfinite_data import NonfiniteData
from kgrad.signs.checks.one_number import OneNumber
from kgrad.signs.checks.probabilities import (
    LogitsTwice,
    NoProbabilities,
    ProbabilitiesAsLogits,
    SquaredErrorOfClasses,
)
from kgrad.signs.checks.regression_accuracy import RegressionAccuracy
from kgrad.signs.checks.relu_recurrence import ReluRecurrence
from kgrad.signs.checks.small_inputs import SmallInputs
from kgrad.signs.checks.small_targets import SmallTargets
from kgrad.signs.checks.softmax_over_one_unit import SoftmaxOverOneUnit
from kgrad.signs.checks.sorted_labels import SortedLabels
from kgrad.signs.checks.target_scale import (
    TargetScale,
    TargetScaleNotReached,
    TargetsFarFromZero,
)
from kgrad.signs.checks.untaught_classes import UntaughtClasses
from kgrad.signs.checks.vocabulary import IdsBeyondVocabulary

__all__ = [
    "CHECKS",
    "BehaviorCheck",
    "Check",
    "hints",
    "judge",
    "judge_behavior",
    "judge_training",
]

CHECKS: tuple[type[Check], ...] = (
    NonfiniteData,
    IdsBeyondVocabulary,
    LabelsNotWhole,
    SparseOrOneHot,
    LabelRange,
    RowsNotOneHot,
    ConstantInputs,
    EmptySamples,
    SoftmaxOverOneUnit,
    OneUnitForClasses,
    NoProbabilities,
    CrossentropyOfNumbers,
    NegativeRate,
    HingeAboveZero,
    ProbabilitiesAsLogits,
    LogitsTwice,
    SoftmaxOfSeveral,
    BroadcastShapes,
    BoundedOutput,
    ImpossibleLoss,
    OneClassOnly,
    SortedLabels,
    UntaughtClasses,
    TargetScale,
    TargetsFarFromZero,
    InputScale,
    SmallInputs,
    StatefulShuffled,
    MovingStatistics,
    FewUpdates,
    NonfiniteFirstStep,
    BatchAsTime,
    DroppedFeatures,
    DropoutOfAll,
    OneNumber,
    MixedSamples,
    IgnoredInputs,
    RandomInference,
    NoGradient,
    LossFarAboveGuessing,
    FirstUpdates,
    NotMemorized,
    LossBelowZero,
    MajorityOnly,
    SameAnswer,
    TargetScaleNotReached,
    SmallTargets,
    ReluRecurrence,
    SquaredErrorOfClasses,
    RegressionAccuracy,
    ClassImbalance,
    UnscaledInputs,
    BatchLargerThanData,
)
"""Every check, causes before what follows from them, hints last."""


def judge(setup: Setup, data: DataSummary) -> tuple[Finding, ...]:
    """What the numbers of a batch, or of all data, tell before training.

    Args:
        setup: What is trained, and how.
        data: The numbers.

    Returns:
        The findings, causes first; of one family at one place, the first.
    """
    return _first_of_each(
        finding
        for kind in CHECKS
        if not kind.is_hint and not kind.needs_training
        for finding in kind().judge(setup, data)
    )


def judge_training(setup: Setup, data: DataSummary) -> tuple[Finding, ...]:
    """What the numbers of a batch tell of a model trained for a while."""
    return _first_of_each(
        finding
        for kind in CHECKS
        if kind.needs_training
        for finding in kind().judge(setup, data)
    )


def judge_behavior(
    setup: Setup, data: DataSummary, behavior: Behavior
) -> tuple[Finding, ...]:
    """What a model does with a batch that nothing else is wrong with.

    A model that gets or is asked for the wrong thing does strange things: ask
    for them where `judge` finds nothing but the plan. What one check sees can
    be why another sees something: the first that does tells.
    """
    for kind in CHECKS:
        if issubclass(kind, BehaviorCheck):
            found = tuple(kind().judge_behavior(setup, data, behavior))
            if found:
                return found
    return ()


def hints(setup: Setup, data: DataSummary) -> tuple[Finding, ...]:
    """What is worth knowing, though models that have it may train well."""
    return tuple(
        finding
        for kind in CHECKS
        if kind.is_hint
        for finding in kind().judge(setup, data)
    )


def _first_of_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    once: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        once.setdefault((finding.sign, finding.target), finding)
    return tuple(once.values())
