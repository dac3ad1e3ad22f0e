"""Gradients that grow, and clipping them."""
