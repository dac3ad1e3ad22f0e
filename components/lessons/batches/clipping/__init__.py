"""Gradients that grow, and how they are clipped."""
