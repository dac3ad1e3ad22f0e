"""Measures the speed, memory and traffic of the dashboard, and compares the figures with their bars.

`python -m benchmarks` runs the measurements.
"""
