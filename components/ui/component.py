"""Components that run in the browser. Each has a folder with three files of the folder's name: .html, .css and .js."""

from pathlib import Path
from typing import Any

import streamlit as st

BUTTON = (Path(__file__).parent / "button.css").read_text("utf-8")  # a button that looks as Streamlit's own do


def component(folder: Path, style: str = "") -> Any:
    """The component of a folder. Call it with a key to place it on the page.

    `style` comes before the folder's own CSS, which may override it. `BUTTON` is such a style, for several components.
    """
    html, css, js = ((folder / f"{folder.name}.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component(f"unrolled_{folder.name}", html=html, css=style + css, js=js)
