"""A program as a Jupyter notebook."""

NEW_CELL = "# %%"  # the line that begins a new cell, as editors know it


def notebook(program: str) -> str:
    """`program` as the text of an .ipynb file (nbformat 4.5): one code cell for each part between `# %%` lines.

    A `# %% Title` line becomes a Markdown heading above its cell. Raises `nbformat.ValidationError` if the result is
    not a valid notebook.
    """
    from nbformat import NotebookNode, v4  # here, so that nbformat is loaded only on request

    cells: list[NotebookNode] = []
    for part in ("\n" + program).split("\n" + NEW_CELL):
        title, _, body = part.partition("\n")
        if title.strip():
            cells.append(v4.new_markdown_cell("## " + title.strip(), id=f"cell-{len(cells)}"))
        if body.strip():
            cells.append(v4.new_code_cell(body.strip(), id=f"cell-{len(cells)}"))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    # Each `new_*` validates its result.
    document = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    return str(v4.writes(document))
