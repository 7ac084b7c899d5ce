"""Remedies as an experiment: done to a fresh model, trained, compared.

findings -- choice --> what to try -- surgery, optimizers --> a model
                                                                |
    treat: build(), edit, fit() under the monitor, for each  <--+
"""

from kgrad.treatment.apply import apply
from kgrad.treatment.errors import NotApplicableError
from kgrad.treatment.experiment import treat
from kgrad.treatment.results import Treatment, Treatments

__all__ = ["NotApplicableError", "Treatment", "Treatments", "apply", "treat"]
