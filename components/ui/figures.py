"""Differences in words: short where they matter, as powers of ten where they are rounding."""

NON_BREAKING = "\u2011"  # a hyphen at which no line ends


def scientific(value: float) -> str:
    """One decimal and a power of ten, in one piece: 1.2e-07; 0 as 0."""
    return f"{value:.1e}".replace("-", NON_BREAKING) if value else "0"


def figure(value: float) -> str:
    """Two digits, 0.042; where that is rounding, as `scientific` writes it."""
    return f"{value:.2g}" if value >= 1e-4 else scientific(value)
