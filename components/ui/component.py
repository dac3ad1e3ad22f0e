"""Components that run in the browser. Each has a folder with three files of the folder's name: .html, .css and .js."""

from pathlib import Path
from typing import Any

import streamlit as st

BUTTON = (Path(__file__).parent / "button.css").read_text("utf-8")  # a button that looks as Streamlit's own do


def component(folder: Path, style: str = "", *before: Path) -> Any:
    """The component of a folder. Call it with a key to place it on the page.

    `style` comes before the folder's own CSS, which may override it. `BUTTON` is such a style, for several components.
    The scripts `before` come before the folder's own: a component's script cannot import another file.
    """
    html, css = ((folder / f"{folder.name}.{kind}").read_text("utf-8") for kind in ("html", "css"))
    js = script(*before, folder / f"{folder.name}.js")
    return st.components.v2.component(f"unrolled_{folder.name}", html=html, css=style + css, js=js)


def script(*files: Path) -> str:
    """The JavaScript of these files, one after the other, without lines of comment and without indentation.

    Streamlit sends a component's script again each time that its data changes. No line may begin in a template string.
    """
    lines = (line.strip() for file in files for line in file.read_text("utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
