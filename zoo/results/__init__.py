"""Results: summaries of runs come in, comparisons and tables go out."""
