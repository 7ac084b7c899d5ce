"""Ways to damage a file, some of which keep its checksums right."""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

from kgrad.storage.run_file import FRAME, MAGIC

_WORDS: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**12,
    10**400,
    0.5,
    float("nan"),
    float("inf"),
    "",
    "|O",
    "<f8",
    "../../etc/passwd",
    "\x1b]0;title\x07",
    "\ud800",
    "<script>",
    "kind",
    [],
    [[]],
    {},
    {"kind": "window"},
)


def bytes_of(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, removed, repeated or put in."""
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(changed) + 1)
        length = chance.choice((1, 4, 8, 100))
        match chance.randrange(5):
            case 0 if place < len(changed):
                changed[place] ^= 1 << chance.randrange(8)
            case 1:
                del changed[place : place + length]
            case 2:
                changed[place:place] = changed[place : place + length]
            case 3:
                changed[place:place] = chance.randbytes(length)
            case _:
                number = chance.choice((0, 1, 2**31, 2**32 - 1))
                changed[place : place + 4] = struct.pack("<I", number)
    return bytes(changed)


def text_of(data: bytes, chance: random.Random) -> bytes:
    """JSON in which some values are others, or are gone."""
    content = json.loads(data)
    for _ in range(chance.randrange(1, 4)):
        content = _changed(content, chance)
    return json.dumps(content).encode()


def records_of(data: bytes, chance: random.Random) -> bytes:
    """A run file in which some records say something else, checksums right."""
    parts, offset = [], len(MAGIC)
    while offset < len(data):
        length, _ = FRAME.unpack_from(data, offset)
        offset += FRAME.size
        parts.append(data[offset : offset + length])
        offset += length
    for _ in range(chance.randrange(1, 4)):
        i = chance.randrange(len(parts))
        match chance.randrange(4):
            case 0:
                parts.insert(i, parts[chance.randrange(len(parts))])
            case 1:
                del parts[i]
            case 2:
                parts[i] = bytes_of(parts[i], chance)
            case _:
                text, _, arrays = parts[i].partition(b"\n")
                try:
                    text = text_of(text, chance)
                except ValueError:
                    text = b"{}"
                parts[i] = text + b"\n" + arrays
        if not parts:
            break
    frames = (FRAME.pack(len(p), zlib.crc32(p)) + p for p in parts)
    return MAGIC + b"".join(frames)


Mutation = Callable[[bytes, random.Random], bytes]


def _changed(content: Any, chance: random.Random) -> Any:
    """The same with one value somewhere in it changed."""
    if isinstance(content, dict) and content and chance.random() < 0.9:
        name = chance.choice(list(content))
        if chance.random() < 0.1:
            return {k: v for k, v in content.items() if k != name}
        if chance.random() < 0.05:
            return {**content, "unheard": chance.choice(_WORDS)}
        return {**content, name: _changed(content[name], chance)}
    if isinstance(content, list) and content and chance.random() < 0.9:
        i = chance.randrange(len(content))
        return [*content[:i], _changed(content[i], chance), *content[i + 1 :]]
    if chance.random() < 0.02:
        return json.loads("[" * 50 + "]" * 50)
    return chance.choice(_WORDS)
