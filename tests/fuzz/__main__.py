"""Damages files for some time; the first that a reader trips over is kept."""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.fuzz.readers import READERS, Reader

SLOWEST = 10.0
"""Seconds of processor time that a small file may take at most."""

MEMORY = 2 << 30
"""Bytes that a process may take beyond what it has."""


def broken(reader: Reader, data: bytes, folder: Path) -> str:
    """What a reader does wrong with a file, `""` if nothing."""
    path = folder / "file"
    path.write_bytes(data)
    began = time.process_time()
    try:
        reader.read(path)
    except reader.refuses as refusal:
        if not str(refusal):
            return "it refuses without a word"
    except BaseException:
        return traceback.format_exc()
    seconds = time.process_time() - began
    return f"it took {seconds:.0f} seconds" if seconds > SLOWEST else ""


def main() -> int:
    """Runs the command; 1 if a reader tripped."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="readers with this in them")
    given = parser.parse_args()
    used = int(Path("/proc/self/statm").read_text().split()[0])
    limit = used * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    chance = random.Random(given.seed)
    readers = [r for r in READERS if given.only in r.name]
    counts = dict.fromkeys((r.name for r in readers), 0)
    end = time.monotonic() + given.seconds
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            reader = chance.choice(readers)
            mutate = chance.choice(reader.mutations)
            data = mutate(reader.good(), chance)
            said = broken(reader, data, Path(folder))
            counts[reader.name] += 1
            if said:
                kept = Path(tempfile.gettempdir()) / "fuzzed"
                kept.write_bytes(data)
                print(f"{reader.name}, kept in {kept}:\n{said}")
                return 1
    for name, count in counts.items():
        print(f"{name}: {count} damaged files, each read or refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
