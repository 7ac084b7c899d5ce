"""Turns parsed JSON into frozen records, or refuses it: files are data.

A file may be damaged, or made by somebody who means harm, so nothing in it is
trusted: every field of a record is checked against its annotation, and
control characters, which could move a terminal's cursor, are replaced.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
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

_LARGEST = 2**63
_CONTROL = {
    code: "\ufffd"
    for code in (*range(32), *range(127, 160))
    if chr(code) not in "\t\n"
}


class MisfitError(ValueError):
    """A value that is not of the type of its field; `""` is no field."""

    def __init__(self, value: object, kind: Any) -> None:
        self.value, self.kind, self.field = value, kind, ""

    def __str__(self) -> str:
        kind = self.kind
        shown = kind.__name__ if isinstance(kind, type) else str(kind)
        name = self.field or "it"
        return (
            f"`{name}` must be of type {shown}. "
            f"Received: {name}={ascii(self.value)[:80]}"
        )


def read(kind: type[T], content: object, *, whole: bool = False) -> T:
    """A value of a type from parsed JSON.

    Args:
        kind: A dataclass, or what a field of one may be: text, a number,
            `Literal`, a union, `tuple[X, ...]`, `tuple[X, Y]` or
            `Mapping[X, Y]`.
        content: What `json.loads` returned: of a dataclass, a dictionary of
            its fields.
        whole: Whether fields that have a default must be there, too.

    Raises:
        ValueError: If the content does not fit.
    """
    of_any_kind: Any = kind
    result: T = _reader(of_any_kind, whole)(content)
    return result


def values_of(
    kind: type, content: object, *, whole: bool = False
) -> dict[str, Any]:
    """The fields of a dataclass from parsed JSON, each of its type.

    Raises:
        ValueError: If there are other fields, or one does not fit.
    """
    given: Any = content
    readers, needed = _fields(kind, whole)
    if not isinstance(given, Mapping) or not (
        needed <= given.keys() <= readers.keys()
    ):
        raise ValueError(
            f"a {kind.__name__} must have the fields {sorted(readers)}. "
            f"Received: {ascii(given)[:200]}"
        )
    values = {}
    for name, value in given.items():
        try:
            values[name] = readers[name](value)
        except MisfitError as error:
            error.field = error.field or name
            raise
    return values


@cache
def _fields(
    kind: type, whole: bool
) -> tuple[dict[str, Callable[[Any], Any]], set[str]]:
    """The readers of a dataclass's fields, and which it must have."""
    hints = get_type_hints(kind, include_extras=True)
    own = fields(kind)
    needed = {
        each.name
        for each in own
        if whole or each.default is each.default_factory is MISSING
    }
    return {x.name: _reader(hints[x.name], whole) for x in own}, needed


@cache
def _reader(kind: Any, whole: bool) -> Callable[[Any], Any]:
    """The function that reads this type, or raises a `ValueError`."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind == NumberOrNaN:
        return lambda x: math.nan if x is None else _number(x)
    if is_dataclass(kind):
        return _record(kind, whole)
    if origin in (Union, types.UnionType):
        return _union(tuple(_reader(each, whole) for each in inner), kind)
    if origin is Literal:
        return _literal(kind)
    if origin is tuple:
        if inner[-1] is not Ellipsis:
            return _fixed(tuple(_reader(each, whole) for each in inner), kind)
        return _items(_reader(inner[0], whole), kind)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(inner[0], _reader(inner[1], whole), kind)
    return _SIMPLE[kind]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise MisfitError(value, str)
    if value.isprintable():
        return value
    return value.encode("utf-8", "replace").decode().translate(_CONTROL)


def _integer(value: Any) -> int:
    if type(value) is not int or not -_LARGEST <= value < _LARGEST:
        raise MisfitError(value, int)
    return value


def _number(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is not int or not -_LARGEST <= value < _LARGEST:
        raise MisfitError(value, float)
    return float(value)


def _exactly(kind: Any) -> Callable[[Any], Any]:
    def read_exactly(value: Any) -> Any:
        if type(value) is not kind:
            raise MisfitError(value, kind)
        return value

    return read_exactly


_SIMPLE: dict[Any, Callable[[Any], Any]] = {
    str: _text,
    bool: _exactly(bool),
    int: _integer,
    float: _number,
    types.NoneType: _exactly(types.NoneType),
}


def _record(kind: Any, whole: bool) -> Callable[[Any], Any]:
    return lambda value: kind(**values_of(kind, value, whole=whole))


def _literal(kind: Any) -> Callable[[Any], Any]:
    def read_literal(value: Any) -> Any:
        if value not in get_args(kind):
            raise MisfitError(value, kind)
        return value

    return read_literal


def _fixed(
    readers: tuple[Callable[[Any], Any], ...], kind: Any
) -> Callable[[Any], Any]:
    def read_fixed(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) != len(readers):
            raise MisfitError(value, kind)
        return tuple(
            reader(each) for reader, each in zip(readers, value, strict=True)
        )

    return read_fixed


def _union(
    readers: tuple[Callable[[Any], Any], ...], kind: Any
) -> Callable[[Any], Any]:
    def read_union(value: Any) -> Any:
        if type(value) is int and _integer in readers:
            return _integer(value)  # Not as a float.
        for reader in readers:
            try:
                return reader(value)
            except ValueError:
                continue
        raise MisfitError(value, kind)

    return read_union


def _items(reader: Callable[[Any], Any], kind: Any) -> Callable[[Any], Any]:
    def read_items(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise MisfitError(value, kind)
        return tuple(map(reader, value))

    return read_items


def _mapping(
    key: type, reader: Callable[[Any], Any], kind: Any
) -> Callable[[Any], Any]:
    """A name in JSON is text, whatever it stands for."""

    def read_mapping(value: Any) -> dict[Any, Any]:
        if not isinstance(value, Mapping):
            raise MisfitError(value, kind)
        try:
            keys = [key(_text(name)) for name in value]
        except ValueError as error:
            raise MisfitError(value, kind) from error
        return dict(zip(keys, map(reader, value.values()), strict=True))

    return read_mapping
