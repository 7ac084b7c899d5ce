"""A run folder: what was measured goes to disk and comes back."""
