"""Turns parsed JSON into frozen records, or refuses it: files are data.

A run file may be damaged, or made by somebody who means harm, so nothing in
it is trusted: every field of a record is checked against its annotation, and
control characters, which could move a terminal's cursor, are replaced.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import (
    Any,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

T = TypeVar("T")

_LARGEST = 2**63
_CONTROL = {
    code: "\ufffd"
    for code in (*range(32), *range(127, 160))
    if chr(code) not in "\t\n"
}


def read(kind: type[T], content: object) -> T:
    """Builds a record from parsed JSON.

    Args:
        kind: A dataclass whose fields are numbers, strings, tuples, mappings
            with string keys, or such dataclasses.
        content: What `json.loads` returned: a dictionary of its fields; those
            with a default may be left out.

    Raises:
        ValueError: If the content does not match the dataclass.
    """
    of_any_kind: Any = kind
    result: T = _reader(of_any_kind)(content)
    return result


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """The function that reads this type, or raises a `ValueError`."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union(tuple(map(_reader, inner)), kind)
    if origin is Literal:
        return _literal(inner)
    if origin is tuple:
        return _items(_reader(inner[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(_reader(inner[1]))
    if is_dataclass(kind):
        return _dataclass(kind)
    return _SIMPLE[kind]


def _text(content: Any) -> str:
    if not isinstance(content, str):
        raise ValueError(f"{_short(content)} is not text")
    if content.isprintable():
        return content
    whole = content.encode("utf-8", "replace").decode()
    return whole.translate(_CONTROL)


def _truth(content: Any) -> bool:
    if not isinstance(content, bool):
        raise ValueError(f"{_short(content)} is not true or false")
    return content


def _integer(content: Any) -> int:
    if type(content) is not int or not -_LARGEST <= content < _LARGEST:
        raise ValueError(f"{_short(content)} is not a 64-bit integer")
    return content


def _number(content: Any) -> float:
    if type(content) is float:
        return content
    return float(_integer(content))


def _nothing(content: Any) -> None:
    if content is not None:
        raise ValueError(f"{_short(content)} is not null")


_SIMPLE: dict[Any, Callable[[Any], Any]] = {
    str: _text,
    bool: _truth,
    int: _integer,
    float: _number,
    types.NoneType: _nothing,
}


def _literal(allowed: tuple[Any, ...]) -> Callable[[Any], Any]:
    def read_literal(content: Any) -> Any:
        if content not in allowed:
            raise ValueError(f"{_short(content)} is not one of {allowed}")
        return content

    return read_literal


def _union(
    readers: tuple[Callable[[Any], Any], ...], kind: Any
) -> Callable[[Any], Any]:
    def read_union(content: Any) -> Any:
        if type(content) is int and _integer in readers:
            return _integer(content)  # Not as a float.
        for reader in readers:
            try:
                return reader(content)
            except ValueError:
                continue
        raise ValueError(f"{_short(content)} is not of type {kind}")

    return read_union


def _items(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read_items(content: Any) -> tuple[Any, ...]:
        if not isinstance(content, list | tuple):
            raise ValueError(f"{_short(content)} is not a list")
        return tuple(map(reader, content))

    return read_items


def _mapping(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read_mapping(content: Any) -> dict[str, Any]:
        if not isinstance(content, dict):
            raise ValueError(f"{_short(content)} is not an object")
        return {_text(k): reader(value) for k, value in content.items()}

    return read_mapping


def _dataclass(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {each.name: _reader(hints[each.name]) for each in fields(kind)}
    known = readers.keys()
    needed = {
        each.name
        for each in fields(kind)
        if each.default is MISSING and each.default_factory is MISSING
    }

    def read_record(content: Any) -> Any:
        if not isinstance(content, dict):
            raise ValueError(f"{_short(content)} is not an object")
        given = content.keys()
        if given != known and not needed <= given <= known:
            raise ValueError(
                f"a {kind.__name__} cannot have the fields "
                f"{_short(sorted(map(str, content)))}"
            )
        return kind(**{k: readers[k](value) for k, value in content.items()})

    return read_record


def _short(content: object) -> str:
    return ascii(content)[:80]
