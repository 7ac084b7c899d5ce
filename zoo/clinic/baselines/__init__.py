"""Baselines, the rules of other tools: observations come in, signs come out.

Each is restated in our own code, with the defaults that its authors published;
where our signs and theirs differ, it is read in its favor. A new one is a file
and a line here.
"""

from __future__ import annotations

from zoo.clinic.baselines.autotrainer import AutoTrainer
from zoo.clinic.baselines.base import Baseline, TerminateOnNaN
from zoo.clinic.baselines.deepdiagnosis import DeepDiagnosis
from zoo.clinic.baselines.neuralint import NeuraLint
from zoo.clinic.baselines.observation import Activation, Kernel, Observation
from zoo.clinic.baselines.sagemaker_debugger import SageMakerDebugger
from zoo.clinic.baselines.setting import Scale, Setting
from zoo.clinic.baselines.thedeepchecker import TheDeepChecker
from zoo.clinic.baselines.umlaut import Umlaut
from zoo.registry import Registry

BASELINES: Registry[Baseline] = Registry(
    "baseline",
    AutoTrainer(),
    SageMakerDebugger(),
    DeepDiagnosis(),
    TheDeepChecker(),
    Umlaut(),
    NeuraLint(),
    TerminateOnNaN(),
)

__all__ = [
    "BASELINES",
    "Activation",
    "AutoTrainer",
    "Baseline",
    "DeepDiagnosis",
    "Kernel",
    "NeuraLint",
    "Observation",
    "SageMakerDebugger",
    "Scale",
    "Setting",
    "TerminateOnNaN",
    "TheDeepChecker",
    "Umlaut",
]
