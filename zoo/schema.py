"""JSON on disk: everything that the zoo reads or writes, by one schema.

The schema is the dataclass: `read` checks every field against its annotation
and refuses what does not fit, because a file may be damaged or forged.
"""

from __future__ import annotations

import json
import math
import os
import types
from collections.abc import Callable, Mapping
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
    of_any_kind: Any = kind
    result: T = _reader(of_any_kind)(content)
    return result


def values_of(kind: type, content: object) -> dict[str, Any]:
    """The fields of a dataclass from parsed JSON, each of its type.

    Raises:
        ValueError: If there are other fields, or one does not fit.
    """
    types = types_of(kind)
    given: Mapping[str, Any] = _require(kind, content, Mapping)
    if given.keys() != types.keys():
        raise ValueError(
            f"a {kind.__name__} must have the fields {sorted(types)}. "
            f"Received: {sorted(map(str, given))}"
        )
    values = {}
    for name, each in types.items():
        try:
            values[name] = _reader(each)(given[name])
        except _MismatchError as error:
            raise _MismatchError(each, given[name], name) from error
    return values


@cache
def types_of(kind: type) -> dict[str, Any]:
    """The types of a dataclass's fields, by name."""
    hints = get_type_hints(kind, include_extras=True)
    return {each.name: hints[each.name] for each in fields(kind)}


def content_of(value: Any) -> Any:
    """A record as JSON can hold it; numbers that are not finite are None."""
    if is_dataclass(value):
        return {
            each.name: content_of(getattr(value, each.name))
            for each in fields(value)
        }
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


class _MismatchError(ValueError):
    """Content that does not fit its type."""

    def __init__(self, kind: Any, content: object, name: str = "it") -> None:
        shown = kind.__name__ if isinstance(kind, type) else str(kind)
        super().__init__(
            f"`{name}` must be of type {shown}. "
            f"Received: {name}={ascii(content)[:80]}"
        )


_Reader = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> _Reader:
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _of_dataclass(kind)
    if kind == NumberOrNaN:
        number = _reader(float)
        return lambda value: math.nan if value is None else number(value)
    if origin in (Union, types.UnionType):
        return _of_union(kind, [_reader(each) for each in inner])
    if origin is Literal:
        return lambda value: _require(kind, value, str, inner.__contains__)
    if origin is tuple:
        item = _reader(inner[0])
        return lambda value: tuple(map(item, _require(kind, value, list)))
    if origin is not None and issubclass(origin, Mapping):
        return _of_mapping(kind, *inner)
    return lambda value: _simple(kind, value)


def _require(
    kind: Any,
    value: Any,
    base: Any,
    allowed: Callable[[Any], bool] = lambda _: True,
) -> Any:
    if not isinstance(value, base) or not allowed(value):
        raise _MismatchError(kind, value)
    return value


def _simple(kind: Any, value: Any) -> Any:
    """Text, truth, numbers and null; neither is taken for another."""
    if kind is float and type(value) is int and abs(value) < 2**63:
        return float(value)
    if type(value) is not kind or (kind is int and abs(value) >= 2**63):
        raise _MismatchError(kind, value)
    if kind is not str or value.isprintable():
        return value
    # Nothing that would move the cursor of a terminal.
    marks = (c if c.isprintable() or c in "\t\n" else "\ufffd" for c in value)
    return "".join(marks)


def _of_union(kind: Any, readers: list[_Reader]) -> _Reader:
    def read_any(value: Any) -> Any:
        for reader in readers:
            try:
                return reader(value)
            except _MismatchError:
                continue
        raise _MismatchError(kind, value)

    return read_any


def _of_mapping(kind: Any, key: Any, item: Any) -> _Reader:
    def read_mapping(value: Any) -> Any:
        given = _require(kind, value, Mapping)
        reader = _reader(item)
        try:
            return {key(name): reader(each) for name, each in given.items()}
        except ValueError as error:
            raise _MismatchError(kind, value) from error

    return read_mapping


def _of_dataclass(kind: Any) -> _Reader:
    return lambda value: kind(**values_of(kind, value))
