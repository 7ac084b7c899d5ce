"""Just enough YAML for the head of a model card."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any


def to_yaml(content: Any) -> str:
    """Block style; strings are quoted as in JSON, which YAML can read.

    Args:
        content: Mappings and sequences, not empty, of strings, numbers,
            booleans and None.

    Example:
        >>> print(to_yaml({"tags": ["keras"], "value": 1.5}), end="")
        tags:
        - "keras"
        value: 1.5
    """
    return "".join(f"{line}\n" for line in _lines(content))


def _lines(content: Any) -> list[str]:
    if isinstance(content, Mapping):
        lines = []
        for key, value in content.items():
            if _is_scalar(value):
                lines.append(f"{key}: {_scalar(value)}")
            else:
                indent = "  " if isinstance(value, Mapping) else ""
                lines.append(f"{key}:")
                lines += [indent + line for line in _lines(value)]
        return lines
    lines = []
    for value in content:
        first, *rest = [_scalar(value)] if _is_scalar(value) else _lines(value)
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return lines


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str) or not isinstance(value, Mapping | Sequence)


def _scalar(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' * (value < 0)}.inf"
    return json.dumps(value, ensure_ascii=False)
