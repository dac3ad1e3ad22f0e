"""What is wrong with the notebook this project grew from? It is replayed, for any sizes and any seed."""

import streamlit as st

from components.lessons.notebook import show as notebook
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "This project grew from a short notebook about `nn.LSTM`: a loop over the steps of a sequence, then the same in "
    "one call. It ran, and printed its numbers. Here it is replayed, step by step and draw by draw, for any sizes and "
    "any seed; it has one sample, one layer and one direction. **Two of its statements are mistakes.**",
)

furniture.section("Draw, then loop")
notebook.show_first_cells(page)

furniture.section("The same in one call")
left, right = st.columns([11, 9], gap="medium")
with right:
    revealed = furniture.predict(
        page,
        "Restart the kernel and run all cells from the top. The last cell …",
        (
            Answer(
                "runs, and agrees with the loop",
                "That takes a leftover name for one the notebook makes, and a state for no input. Read what `len` is "
                "given, and where the call starts.",
            ),
            Answer(
                "runs, but differs from the loop",
                "The start is another, yes. But this takes a leftover name for one the notebook makes: read what `len` "
                "is given.",
            ),
            Answer(
                "raises; mended, agrees with the loop",
                "It raises, yes. But this takes a name for the tensor it once held: `hidden` is not what the loop "
                "started from.",
            ),
            Answer(
                "raises; mended, differs from the loop",
                "`len(inputs)` asks for what its own statement makes, and the call starts from a `hidden` of its own.",
                right=True,
            ),
        ),
    )
with left:
    mends = notebook.choose_mends(revealed)
    notebook.show_last_cell(page, mends, revealed)
with right:
    notebook.show_verdicts(page, mends, revealed)
notebook.show_print(page, mends)

furniture.section("The check it did not make")
notebook.show_comparison(page, mends, revealed)

notebook.take_away(page, mends)

furniture.section(
    "What it left open",
    "How do sequences of different lengths share a batch? Here there is only one, as long as the slider says.",
)
furniture.refer("lengths", "Sequences of different lengths in one batch")
furniture.sources(
    "The notebook followed [PyTorch's tutorial on sequence models]"
    "(https://docs.pytorch.org/tutorials/beginner/nlp/sequence_models_tutorial.html)",
    "What a call takes and gives: [PyTorch, `nn.LSTM`]"
    "(https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
)
furniture.go_on(page)
