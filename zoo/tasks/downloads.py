"""Data that Keras downloads at first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def downloaded(file: str, load: Callable[[], Any]) -> Any:
    """What a loader of `keras.datasets` gives.

    Args:
        file: Name of the file that it keeps.
        load: The loader.

    Raises:
        ConnectionError: If the file is not there and cannot be fetched.
    """
    try:
        return load()
    except Exception as error:
        # `keras.utils.get_file` raises nothing more definite.
        if "URL fetch failure" not in str(error):
            raise
        raise ConnectionError(
            f"`{file}` must be downloaded once, which needs a network: "
            f"{error}. Put it into the folder datasets of Keras' home "
            "(~/.keras, or $KERAS_HOME) to do without. "
            f"Received: file={file!r}"
        ) from error
