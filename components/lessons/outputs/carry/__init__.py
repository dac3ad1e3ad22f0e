"""A sequence is cut in two and continued with all, half or nothing of the state."""
