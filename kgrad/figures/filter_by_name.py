"""Which layers are shown: those whose short name a pattern finds."""

from __future__ import annotations

import re

_LONGEST = 100
_REPEATS = 4
"""A search may take as many steps as a name has letters, to this power."""

_ONE_LETTER = re.compile(r"\\.|\[\^?\]?(?:\\.|[^]\\])*\]", re.DOTALL)
"""What is escaped, and a choice of letters."""


class Filter:
    """A regular expression that is looked for anywhere in a name.

    Upper and lower case are the same. An empty one lets everything through
    and is false.

    Raises:
        ValueError: If it is not a regular expression, or one whose search
            could take so long that a page, or TensorBoard, stands still.
    """

    def __init__(self, pattern: str = "") -> None:
        self.pattern = pattern
        try:
            _require_quick(pattern)
            self._find = re.compile(pattern, re.IGNORECASE).search
        except (re.error, OverflowError) as error:
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


def _require_quick(pattern: str) -> None:
    """Refuses what a name of 40 letters could occupy for minutes."""
    if len(pattern) > _LONGEST:
        raise re.error(f"longer than {_LONGEST} characters")
    bare = _ONE_LETTER.sub("x", pattern)
    if re.search(r"\)[*+{]", bare):
        raise re.error("a group must not be repeated")
    if len(re.findall("[*+{]", bare)) > _REPEATS:
        raise re.error(f"more than {_REPEATS} of `*`, `+` and `{{`")
