"""Numbers as text: two digits for a real difference, a power of ten for a rounding error."""

from components.settings import Settings

NON_BREAKING = "\u2011"  # a hyphen at which no line ends


def scientific(value: float) -> str:
    """One decimal and a power of ten, without a line break: 1.2e-07. Zero is 0."""
    return f"{value:.1e}".replace("-", NON_BREAKING) if value else "0"


def figure(value: float) -> str:
    """Two digits: 0.042. Below 0.0001 as `scientific` writes it."""
    return f"{value:.2g}" if value >= 1e-4 else scientific(value)


def parameter_formula(settings: Settings) -> str:
    """The number of parameters as a sum with these settings' numbers: 4 · 4 · (3 + 4 + 2) = 144."""
    hidden, width = settings.hidden_size, settings.output_size
    biases = " + 2" if settings.bias else ""
    terms = []
    for layer in range(settings.num_layers):
        reads = settings.input_size if layer == 0 else width * settings.num_directions
        term = f"4 · {hidden} · ({reads} + {width}{biases})"
        term += f" + {settings.proj_size} · {hidden}" if settings.proj_size else ""
        terms.append(f"2 · ({term})" if settings.bidirectional else term)
    return f"{' + '.join(terms)} = {settings.num_parameters:,}".replace(",", "\u202f")
