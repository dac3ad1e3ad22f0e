"""A stream read in chunks, with the state handed on."""
