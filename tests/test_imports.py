"""Data flows one way: settings -> facts -> frames -> charts -> show -> page. These tests check the imports for it.

In a lesson's folder, the name of a file decides what it may import. Everywhere else its folder decides.
"""

import ast
import re
import sys

import pytest

from tests import ROOT

# What a file may import beyond the standard library, by a pattern for its path. The first pattern that fits counts. A
# name includes everything inside it. `{lesson}` is the lesson's own folder, and `{lesson}:facts` are the files with the
# name facts.py in it, also in its subfolders.
SETTINGS = ("components.settings", "components.jobs")
TORCH = ("torch", "numpy", "components.kept", "components.lstm", "components.training")
LAYERS = {
    r"components/__init__\.py": (),
    r"components/settings\.py": ("components.jobs",),
    r"components/jobs\.py": (),
    r"components/kept\.py": ("torch", "numpy", "cachetools"),
    r"components/lstm/.*": (*SETTINGS, "torch", "numpy", "components.kept", "components.lstm"),
    r"components/training/.*": (*SETTINGS, "torch", "components.lstm", "components.training"),
    r"components/charts/.*": (
        "altair",
        "jsonschema",
        "pyarrow",
        "numpy",
        "components.charts",
    ),  # columns leave as Arrow
    r"components/programs/.*": (*SETTINGS, "jinja2", "nbformat", "components.programs"),
    r"components/classroom/redis\.py": ("redis", "components.classroom"),
    r"components/classroom/routes\.py": ("starlette", "components.classroom"),
    r"components/classroom/.*": ("components.classroom",),
    r"components/ui/lesson\.py": SETTINGS,
    r"components/ui/ready\.py": ("starlette", "streamlit", "components.ui"),  # a route of the server, not of a page
    r"components/ui/.*": (
        *SETTINGS,
        "streamlit",
        "components.kept",
        "components.lstm",
        "components.charts",
        "components.programs",
        "components.training",
        "components.classroom",
        "segno",
        "components.lessons:__init__",  # the syllabus
        "components.ui",
    ),
    r"components/lessons/__init__\.py": (),
    r"components/lessons/[^/]+/__init__\.py": (*SETTINGS, "components.ui.lesson", "{lesson}:asked"),
    r"components/lessons/[^/]+/asked\.py": ("components.ui.lesson",),
    r"components/lessons/.*/__init__\.py": (),
    # Functions that the app runs and a program quotes, so that neither has a copy. Whoever runs a program has torch,
    # but nothing of this app.
    r"components/lessons/.*/quoted\.py": ("torch",),
    r"components/lessons/.*/facts\.py": (*SETTINGS, *TORCH, "{lesson}:__init__", "{lesson}:facts", "{lesson}:quoted"),
    r"components/lessons/.*/frames\.py": (
        *SETTINGS,
        *TORCH,
        "pandas",
        "components.charts.columns",
        "components.charts.lanes",
        "components.charts.pages",
        "components.charts.scene",
        "{lesson}:__init__",
        "{lesson}:facts",
        "{lesson}:frames",
    ),
    r"components/lessons/.*/charts\.py": ("altair", "components.charts", "{lesson}:charts"),
    r"components/lessons/.*/program\.py": (
        *SETTINGS,
        "components.programs",
        "{lesson}:__init__",
        "{lesson}:program",
        "{lesson}:quoted",
    ),
    r"components/lessons/.*/show\.py": (
        *SETTINGS,
        *TORCH[2:],
        "streamlit",
        "components.charts",
        "components.programs",
        "components.ui",
        "{lesson}",
    ),
    r"pages/.*": ("streamlit", "components.ui", "components.lessons"),
    r"dashboard\.py": ("streamlit", "components.ui"),
}

MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for start in ("components", "pages", "dashboard.py")
    for path in ([ROOT / start] if start.endswith(".py") else (ROOT / start).rglob("*.py"))
    if path.is_file()
)


def layer(module):
    """The first pattern in the table that fits a file; None if there is none."""
    return next((pattern for pattern in LAYERS if re.fullmatch(pattern, module)), None)


def of_kind(name, folder, kind):
    """Whether a dotted name, such as `folder.sub.facts.change`, is inside a folder, in a file of this kind."""
    if not is_within(name, folder):
        return False
    rest = name.removeprefix(folder).strip(".").split(".")
    known = {"asked", "facts", "frames", "charts", "program", "quoted", "show"}.intersection(rest)
    return not known if kind == "__init__" else known == {kind}


def is_within(name, place):
    return name == place or name.startswith(f"{place}.")


def allows(allowed, name, module):
    """Whether an entry of the table allows a module to import a name."""
    lesson = re.match(r"components/lessons/([^/.]+)", module)
    allowed = allowed.replace("{lesson}", f"components.lessons.{lesson[1]}" if lesson else "")
    place, _, kind = allowed.partition(":")
    return of_kind(name, place, kind) if kind else is_within(name, place)


def imports(source):
    """Yield line and dotted name of every import in a source. A relative import keeps its dots."""
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
    """A sentence on every import that the layer of the module does not allow."""
    place = layer(module)
    sentences = []
    for line, name in imports(source):
        if name.startswith("."):
            sentences.append(f"{module}:{line}: relative import of {name}")
        elif name.partition(".")[0] in sys.stdlib_module_names:
            continue
        elif not any(allows(allowed, name, module) for allowed in LAYERS[place]):
            sentences.append(f"{module}:{line}: {place} may not import {name}")
    return sentences


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_what_its_layer_allows(module):
    if layer(module) is None:
        pytest.skip("has no layer; another test reports that")
    assert violations(module, (ROOT / module).read_text(encoding="utf-8")) == []


def test_every_module_has_a_layer():
    assert [module for module in MODULES if layer(module) is None] == []


@pytest.mark.parametrize(
    ("module", "source", "reported"),
    [
        ("components/lstm/trace.py", "import streamlit", "streamlit"),
        ("components/lstm/trace.py", "import torch, pandas as pd", "pandas"),
        ("components/lstm/trace.py", "from components.lessons.live.score.frames import x", "frames"),
        ("components/lstm/trace.py", "def f():\n    import altair", "altair"),
        ("components/lstm/trace.py", "if TYPE_CHECKING:\n    import altair", "altair"),
        ("components/lstm/trace.py", "from components import charts", "components.charts"),
        ("components/lstm/trace.py", "import components", "components"),
        ("components/lstm/trace.py", "import torchvision", "torchvision"),
        ("components/lstm/trace.py", "from .build import build", "relative import of .build"),
        ("components/lstm/trace.py", "from .. import settings", "relative import of ..sett"),
        ("components/settings.py", "import torch", "torch"),
        ("components/training/run.py", "import streamlit", "streamlit"),
        ("components/charts/score.py", "import components.lstm.trace", "components.lstm"),
        ("components/charts/score.py", "import torch", "torch"),
        ("components/classroom/rooms.py", "import streamlit", "streamlit"),
        ("components/classroom/rooms.py", "import redis", "redis"),
        ("components/classroom/routes.py", "import redis", "redis"),
        ("components/ui/controls.py", "import torch", "torch"),
        ("components/ui/links.py", "from components.lessons.live.check.facts import MISTAKES", "facts"),
        ("components/lessons/layers/__init__.py", "from components.lessons.layers.facts import KINDS", "facts"),
        ("components/lessons/layers/__init__.py", "import torch", "torch"),
        ("components/lessons/layers/facts.py", "import pandas", "pandas"),
        ("components/lessons/layers/facts.py", "from components.lessons.layers import frames", "frames"),
        ("components/lessons/layers/facts.py", "from components.lessons.outputs.facts import slots", "outputs"),
        ("components/lessons/layers/facts.py", "from components.lessons.outputs import CUT", "outputs"),
        ("components/lessons/layers/frames.py", "import altair", "altair"),
        ("components/lessons/layers/frames.py", "from components.lessons.layers import charts", "charts"),
        ("components/lessons/layers/charts.py", "from components.lessons.layers.frames import x", "frames"),
        ("components/lessons/layers/program.py", "import torch", "torch"),
        ("components/lessons/layers/program.py", "from components.lessons.layers import facts", "facts"),
        ("components/lessons/layers/program.py", "from components.lessons.lengths.quoted import x", "lengths"),
        ("components/lessons/layers/__init__.py", "from components.lessons.layers.quoted import x", "quoted"),
        ("components/lessons/lengths/quoted.py", "from components.lstm.build import build", "components.lstm"),
        ("components/lessons/layers/show.py", "import torch", "torch"),
        ("components/lessons/layers/show.py", "from components.lessons.outputs import show", "outputs"),
        (
            "components/lessons/batches/stream/charts.py",
            "from components.lessons.batches.stream import frames",
            "frames",
        ),
        ("pages/live.py", "import torch", "torch"),
        ("pages/live.py", "from components.lstm.build import build", "components.lstm"),
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
        ("components/lstm/trace.py", "from torch import nn\nimport torch.nn.functional"),
        ("components/lstm/trace.py", "from components.lstm.build import build"),
        ("components/ui/syllabus.py", "from components.lessons import live, shapes"),
        ("components/lessons/layers/facts.py", "from components.lessons.layers import KINDS"),
        ("components/lessons/memory/edits/facts.py", "from components.lessons.memory.facts import Hold"),
        ("components/lessons/memory/frames.py", "from components.lessons.memory.echo.facts import echo"),
        ("components/lessons/lengths/program.py", "from components.lessons.lengths.quoted import checked_lengths"),
        ("components/lessons/one_step/player/show.py", "import streamlit\nfrom components.ui import shell"),
        ("components/lessons/layers/show.py", "from components.lessons.layers import charts, facts, frames, program"),
        ("pages/live.py", "import streamlit as st\nfrom components.lessons.live import show"),
        ("dashboard.py", "from components.ui import shell"),
    ],
)
def test_the_check_can_pass(module, source):
    assert violations(module, source) == []


@pytest.mark.parametrize(
    "stray", ["components/utils.py", "components/uix/page.py", "components/lessons/live/helpers.py", "stray.py"]
)
def test_a_stray_module_has_no_layer(stray):
    assert layer(stray) is None


# These functions change the whole process, so they would affect the threads of other visitors.
PROCESS_WIDE = ("catch_warnings", "simplefilter", "filterwarnings", "resetwarnings")
SETS_UP = "components/lstm/__init__.py"  # it may call them once, before the rest is imported


def used(source):
    """Every name in a source: of a variable, an attribute or an import."""
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
