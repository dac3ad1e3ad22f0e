"""What is wrong with the notebook this project grew from? It is replayed, for any sizes and any seed."""

from components.lessons.notebook import show as notebook
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

furniture.predict(
    page,
    "You restart the kernel and run all cells from the top. What does the last cell do?",
    (
        Answer(
            "it runs, and agrees with the loop",
            "Look at what `len` gets in the first statement: no cell has made that name. And compare the two states "
            "at t = 0 in the picture: the call starts from another one.",
        ),
        Answer(
            "it runs, but differs from the loop",
            "It would differ, that is right. But look at what `len` gets in the first statement: no cell has made "
            "that name.",
        ),
        Answer(
            "it raises an error; without that error, it agrees with the loop",
            "The error is right. But compare the two states at t = 0 in the picture: the call does not start where "
            "the loop started.",
        ),
        Answer(
            "it raises an error; without that error, it differs from the loop",
            "`len(inputs)` needs a name that its own statement is only about to make. And the call starts from a "
            "new `hidden`, not from the loop's.",
            right=True,
        ),
    ),
)
place = furniture.verdict_place(page)

mends = notebook.show_last_cell(page)
notebook.show_runs(page, mends, place)
notebook.try_it(page, mends)
draw_first()

furniture.ask(
    page,
    "This project began with a short notebook about `nn.LSTM`. The notebook runs a loop over the steps of a sequence, "
    "and then the same in one call. It ran without an error and printed its numbers. Here it runs again, for any "
    "sizes and any seed. At the notebook's five steps, its random numbers are sampled in the same order. It has one "
    "sample, one layer and one direction.",
)
furniture.aside(notebook.READING)

furniture.section("The first cells: sample the numbers, then loop")
notebook.show_first_cells(page)

furniture.section("What the last cell prints")
notebook.show_print(page, mends)

furniture.section("The check that the notebook did not make")
notebook.show_comparison()

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
