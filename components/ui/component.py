"""Components in the browser: a folder each, with the markup, the style and the script of the folder's name."""

from pathlib import Path
from typing import Any

import streamlit as st


def component(folder: Path) -> Any:
    """The component of `folder`/`folder`.html, .css and .js; call it, with a key, to mount it."""
    html, css, js = ((folder / f"{folder.name}.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component(f"unrolled_{folder.name}", html=html, css=css, js=js)
