"""Mutation operators, as DeepCrime and DEFault have them.

References:
    Humbatova, Jahangirova and Tonella 2021, DeepCrime: Mutation Testing of
    Deep Learning Systems Based on Real Faults, doi:10.1145/3460319.3464825.
    Jahan, Shahriar and Rahman 2025, Improved Detection and Diagnosis of
    Faults in Deep Neural Networks Using Hierarchical and Explainable
    Classification, arXiv:2501.12560.
"""

from __future__ import annotations

from zoo.mutants.operators import layers, optimization, samples
from zoo.mutants.operators.operator import Operator
from zoo.registry import Registry

OPERATORS: Registry[Operator] = Registry(
    "operator",
    *optimization.OPERATORS,
    *layers.OPERATORS,
    *samples.OPERATORS,
)
