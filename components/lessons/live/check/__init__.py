"""The check: a loop against one call."""
