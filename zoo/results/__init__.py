"""Results: summaries of runs come in, comparisons and tables come out."""
