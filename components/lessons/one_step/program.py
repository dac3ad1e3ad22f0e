"""The program that computes one step of one unit from the module's weights, and prints the player's numbers."""

import dataclasses

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
SHOWN = 8  # the largest terms, which are printed one by one


def program(settings: Settings, layer: int, direction: int, sample: int, t: int, unit: int) -> str:
    """The whole program: the steps up to t in one layer and direction, then the terms of one unit's numbers at t."""
    return PROGRAM.program(
        settings=settings,
        below=dataclasses.replace(settings, num_layers=max(layer, 1)),  # the layers below the layer
        part=dataclasses.replace(settings, num_layers=layer + 1),  # the layers below, and the layer itself
        layer=layer,
        direction=direction,
        sample=sample,
        t=t,
        unit=unit,
        shown=SHOWN,
    )
