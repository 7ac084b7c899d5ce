"""What the monitor can no longer do, said without ending the training."""

from __future__ import annotations

import logging
import warnings


def warn(what: str, error: Exception | None = None) -> None:
    """Says once what the monitor can no longer do; training goes on.

    Where warnings are turned into errors, a warning would end the training
    that it is about: then it is logged.
    """
    reason = f": {type(error).__name__}: {error}" if error else ""
    message = f"kgrad: {what}{reason}. Training goes on."
    try:
        warnings.warn(message, RuntimeWarning, stacklevel=3)
    except RuntimeWarning:
        logging.getLogger("kgrad").error(message)
