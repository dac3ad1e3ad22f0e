"""How far gradients reach back through chunks."""
