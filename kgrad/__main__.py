"""`python -m kgrad`, where the command `kgrad` is not on the path."""

import sys

from kgrad.cli import main

if __name__ == "__main__":
    sys.exit(main())
