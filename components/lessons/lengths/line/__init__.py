"""The line of lengths."""
