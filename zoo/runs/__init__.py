"""Finished runs: a recipe and its result on disk, summed up over all seeds."""
