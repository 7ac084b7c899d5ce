"""Layers: the names of a cell and a variant come in, Keras layers come out."""
