"""From findings to diagnoses: what belongs together, the cause first."""

from kgrad.diagnosis.diagnosis import Diagnosis, diagnoses

__all__ = ["Diagnosis", "diagnoses"]
