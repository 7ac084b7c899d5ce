"""Is the monitor right on this GPU, and what does it cost there?

    python -m tests.benchmarks.gpu [--minutes M] [--json FILE] [--write FILE]

It needs a checkout, what `kgrad[zoo]` needs, and a GPU; without one it runs on
the CPU, on smaller models. It asks how much longer a watched step takes,
whether weights are the same, whether the gradient through time is that of a
step-by-step tape, whether runs of the clinic are told right, and a NaN is found
at its step.
Results are written to a JSON file as they come, and parts for which no time is
left are named.
"""

import time

BEGAN = time.perf_counter()
"""Before TensorFlow is imported, which takes its time."""
