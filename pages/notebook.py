"""What is wrong with the notebook this project grew from? It is replayed, for any sizes and any seed."""

import streamlit as st

from components.lessons.notebook import show as notebook
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "This project began with a short notebook about `nn.LSTM`. The notebook runs a loop over the steps of a sequence, "
    "and then the same in one call. It ran without an error and printed its numbers. Here it runs again, for any "
    "sizes and any seed. At the notebook's five steps, its random numbers are drawn in the same order. It has one "
    "sample, one layer and one direction. **Two of its statements are mistakes.**",
)

furniture.section("Draw the numbers, then loop")
notebook.show_first_cells(page)

furniture.section("The same in one call")
left, right = st.columns([11, 9], gap="medium")
with right:
    revealed = furniture.predict(
        page,
        "You restart the kernel and run all cells from the top. What does the last cell do?",
        (
            Answer(
                "it runs, and agrees with the loop",
                "You may think that every name in the cell exists already, and that the call starts where the loop "
                "started; but look at what `len` gets, and at the state from which the call starts.",
            ),
            Answer(
                "it runs, but differs from the loop",
                "You are right that the call starts from another state. You may think that every name in the cell "
                "exists already; but look at what `len` gets.",
            ),
            Answer(
                "it raises an error; without that error, it agrees with the loop",
                "You are right that it raises an error. You may think that `hidden` still holds the state from which "
                "the loop started; but it does not.",
            ),
            Answer(
                "it raises an error; without that error, it differs from the loop",
                "`len(inputs)` needs a name that its own statement is only about to make. And the call starts from a "
                "new `hidden`, not from the loop's.",
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

furniture.section("The check that the notebook did not make")
notebook.show_comparison(page, mends, revealed)

notebook.take_away(page, mends)

furniture.section(
    "What the notebook left open",
    "How do sequences of different lengths share a batch? Here there is only one sequence.",
)
furniture.refer("lengths", "Sequences of different lengths in one batch")
furniture.sources(
    "The notebook followed [PyTorch's tutorial on sequence models]"
    "(https://docs.pytorch.org/tutorials/beginner/nlp/sequence_models_tutorial.html)",
    "What a call takes and gives: [PyTorch, `nn.LSTM`]"
    "(https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
)
furniture.go_on(page)
