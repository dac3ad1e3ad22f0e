"""The check: a loop compared with one call."""
