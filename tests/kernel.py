"""Runs notebooks as Jupyter does: each in a fresh kernel."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from tests import forks

FOLDERS = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")


class Born(AsyncKernelManager):
    """Its kernels are children of the fork server, which has imported torch and ipykernel."""

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """The command line; the manager knows the process that relays the end of the kernel."""
        _, _, _, *rest = super().format_kernel_cmd(extra_arguments)
        return [sys.executable, forks.__file__, "relay", "kernel", *rest]


@contextmanager
def folders(home: Path) -> Iterator[None]:
    """Let kernels write below `home` alone."""
    with pytest.MonkeyPatch.context() as patch:
        for name in FOLDERS:
            (home / name).mkdir()
            patch.setenv(name, str(home / name))
        yield


def execute(text: str, cold: bool = False) -> list[Any]:
    """All output of the cells of a notebook, run from top to bottom in a fresh kernel. The notebook has to be valid.

    With `cold` the kernel imports everything itself.
    """
    document: Any = nbformat.reads(text, as_version=4)
    nbformat.validate(document)
    client = NotebookClient(document, timeout=120, kernel_name="python3")
    if forks.AVAILABLE and not cold:
        client.kernel_manager_class = Born
    return [output for cell in client.execute()["cells"] for output in cell.get("outputs", [])]
