"""Data flows one way, settings -> tensors -> frames -> charts -> page: imports are held to it."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What a place may import, beyond the standard library. A name stands for all that is inside it too.
LAYERS = {
    "components/__init__.py": (),
    "components/jobs.py": (),
    "components/kept.py": ("torch", "numpy", "cachetools"),
    "components/settings.py": ("components.jobs",),
    "components/recurrence": (
        "torch",
        "numpy",
        "components.jobs",
        "components.kept",
        "components.settings",
        "components.recurrence",
    ),
    "components/programs": ("components.jobs", "components.settings", "components.programs"),
    "components/training": ("torch", "components.settings", "components.recurrence", "components.training"),
    "components/frames": (
        "torch",
        "numpy",
        "pandas",
        "components.kept",
        "components.settings",
        "components.recurrence",
        "components.frames",
    ),
    "components/charts": ("altair", "pyarrow", "components.charts"),  # columns leave as Arrow
    "components/ui": (
        "streamlit",
        "components.jobs",
        "components.kept",
        "components.settings",
        "components.frames",
        "components.charts",
        "components.recurrence",
        "components.programs",
        "components.training",
        "components.ui",
    ),
    "pages": ("streamlit", "components"),
    "dashboard.py": ("streamlit", "components.ui"),
}

MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for start in ("components", "pages", "dashboard.py")
    for path in ([ROOT / start] if start.endswith(".py") else (ROOT / start).rglob("*.py"))
    if path.is_file()
)


def layer(module):
    """Give the place in the table that a file belongs to, None if there is none."""
    return next((p for p in LAYERS if module == p or module.startswith(f"{p}/")), None)


def is_within(name, place):
    return name == place or name.startswith(f"{place}.")


def imports(source):
    """Yield line and dotted name of every import, wherever it stands; relative ones keep dots."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                stem = ""
            case ast.ImportFrom(module=module, names=names, level=level):
                stem = "." * level + (f"{module}." if module else "")
            case _:
                continue
        for alias in names:
            yield node.lineno, stem + alias.name


def violations(module, source):
    """List every import that the layer of the module does not allow."""
    place = layer(module)
    found = []
    for line, name in imports(source):
        if name.startswith("."):
            found.append(f"{module}:{line}: relative import of {name}")
        elif name.partition(".")[0] in sys.stdlib_module_names:
            continue
        elif not any(is_within(name, allowed) for allowed in LAYERS[place]):
            found.append(f"{module}:{line}: {place} may not import {name}")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_what_its_layer_allows(module):
    if layer(module) is None:
        pytest.skip("has no layer, which another test reports")
    assert violations(module, (ROOT / module).read_text(encoding="utf-8")) == []


def test_every_module_has_a_layer():
    assert [module for module in MODULES if layer(module) is None] == []


@pytest.mark.parametrize(
    ("module", "source", "reported"),
    [
        ("components/recurrence/trace.py", "import streamlit", "streamlit"),
        ("components/recurrence/trace.py", "import torch, pandas as pd", "pandas"),
        ("components/recurrence/trace.py", "from components.frames.trace import x", "frames"),
        ("components/recurrence/trace.py", "def f():\n    import altair", "altair"),
        ("components/recurrence/trace.py", "if TYPE_CHECKING:\n    import altair", "altair"),
        ("components/recurrence/trace.py", "from components import frames", "components.frames"),
        ("components/recurrence/trace.py", "import components", "components"),
        ("components/recurrence/trace.py", "import torchvision", "torchvision"),
        ("components/recurrence/trace.py", "from .build import build", "relative import of .build"),
        ("components/recurrence/trace.py", "from .. import settings", "relative import of ..sett"),
        ("components/settings.py", "import torch", "torch"),
        ("components/programs/script.py", "import nbformat", "nbformat"),
        ("components/training/run.py", "import streamlit", "streamlit"),
        ("components/frames/trace.py", "import altair", "altair"),
        ("components/charts/trace.py", "import components.frames.trace", "components.frames"),
        ("components/charts/trace.py", "import torch", "torch"),
        ("components/ui/controls.py", "import torch", "torch"),
        ("pages/live.py", "import torch", "torch"),
        ("dashboard.py", "from components.charts import heatmap", "components.charts"),
    ],
)
def test_the_check_can_fail(module, source, reported):
    (violation,) = violations(module, source)
    assert violation.startswith(f"{module}:")
    assert reported in violation


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("components/settings.py", "from __future__ import annotations\nimport dataclasses"),
        ("components/recurrence/trace.py", "from torch import nn\nimport torch.nn.functional"),
        ("components/recurrence/trace.py", "from components.recurrence.build import build"),
        ("components/frames/trace.py", "from components import recurrence, settings"),
        ("components/ui/player/__init__.py", "from components.ui import shell"),
        ("pages/live.py", "import streamlit as st\nfrom components import charts, frames"),
        ("dashboard.py", "from components.ui import shell"),
    ],
)
def test_the_check_can_pass(module, source):
    assert violations(module, source) == []


@pytest.mark.parametrize("stray", ["components/utils.py", "components/uix/page.py", "stray.py"])
def test_a_stray_module_has_no_layer(stray):
    assert layer(stray) is None


# What changes something for the whole process: other visitors' threads would meet it.
PROCESS_WIDE = ("catch_warnings", "simplefilter", "filterwarnings", "resetwarnings")
SETS_UP = "components/recurrence/__init__.py"  # once, before anything of it is imported


def used(source):
    """Every name that a source uses, imports or reads off something."""
    fields = ("id", "attr", "name")
    return {getattr(node, field) for node in ast.walk(ast.parse(source)) for field in fields if hasattr(node, field)}


@pytest.mark.parametrize("module", [module for module in MODULES if module != SETS_UP])
def test_no_module_touches_the_process_s_warnings(module):
    assert used((ROOT / module).read_text(encoding="utf-8")).isdisjoint(PROCESS_WIDE)


@pytest.mark.parametrize(
    "source", ["with warnings.catch_warnings():\n    pass", "from warnings import simplefilter", "filterwarnings()"]
)
def test_what_touches_them_is_found(source):
    assert not used(source).isdisjoint(PROCESS_WIDE)
