"""Makes the text of `python_docs`: `python -m zoo.tasks.make_python_docs`.

It needs Python 3.11.7: the standard library's documentation, which `help`
shows, is another in other versions.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

VERSION = (3, 11, 7)
FILE = Path(__file__).with_name("python_docs.txt.gz")

BETWEEN = "\f"
"""Between two topics of the file."""

RARE = "?"
"""What stands for characters that occur fewer than 20 times."""

_FEWEST = 20
_SHORTEST = 200
_RULE = re.compile(r"([-=*+~])\1{3,}")
_PLAIN = str.maketrans(
    {
        "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "—": "--",
        "–": "-", "ß": "ss", "°": " degrees",
    }
)  # fmt: skip


def make(raw: Mapping[str, str]) -> list[str]:
    """The topics as they are kept, the longest first.

    Many topics repeat paragraphs of others. A paragraph stays only where it
    comes first, so that what is tested on was not trained on. Rules of lines
    are cut to three characters.

    Args:
        raw: Name of each topic to its text.
    """
    seen = {""}
    topics = []
    for name in sorted(raw, key=lambda name: (-len(raw[name]), name)):
        text = _RULE.sub(r"\1\1\1", raw[name].translate(_PLAIN))
        kept = []
        for paragraph in re.split(r"\n\s*\n", text):
            words = " ".join(paragraph.split())
            if words not in seen:
                seen.add(words)
                kept.append(paragraph.strip("\n"))
        topics.append("\n\n".join(kept))
    topics = [topic for topic in topics if len(topic) >= _SHORTEST]
    count = Counter("".join(topics))
    rare = {ord(c): RARE for c, times in count.items() if times < _FEWEST}
    return [topic.translate(rare) for topic in topics]


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the file.

    Args:
        arguments: What follows the program's name; by default those that
            the program was called with.

    Raises:
        RuntimeError: If this is another Python.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default=FILE, type=Path)
    file = parser.parse_args(arguments).file
    if sys.version_info[:3] != VERSION:
        raise RuntimeError(
            f"`python` must be {'.'.join(map(str, VERSION))}. "
            f"Received: {sys.version.split()[0]}"
        )
    from pydoc_data.topics import topics as raw

    topics = make(raw)
    text = BETWEEN.join(topics)
    file.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    print(f"{file}: {len(topics)} topics, {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
