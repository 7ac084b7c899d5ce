"""Inside the compiled training step: what is measured, and how."""
