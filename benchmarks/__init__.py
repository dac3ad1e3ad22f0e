"""Measurements of the dashboard against its bars; `python -m benchmarks` runs them."""
