"""Two processes on this machine that train together, for tests."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack

SECONDS = 500
"""A collective operation that hangs ends here, with what was printed."""


def run(command: Sequence[str], count: int = 2) -> list[str]:
    """Runs a command under `TF_CONFIG` in several processes at once.

    Args:
        command: What follows `python`.
        count: How many workers; the first is the chief.

    Returns:
        What each of them printed, errors too.

    Raises:
        AssertionError: If one fails, or they do not end in time.
    """
    addresses = _free_addresses(count)
    with ExitStack() as stack:
        files = [
            stack.enter_context(tempfile.TemporaryFile("w+"))
            for _ in range(count)
        ]
        workers = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", *command],
                env=_environment(addresses, i),
                stdout=file,
                stderr=subprocess.STDOUT,
            )
            for i, file in enumerate(files)
        ]
        end = time.monotonic() + SECONDS
        try:
            # If one fails, the others would wait for it.
            while any(worker.poll() is None for worker in workers):
                failed = any(worker.poll() for worker in workers)
                if failed or time.monotonic() > end:
                    break
                time.sleep(0.1)
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
        printed = []
        for file in files:
            file.seek(0)
            printed.append(file.read())
    codes = [worker.returncode for worker in workers]
    assert codes == [0] * count, "\n".join([f"exit codes {codes}", *printed])
    return printed


def _free_addresses(count: int) -> list[str]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]


def _environment(addresses: Sequence[str], index: int) -> dict[str, str]:
    config = {
        "cluster": {"worker": list(addresses)},
        "task": {"type": "worker", "index": index},
    }
    return os.environ | {
        "TF_CONFIG": json.dumps(config),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # A worker alone would try for an hour to reach the other.
        "GRPC_FAIL_FAST": "use_caller",
    }
