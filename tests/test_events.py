"""What a page's scripts tell one another goes through the window: each event is one thing's, by its name.

A name that two things share makes the one hear what was meant for the other. An event is sent by a script, or by the
pointer control, to which a page hands the name; it is heard by a script, or by a chart whose module holds the name in
a constant `..._EVENT`.
"""

import ast
import importlib
import re
from typing import Any

import pytest

from tests import ROOT

SCRIPTS = sorted((ROOT / "components").rglob("*.js"))
MODULES = sorted((ROOT / "components").rglob("*.py"))

Ends = dict[str, list[str]]  # by an event's name: the files that send it, or that hear it


def in_script(source: str) -> tuple[set[str], set[str]]:
    """The names that a script sends and that it hears, where it spells them out."""
    sent = re.findall(r"""new CustomEvent\(\s*["'`]([^"'`]+)""", source)
    heard = re.findall(r"""window\.addEventListener\(\s*["'`]([^"'`]+)""", source)
    return set(sent), set(heard)


def in_module(source: str, names: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The names that a module hands to the pointer control, which sends them, and those in its own constants.

    `names` is what the module's names stand for.
    """
    sent: set[str] = set()
    heard: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="pointer"), args=[_, _, event, *_]):
                sent.add(eval(compile(ast.Expression(event), "", "eval"), names))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))) if name.endswith(
                "_EVENT"
            ):
                heard.add(value)
    return sent, heard


def ends(found: dict[str, tuple[set[str], set[str]]]) -> tuple[Ends, Ends]:
    """By name, who sends an event and who hears it; `found` has what each file sends and hears."""
    senders: Ends = {}
    listeners: Ends = {}
    for file, (sent, heard) in found.items():
        for name in sent:
            senders.setdefault(name, []).append(file)
        for name in heard:
            listeners.setdefault(name, []).append(file)
    return senders, listeners


def shared(senders: Ends, listeners: Ends) -> list[str]:
    """A sentence on every event that has not one sender and one listener."""
    said = []
    for name in sorted({*senders, *listeners}):
        by, to = senders.get(name, []), listeners.get(name, [])
        if (len(by), len(to)) != (1, 1):
            said.append(f"{name} is sent by {', '.join(by) or 'nobody'} and heard by {', '.join(to) or 'nobody'}")
    return said


def in_components() -> dict[str, tuple[set[str], set[str]]]:
    """What every file of the components sends and hears."""
    found = {}
    for path in (*SCRIPTS, *MODULES):
        file, source = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        if path.suffix == ".js":
            found[file] = in_script(source)
        elif "_EVENT" in source:
            name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            found[file] = in_module(source, vars(importlib.import_module(name)))
    return found


def test_every_event_has_one_sender_and_one_listener() -> None:
    senders, listeners = ends(in_components())
    assert shared(senders, listeners) == []
    assert len(senders) >= 8  # they are found at all


def test_no_event_is_overlooked() -> None:
    """Every name that a script or a module spells out as an event's is one of those compared."""
    senders, listeners = ends(in_components())
    spelled = set()
    for path in (*SCRIPTS, *MODULES):
        spelled |= set(re.findall(r"""["'`](unrolled[a-z]+)["'`]""", path.read_text("utf-8")))
    assert spelled == {*senders, *listeners}


@pytest.mark.parametrize(
    ("file", "sent", "heard"),
    [
        ("other.js", {"a"}, set()),
        ("other.js", set(), {"a"}),
        ("other.py", {"c"}, set()),
        ("other.py", set(), {"lost"}),
    ],
)
def test_a_shared_name_is_found(file: str, sent: set[str], heard: set[str]) -> None:
    """A second sender, a second listener, the control used for a script's own event, a name nobody sends."""
    pages = {"x.js": ({"a"}, {"b"}), "y.js": ({"b", "c"}, {"a"}), "z.py": (set(), {"c"})}
    assert shared(*ends(pages)) == []
    assert len(shared(*ends({**pages, file: (sent, heard)}))) == 1


def test_names_are_read_from_scripts_and_modules() -> None:
    script = 'window.dispatchEvent(new CustomEvent("a", { detail: 1 }));\nwindow.addEventListener("b", hear);'
    assert in_script(script) == ({"a"}, {"b"})
    module = 'OWN_EVENT = "b"\n\ndef show():\n    pointer("key", "Label", OWN_EVENT, names, said)'
    assert in_module(module, {"OWN_EVENT": "b"}) == ({"b"}, {"b"})
