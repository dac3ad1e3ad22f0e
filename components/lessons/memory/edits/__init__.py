"""The line in which cells are set by hand."""
