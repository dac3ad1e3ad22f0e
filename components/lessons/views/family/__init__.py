"""`view` and its relatives on the same tensor."""
