"""Presets: finished runs come in, models with weights and cards come out."""
