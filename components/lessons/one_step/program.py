"""One step of one unit, by hand from the module's weights: the program that prints the player's numbers."""

import dataclasses

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
SHOWN = 8  # terms printed one by one, the largest


def program(settings: Settings, layer: int, direction: int, sample: int, t: int, unit: int) -> str:
    """The whole program: the steps up to t in the layer and direction, then the terms of one unit's numbers at t."""
    return PROGRAM.program(
        settings=settings,
        below=dataclasses.replace(settings, num_layers=max(layer, 1)),  # the layers that the layer stands on
        part=dataclasses.replace(settings, num_layers=layer + 1),  # these and the layer
        layer=layer,
        direction=direction,
        sample=sample,
        t=t,
        unit=unit,
        shown=SHOWN,
    )
