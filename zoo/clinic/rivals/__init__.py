"""Other tools' rules, on the same runs. A new one is a file and a line here.

Each is restated in our own words and code, with the defaults that its authors
published; where our signs and theirs do not meet, read in their favour. They
read what `zoo.clinic.rivals.observer.Observer` sees during `fit`.
"""

from __future__ import annotations

from zoo.clinic.rivals.autotrainer import AutoTrainer
from zoo.clinic.rivals.base import Rival
from zoo.clinic.rivals.deepdiagnosis import DeepDiagnosis
from zoo.clinic.rivals.observation import Activation, Kernel, Observation
from zoo.clinic.rivals.sagemaker_debugger import SageMakerDebugger
from zoo.clinic.rivals.terminate_on_nan import TerminateOnNaN
from zoo.clinic.rivals.thedeepchecker import TheDeepChecker
from zoo.registry import Registry

RIVALS: Registry[Rival] = Registry(
    "rival",
    AutoTrainer(),
    SageMakerDebugger(),
    DeepDiagnosis(),
    TheDeepChecker(),
    TerminateOnNaN(),
)

__all__ = [
    "RIVALS",
    "Activation",
    "AutoTrainer",
    "DeepDiagnosis",
    "Kernel",
    "Observation",
    "Rival",
    "SageMakerDebugger",
    "TerminateOnNaN",
    "TheDeepChecker",
]
