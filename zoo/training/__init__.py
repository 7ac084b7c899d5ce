"""Training: recipes come in, watched runs and their events come out."""
