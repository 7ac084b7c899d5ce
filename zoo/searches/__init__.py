"""What was tried for a task, and what was chosen: JSON in, recipes out."""
