"""What happens to a run while it trains, and what is left of it on disk.

    python -m tests.faults [--repetitions N] [--only NAME ...] [--write]

Every fault is one function that is given a `Scene`: a run folder, a source of
random moments, and a way to train in a process of its own. The processes are
forked from one that has imported TensorFlow but not used it: that saves seconds
each. Beside the monitor a callback counts the steps that were made, in a file
that survives any end. What the monitor has on disk is held against that count,
and every number against those of a run that nothing happened to.
"""
