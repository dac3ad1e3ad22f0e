"""The scripts of a page send events through the window. Each name of an event has one sender and one listener.

If two listeners had the same name, one would get events that are meant for the other. A sender is a script, or the
pointer, which gets the name from a page. A listener is a script, or a chart whose module has the name in a constant
`..._EVENT`.
"""

import ast
import importlib
import re
from typing import Any

import pytest

from tests import ROOT

SCRIPTS = sorted((ROOT / "components").rglob("*.js"))
MODULES = sorted((ROOT / "components").rglob("*.py"))

Ends = dict[str, list[str]]  # by the name of an event: the files that send it, or that listen to it


def in_script(source: str) -> tuple[set[str], set[str]]:
    """The names of the events that a script sends, and those that it listens to, if they are literal."""
    sent = re.findall(r"""new CustomEvent\(\s*["'`]([^"'`]+)""", source)
    heard = re.findall(r"""window\.addEventListener\(\s*["'`]([^"'`]+)""", source)
    return set(sent), set(heard)


def in_module(source: str, names: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The names that a module gives to the pointer, which sends them, and the names in the module's own constants.

    `names` is the namespace of the module.
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


def ends(files: dict[str, tuple[set[str], set[str]]]) -> tuple[Ends, Ends]:
    """The senders and the listeners of each event; `files` has the names that each file sends and listens to."""
    senders: Ends = {}
    listeners: Ends = {}
    for file, (sent, heard) in files.items():
        for name in sent:
            senders.setdefault(name, []).append(file)
        for name in heard:
            listeners.setdefault(name, []).append(file)
    return senders, listeners


def shared(senders: Ends, listeners: Ends) -> list[str]:
    """A sentence on every event that does not have exactly one sender and one listener."""
    sentences = []
    for name in sorted({*senders, *listeners}):
        by, to = senders.get(name, []), listeners.get(name, [])
        if (len(by), len(to)) != (1, 1):
            sentences.append(f"{name} is sent by {', '.join(by) or 'nobody'} and heard by {', '.join(to) or 'nobody'}")
    return sentences


def in_components() -> dict[str, tuple[set[str], set[str]]]:
    """The events that every file in `components` sends and listens to."""
    files = {}
    for path in (*SCRIPTS, *MODULES):
        file, source = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        if path.suffix == ".js":
            files[file] = in_script(source)
        elif "_EVENT" in source:
            name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            files[file] = in_module(source, vars(importlib.import_module(name)))
    return files


def test_every_event_has_one_sender_and_one_listener() -> None:
    senders, listeners = ends(in_components())
    assert shared(senders, listeners) == []
    assert len(senders) >= 8  # the search does find events


def test_no_event_is_overlooked() -> None:
    """Every literal name of an event, `unrolled...`, is one of the names that are compared."""
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
    """A second sender, a second listener, a pointer with the event of a script, a name that nobody sends."""
    pages = {"x.js": ({"a"}, {"b"}), "y.js": ({"b", "c"}, {"a"}), "z.py": (set(), {"c"})}
    assert shared(*ends(pages)) == []
    assert len(shared(*ends({**pages, file: (sent, heard)}))) == 1


def test_names_are_read_from_scripts_and_modules() -> None:
    script = 'window.dispatchEvent(new CustomEvent("a", { detail: 1 }));\nwindow.addEventListener("b", hear);'
    assert in_script(script) == ({"a"}, {"b"})
    module = 'OWN_EVENT = "b"\n\ndef show():\n    pointer("key", "Label", OWN_EVENT, names, said)'
    assert in_module(module, {"OWN_EVENT": "b"}) == ({"b"}, {"b"})
