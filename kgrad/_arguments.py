"""Arguments are refused where they are given, in Keras' form.

A `TypeError` or, of a number out of its range, a `ValueError` has the rule
and what was received.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any


def require(condition: bool, rule: str, **received: object) -> None:
    """Refuses the one argument received, unless the condition holds."""
    if not condition:
        ((name, value),) = received.items()
        raise TypeError(f"{rule} Received: {name}={value!r}")


def path(name: str, value: str | os.PathLike[str]) -> str:
    """The value with `~` expanded, if it is the path of a local folder."""
    require(
        isinstance(value, str | os.PathLike) and bool(os.fspath(value)),
        f"`{name}` must be the path of a run folder.",
        **{name: value},
    )
    folder = os.fspath(value)
    # `pathlib` makes one slash of two; a single letter is a drive of Windows.
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", folder):
        raise ValueError(
            f"`{name}` must be a folder of this machine: a run file is "
            "appended to, which buckets do not allow. Write to a local folder "
            f"and copy it afterwards. Received: {name}={folder!r}"
        )
    return os.path.expanduser(folder)


def switch(name: str, value: bool) -> bool:
    """The value, if it is True or False."""
    require(
        isinstance(value, bool),
        f"`{name}` must be True or False.",
        **{name: value},
    )
    return value


def positive(name: str, value: int) -> int:
    """The value, if it is an integer of 1 or more."""
    require(
        isinstance(value, int) and not isinstance(value, bool),
        f"`{name}` must be an integer.",
        **{name: value},
    )
    if value < 1:
        raise ValueError(
            f"`{name}` must be at least 1. Received: {name}={value}"
        )
    return value


def distance(name: str, value: Any) -> Any:
    """The value, if it is `"auto"`, None or an integer of 1 or more."""
    if value is None or value == "auto":
        return value
    rule = f'`{name}` must be an integer, "auto" or None.'
    is_number = isinstance(value, int) and not isinstance(value, bool)
    require(is_number, rule, **{name: value})
    return positive(name, value)


def real(name: str, value: float) -> float:
    """The value as a float, if it is a number."""
    require(
        isinstance(value, int | float) and not isinstance(value, bool),
        f"`{name}` must be a number.",
        **{name: value},
    )
    return float(value)


def sign_names(signs: tuple[str, ...]) -> tuple[str, ...]:
    """What was given, if each is text."""
    for sign in signs:
        require(
            isinstance(sign, str) and bool(sign),
            "`signs` must be names of signs.",
            signs=sign,
        )
    return signs


def items(name: str, given: Iterable[Any], kind: type) -> list[Any]:
    """What was given, as a list of things of one kind."""
    rule = f"`{name}` must be a list of `{kind.__module__}.{kind.__name__}`."
    require(isinstance(given, Iterable), rule, **{name: given})
    listed = list(given)
    require(all(isinstance(x, kind) for x in listed), rule, **{name: given})
    return listed


def mapping(
    name: str, given: Mapping[str, Any] | None, values: Any
) -> dict[str, Any]:
    """What was given, as a dictionary; None is an empty one."""
    if given is None:
        return {}
    require(
        isinstance(given, Mapping)
        and all(isinstance(key, str) for key in given)
        and all(isinstance(value, values) for value in given.values()),
        f"`{name}` must map names to {values}.",
        **{name: given},
    )
    return dict(given)
