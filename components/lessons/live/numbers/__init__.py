"""The numbers of the score as a table, and all numbers of the run as files."""
