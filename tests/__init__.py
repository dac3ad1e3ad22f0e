"""The tests mirror the tree; `tests/pages` and `tests/browser` open the app as a visitor does."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
