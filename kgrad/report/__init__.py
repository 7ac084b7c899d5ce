"""A run in words, for the terminal, Markdown and HTML."""
