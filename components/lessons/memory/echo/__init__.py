"""How long an input is heard."""
