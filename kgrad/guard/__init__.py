"""The guard: an update comes in, and is let through, scaled or left out."""
