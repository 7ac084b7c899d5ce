"""Treatment: a model comes in, a training of it with each remedy comes out.

`trials` chooses what to try from the diagnoses, `apply` does it to a model
(`graph` puts `layers` in their places), `training` trains it, watched by
`experiment`, and `results` compares.
"""

from kgrad.treatment.apply import apply
from kgrad.treatment.experiment import treat
from kgrad.treatment.layers import NotApplicableError
from kgrad.treatment.results import Treatment, Treatments

__all__ = ["NotApplicableError", "Treatment", "Treatments", "apply", "treat"]
