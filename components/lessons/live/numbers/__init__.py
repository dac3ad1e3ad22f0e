"""The numbers of the score as a table, and all of them as files."""
