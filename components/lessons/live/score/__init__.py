"""The score: every gate and state of one layer, as a picture."""
