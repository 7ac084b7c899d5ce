"""Files that are damaged on purpose, shown to everything that reads files.

    python -m tests.fuzz [--seconds N] [--seed N] [--only READER]

Whatever a file holds, a reader gives what can be read or says why not, in the
words that it promises. It does not crash, hang, take memory for what the file
claims to hold, or let anything of the file run.
"""
