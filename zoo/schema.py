"""JSON on disk: everything that the zoo reads or writes, by one schema.

The schema is the dataclass: `read` checks every field against its annotation
and refuses what does not fit, because a file may be damaged or forged.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from kgrad.records import schema

T = TypeVar("T")


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
    """A value of a type from parsed JSON, with all of its fields.

    Raises:
        ValueError: If it does not fit.
    """
    return schema.read(kind, content, whole=True)


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
