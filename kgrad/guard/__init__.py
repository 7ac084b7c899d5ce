"""What may be kept out of a step: too large, or not finite."""
