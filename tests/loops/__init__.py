"""Every way people train: what is seen, what is left behind, what is told."""
