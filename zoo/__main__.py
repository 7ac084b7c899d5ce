"""`python -m zoo`."""

import os
import sys

from zoo.cli import main

if __name__ == "__main__":
    # Nothing that TensorFlow says on import belongs into a table.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.exit(main())
