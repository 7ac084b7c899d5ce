"""From findings to diagnoses: what belongs together, the cause first."""

from kgrad.diagnosis.diagnosis import Diagnosis, diagnoses, words
from kgrad.diagnosis.layer_order import LayerOrder

__all__ = ["Diagnosis", "LayerOrder", "diagnoses", "words"]
