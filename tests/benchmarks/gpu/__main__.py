"""Runs it."""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf
from rich.console import Console

import kgrad
from tests.benchmarks import gpu
from tests.benchmarks.gpu.modes import ON_CPU, ON_GPU, Size
from tests.benchmarks.gpu.running import (
    Part,
    Results,
    content,
    parts,
    run,
    since,
)
from tests.benchmarks.gpu.tables import page, shown
from zoo import schema
from zoo.results.text import Section

SECTION = Section("gpu", "python -m tests.benchmarks.gpu --write docs/costs.md")


def about(size: Size) -> dict[str, str]:
    """Device, versions, sizes."""
    has_gpu = bool(tf.config.list_physical_devices("GPU"))
    build = tf.sysconfig.get_build_info() if has_gpu else {}
    libraries = "".join(
        f", {name} {build[key]}"
        for name, key in (("CUDA", "cuda_version"), ("cuDNN", "cudnn_version"))
        if build.get(key)
    )
    return {
        "device": device(),
        "versions": f"TensorFlow {tf.__version__}{libraries}, "
        f"Keras {keras.__version__}, kgrad {kgrad.__version__}",
        "timed": size.title,
    }


def device() -> str:
    """The name of the GPU, or that there is none."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        return str(details.get("device_name", gpus[0].name))
    return f"No GPU: {os.cpu_count()} cores of {_processor()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":")[1] for line in lines if "model name" in line]
    return names[0].strip() if names else platform.machine()


def main() -> int:
    """Prints the tables; 0 if all that was run is right."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.gpu", description=gpu.__doc__
    )
    parser.add_argument(
        "--minutes", type=float, default=6.0, help="when it is over, 6"
    )
    parser.add_argument(
        "--json", type=Path, default=Path("build/gpu.json"), metavar="FILE"
    )
    parser.add_argument("--write", type=Path, metavar="PAGE", help="also there")
    arguments = parser.parse_args()
    has_gpu = bool(tf.config.list_physical_devices("GPU"))
    size = ON_GPU if has_gpu else ON_CPU
    results = Results(about(size))
    clock, console = since(gpu.BEGAN), Console()
    console.print(results.about["device"], highlight=False)

    arguments.json.parent.mkdir(parents=True, exist_ok=True)

    def wrote(part: Part) -> None:
        schema.write(arguments.json, schema.to_json(content(results)))
        line = f"{results.seconds:4.0f} s  {part.kind}: {part.title}"
        console.print(line, highlight=False)

    run(parts(size), results, 60 * arguments.minutes, clock, wrote)
    for each in shown(results):
        console.print(each, highlight=False)
    console.print(f"Written to {arguments.json}.", highlight=False)
    if arguments.write is not None:
        SECTION.write(arguments.write, page(results))
    return 0 if results.passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
