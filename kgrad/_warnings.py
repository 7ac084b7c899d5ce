"""Warnings that do not end the training they are about."""

from __future__ import annotations

import logging
import warnings


def warn(what: str, error: Exception | None = None) -> None:
    """Warns about what the monitor cannot do; training continues.

    Where warnings are turned into errors, a warning would end the training:
    then it is logged.
    """
    reason = f": {type(error).__name__}: {error}" if error else ""
    message = f"kgrad: {what}{reason}. Training continues."
    try:
        warnings.warn(message, RuntimeWarning, stacklevel=3)
    except RuntimeWarning:
        logging.getLogger("kgrad").error(message)
