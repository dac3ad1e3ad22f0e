"""A stream that is read in chunks, and the state that goes from chunk to chunk."""
