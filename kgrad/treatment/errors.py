"""What cannot be done to a model."""

from __future__ import annotations


class NotApplicableError(ValueError):
    """An edit cannot be done to this model; the message says why."""
