"""The clinic: runs whose problem is known come in, scores of tools come out."""
