"""Runs whose illness is known, to score those who look for it."""
