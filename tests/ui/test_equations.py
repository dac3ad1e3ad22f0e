"""The equations on the page are computed exactly as they are written, and give what `nn.LSTM` computes."""

import re
from xml.etree import ElementTree

import pytest
import torch
from torch import nn

from tests import ROOT

FOLDER = ROOT / "components/ui/equations"
NAMES = {"σ": torch.sigmoid, "tanh": torch.tanh}


def lines() -> list[tuple[str, ElementTree.Element]]:
    """Each equation with its class, in the order of the page."""
    page = ElementTree.fromstring((FOLDER / "equations.html").read_text("utf-8"))
    return [(line.get("class", ""), line) for line in page]


def tokens(node: ElementTree.Element) -> list[str]:
    """Symbols with their subscripts (`W_ii`), functions and operators, from left to right."""
    if node.tag == "msub":
        base, below = ("".join(part.itertext()).strip() for part in node)
        return [f"{base}_{below}"]
    if node.tag in ("mi", "mo"):
        return [node.text or ""]
    return [token for child in node for token in tokens(child)]


def step(values: dict[str, object], projected: bool) -> None:
    """Compute the equations one after another into `values`. Of the two equations for h, only the shown one counts."""
    for shown, line in lines():
        if shown == ("whole" if projected else "projected"):
            continue
        left, equals, *right = tokens(line)
        assert equals == "="
        source, before = "", ""
        for token in right:
            # A matrix multiplies what follows it. A circled dot multiplies number by number.
            operator = "@" if before.startswith("W_") and token not in ("+", ")") else ""
            source += operator + {"⊙": "*"}.get(token, re.sub("−1$", "_1", token))
            before = token
        values[left] = eval(source, dict(values))


@pytest.mark.parametrize("proj_size", [0, 2])
def test_they_are_pytorch_s(proj_size: int) -> None:
    """One step of a random module, equation by equation, gives torch's h and c."""
    torch.manual_seed(7)
    module = nn.LSTM(3, 4, proj_size=proj_size, dtype=torch.float64)
    x = torch.randn(1, 3, dtype=torch.float64)
    h_0, c_0 = (torch.randn(1, size, dtype=torch.float64) for size in (proj_size or 4, 4))
    with torch.no_grad():
        _, (h, c) = module(x, (h_0, c_0))
    values: dict[str, object] = {**NAMES, "x_t": x[0], "h_t_1": h_0[0], "c_t_1": c_0[0]}
    for kind, source in (("i", "ih"), ("h", "hh")):
        for name in ("weight", "bias"):
            rows = module.get_parameter(f"{name}_{source}_l0").detach()
            values |= {
                f"{name[0].replace('w', 'W')}_{kind}{gate}": part
                for gate, part in zip("ifgo", rows.chunk(4), strict=True)
            }
    if proj_size:
        values["W_hr"] = module.get_parameter("weight_hr_l0").detach()
    step(values, projected=proj_size > 0)
    for name, theirs in (("h_t", h), ("c_t", c)):
        torch.testing.assert_close(values[name], theirs[0], rtol=0, atol=1e-12)


def test_gates_have_their_own_colour() -> None:
    """In the equation of the gate, and in the equations of c and h. The style sheet has the colours."""
    style = (FOLDER / "equations.css").read_text("utf-8")
    for shown, line in lines():
        left, *_ = tokens(line)
        assert shown == left[0] or left[0] in "ch"
        if left[0] in "ch":
            coloured = {mark.get("class"): tokens(mark) for mark in line.iter("mrow") if mark.get("class")}
            assert coloured == {gate: [f"{gate}_t"] for gate in coloured}
            assert set(coloured) == {token[0] for token in tokens(line) if token[0] in "ifgo" and token.endswith("_t")}
    for gate, colour in {"i": "blue", "f": "orange", "g": "green", "o": "violet"}.items():
        assert f".{gate} {{ color: var(--st-{colour}-text-color); }}" in style
