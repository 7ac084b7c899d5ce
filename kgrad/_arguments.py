"""Arguments are refused where they are given, in Keras' form."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any


def require(condition: bool, rule: str, **received: object) -> None:
    """Refuses the one argument that was received unless a condition holds.

    Raises:
        TypeError: With the rule and the argument.
    """
    if not condition:
        ((name, value),) = received.items()
        raise TypeError(f"{rule} Received: {name}={value!r}")


def path(name: str, value: str | os.PathLike[str]) -> str:
    """The value as a string, `~` expanded, if it is the path of a folder.

    Raises:
        TypeError: If it is no path, or empty.
        ValueError: If it is the address of a bucket or the like.
    """
    require(
        isinstance(value, str | os.PathLike) and bool(os.fspath(value)),
        f"`{name}` must be the path of a run folder.",
        **{name: value},
    )
    folder = os.fspath(value)
    if "://" in folder:
        raise ValueError(
            f"`{name}` must be a folder of this machine: a run file is "
            "appended to, which buckets do not allow. Write to a local folder "
            f"and copy it afterwards. Received: {name}={folder!r}"
        )
    return os.path.expanduser(folder)


def positive(name: str, value: int) -> int:
    """The value, if it is an integer of 1 or more.

    Raises:
        TypeError: If it is no integer.
        ValueError: If it is below 1.
    """
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


def items(name: str, given: Iterable[Any], kind: type) -> list[Any]:
    """What was given, as a list of things of one kind.

    Raises:
        TypeError: If it is something else.
    """
    rule = f"`{name}` must be a list of `{kind.__module__}.{kind.__name__}`."
    require(isinstance(given, Iterable), rule, **{name: given})
    listed = list(given)
    require(all(isinstance(x, kind) for x in listed), rule, **{name: given})
    return listed


def mapping(
    name: str, given: Mapping[str, Any] | None, values: Any
) -> dict[str, Any]:
    """What was given, as a dictionary; None is an empty one.

    Raises:
        TypeError: If a name is no string or a value not one of `values`.
    """
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
