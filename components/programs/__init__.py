"""Settings to source text: complete programs that print a page's own digits, and the excerpts of them a page shows."""
