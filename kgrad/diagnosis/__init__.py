"""From findings to diagnoses: what belongs together, the cause first."""

from kgrad.diagnosis.diagnosis import Diagnoses, Diagnosis, diagnoses

__all__ = ["Diagnoses", "Diagnosis", "diagnoses"]
