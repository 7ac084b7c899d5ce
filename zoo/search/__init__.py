"""Recipes for a task: trials go in, what did best on validation comes out."""
