"""What is measured inside the step, and where it is picked up."""
