"""A program as a Jupyter notebook."""

import json

NEW_CELL = "# %%"  # the line that begins a new cell, as editors know it


def notebook(program: str) -> str:
    """`program` as the text of an .ipynb file (nbformat 4.5): one code cell for each part between `# %%` lines.

    A `# %% Title` line becomes a Markdown heading above its cell.
    """
    cells: list[dict[str, object]] = []

    def add(kind: str, source: str) -> None:
        cell: dict[str, object] = {"cell_type": kind, "id": f"cell-{len(cells)}", "metadata": {}}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell | {"source": source})

    for part in ("\n" + program).split("\n" + NEW_CELL):
        title, _, body = part.partition("\n")
        if title.strip():
            add("markdown", "## " + title.strip())
        if body.strip():
            add("code", body.strip())
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1)
