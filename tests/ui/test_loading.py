"""Torch is loaded once, in a thread; an error in it comes up where a page imports the module."""

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator

from components.ui.loading import Loading, _loading, _parts
from components.ui.syllabus import SYLLABUS
from tests import ROOT


def test_it_imports_once() -> None:
    begun = []

    def names() -> Iterator[str]:
        begun.append(threading.current_thread())
        yield "this_module_does_not_exist"

    loading = Loading(names())
    assert not loading.over
    loading.begin()
    loading.wait()
    assert loading.over
    assert len(begun) == 1
    assert begun[0] is not threading.current_thread()


def test_an_error_leaves_the_process_as_it_was() -> None:
    """The page that needs the module shows the error. The garbage collector and the threads' turns are as before."""
    turn = sys.getswitchinterval()
    Loading(["this_module_does_not_exist"]).wait()
    assert gc.isenabled()
    assert sys.getswitchinterval() == turn


def test_the_shell_needs_no_torch() -> None:
    """What is shown before torch is there, and what the server imports at its start, cannot import it."""
    source = "import sys, dashboard, components.ui.shell; print({'torch', 'altair', 'pandas'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "set()\n", done.stderr


def test_it_loads_what_the_first_page_imports() -> None:
    """Nothing large is left for the first visit of the first lesson."""
    imports = (ROOT / "pages" / f"{SYLLABUS[0].stem}.py").read_text("utf-8").split("\n\npage =")[0]
    source = f"import {', '.join(_loading._names)}, sys\nbefore = {{*sys.modules}}\n{imports}\n"
    source += "print({*sys.modules} - before)"
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "set()\n", done.stdout + done.stderr
    assert _parts(SYLLABUS[0].stem)
