"""JSON on disk: everything that the zoo reads or writes, by one schema.

The schema is the dataclass: `read` checks every field against its annotation
and refuses what does not fit, because a file may be damaged or forged.
"""

from __future__ import annotations

import json
import math
import os
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

T = TypeVar("T")

NumberOrNaN = Annotated[float, "null in JSON if it is not finite"]
"""A float that may be NaN, for which JSON has no word."""


def read(kind: type[T], text: str) -> T:
    """The record that `to_json` wrote.

    Args:
        kind: A dataclass.
        text: JSON.

    Raises:
        ValueError: If the text is not JSON, or not that of such a record.
    """
    try:
        return load(kind, parse(text))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`text` must be the JSON of a {kind.__name__}: {error}"
        ) from error


def parse(text: str) -> Any:
    """What JSON text stands for.

    Raises:
        ValueError: If it is not JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"it is not JSON: {error}. Received: text={text[:80]!r}"
        ) from error


def load(kind: type[T], content: object) -> T:
    """A value of a type from parsed JSON.

    Args:
        kind: A dataclass, or what a field of one may be: text, a number,
            `Literal`, a union, `tuple[X, ...]` or `Mapping[X, Y]`.
        content: What `parse` returned.

    Raises:
        ValueError: If it does not fit.
    """
    result: T = _value(kind, content, "it")
    return result


def values_of(kind: type, content: object) -> dict[str, Any]:
    """The fields of a dataclass from parsed JSON, each of its type.

    Raises:
        ValueError: If there are other fields, or one does not fit.
    """
    given: Any = content
    expected = types_of(kind)
    if not isinstance(given, Mapping) or given.keys() != expected.keys():
        raise ValueError(
            f"a {kind.__name__} must have the fields {sorted(expected)}. "
            f"Received: {ascii(given)[:200]}"
        )
    return {n: _value(each, given[n], n) for n, each in expected.items()}


@cache
def types_of(kind: type) -> dict[str, Any]:
    """The types of a dataclass's fields, by name."""
    hints = get_type_hints(kind, include_extras=True)
    return {each.name: hints[each.name] for each in fields(kind)}


def content_of(value: Any) -> Any:
    """A record as JSON can hold it; numbers that are not finite are None."""
    if is_dataclass(value):
        return content_of({name: getattr(value, name) for name in vars(value)})
    if isinstance(value, Mapping):
        return {str(key): content_of(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [content_of(item) for item in value]
    unknown = isinstance(value, float) and not math.isfinite(value)
    return None if unknown else value


def to_json(value: Any, indent: int = 2) -> str:
    """A record, or the content of one, as text."""
    content = content_of(value)
    return json.dumps(content, indent=indent, allow_nan=False) + "\n"


def write(path: Path, text: str) -> None:
    """Writes a file as a whole: when interrupted, the old one stays.

    Args:
        path: The file.
        text: All of its content.
    """
    part = path.with_suffix(".part")
    with open(part, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def _value(kind: Any, value: Any, name: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return kind(**values_of(kind, value))  # type: ignore[operator, arg-type]
    if kind == NumberOrNaN:
        return math.nan if value is None else _value(float, value, name)
    if origin in (Union, types.UnionType):
        for each in inner:
            try:
                return _value(each, value, name)
            except ValueError:
                continue
    elif origin is Literal:
        if isinstance(value, str) and value in inner:
            return value
    elif origin is tuple:
        if isinstance(value, list):
            return tuple(_value(inner[0], item, name) for item in value)
    elif origin is not None and issubclass(origin, Mapping):
        if isinstance(value, Mapping):
            return {
                _key(inner[0], key, name): _value(inner[1], item, name)
                for key, item in value.items()
            }
    elif kind is float and type(value) is int and abs(value) < 2**63:
        return float(value)
    elif type(value) is kind and not (kind is int and abs(value) >= 2**63):
        return _printable(value) if kind is str else value
    shown = kind.__name__ if isinstance(kind, type) else str(kind)
    raise ValueError(
        f"`{name}` must be of type {shown}. "
        f"Received: {name}={ascii(value)[:80]}"
    )


def _key(kind: type, key: str, name: str) -> Any:
    """A name in JSON is text, whatever it stands for."""
    try:
        return kind(key)
    except ValueError as error:
        raise ValueError(
            f"`{name}` must be of type {kind.__name__}. Received: {key!r}"
        ) from error


def _printable(text: str) -> str:
    """Text without what would move the cursor of a terminal."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in "\t\n" else "\ufffd" for c in text
    )
