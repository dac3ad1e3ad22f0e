"""The cases: their programs as templates, and what is said of them."""
