"""Diagnosis: findings come in, those of one cause come out as one."""

from kgrad.diagnosis.diagnosis import Diagnoses, Diagnosis, diagnoses

__all__ = ["Diagnoses", "Diagnosis", "diagnoses"]
