"""Whose numbers a tensor shows: its storage and strides."""
