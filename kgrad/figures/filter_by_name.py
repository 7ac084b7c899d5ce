"""Which layers are shown: those whose short name a pattern finds."""

from __future__ import annotations

import re

_LONGEST = 100


class Filter:
    """A regular expression that is looked for anywhere in a name.

    Upper and lower case are the same. An empty one lets everything through
    and is false.

    Raises:
        ValueError: If it is not a regular expression, or a very long one.
    """

    def __init__(self, pattern: str = "") -> None:
        self.pattern = pattern
        try:
            if len(pattern) > _LONGEST:
                raise re.error(f"longer than {_LONGEST} characters")
            self._find = re.compile(pattern, re.IGNORECASE).search
        except re.error as error:
            raise ValueError(
                f"`layers` must be a regular expression ({error}). "
                f"Received: layers={pattern!r}"
            ) from error

    def passes(self, name: str) -> bool:
        """Whether it is in the name."""
        return self._find(name) is not None

    def __bool__(self) -> bool:
        return bool(self.pattern)

    @property
    def nothing(self) -> str:
        """A sentence for where nothing is left to show; not escaped."""
        return f"No layer's name matches {self.pattern!r}."
