"""Components in the browser: a folder each, with the markup, the style and the script of the folder's name."""

from pathlib import Path
from typing import Any

import streamlit as st

BUTTON = (Path(__file__).parent / "button.css").read_text("utf-8")  # a button that looks as Streamlit's own do


def component(folder: Path, style: str = "") -> Any:
    """The component of `folder`/`folder`.html, .css and .js; call it, with a key, to mount it.

    `style` comes before the component's own, which may change it: `BUTTON` is what several of them share.
    """
    html, css, js = ((folder / f"{folder.name}.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component(f"unrolled_{folder.name}", html=html, css=style + css, js=js)
