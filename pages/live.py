"""Does a loop over time steps compute the same thing as one call?"""

import streamlit as st

from components.lessons.live import show as live
from components.lessons.live.check import show as check
from components.lessons.live.check.program import program
from components.lessons.live.numbers import show as numbers
from components.lessons.live.score import show as score
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

words = st.container()  # sent after the picture, which is what a slider moves
run = score.show_score(page)
numbers.show_numbers(page, run)
draw_first()

with words:
    furniture.ask(
        page,
        "An LSTM reads a sequence one step at a time. You can call it once a step and carry the state yourself, or "
        "hand it the whole sequence at once. The sliders rebuild the module; below is every number it computes on the "
        "way.",
    )
    left, right = st.columns(2, gap="medium")
with left:
    furniture.equations(page)
with right:
    revealed = furniture.predict(
        page,
        "A loop calls the LSTM once a step and hands on `h` and `c`. One call gets the whole sequence. Outputs:",
        (
            Answer(
                "the same, up to rounding",
                "One call runs the same loop inside, over the same numbers. Only the order of some sums may differ.",
                right=True,
            ),
            Answer(
                "different: in one call the steps do not see each other",
                "That takes the sequence for a batch. Along the time axis each step still waits for the one before it.",
            ),
            Answer(
                "different, and more so with every step",
                "That takes rounding for drift. A forget gate below 1 shrinks old differences, so they do not pile up.",
            ),
            Answer(
                "the same to the last bit, always",
                "That takes floating-point sums for exact ones. In another order they may differ in the last bit.",
            ),
        ),
    )

furniture.section("The check")
mistake = check.choose_mistake()
check.show_check(page, mistake, revealed)
check.show_cost(page)

furniture.section("Try it")
furniture.attempts(live.units_are_not_steps(page), live.start_is_forgotten(page, mistake))

furniture.take_away(program(page.settings, mistake), "unrolled")

furniture.sources(
    "The equations: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "The cell that remembers: [Hochreiter and Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735)",
    "The forget gate: [Gers, Schmidhuber and Cummins, 2000](https://doi.org/10.1162/089976600300015015)",
)
furniture.go_on(page)
