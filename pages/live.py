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
        "An LSTM reads a sequence one time step after the other. You can call it once for each step and hand on the "
        "state (h, c) yourself, or you can give it the whole sequence in one call. The sliders rebuild the module. "
        "Below you see the numbers that it computes at each step.",
    )
    left, right = st.columns(2, gap="medium")
with left:
    furniture.equations(page)
with right:
    revealed = furniture.predict(
        page,
        "A loop calls the LSTM once for each step and hands on `h` and `c`. One call gets the whole sequence. How do "
        "the two outputs compare?",
        (
            Answer(
                "the same, up to rounding",
                "One call runs the same loop inside, with the same numbers. Only the order of some sums may differ, "
                "and with it the rounding.",
                right=True,
            ),
            Answer(
                "different: in one call the steps do not see each other",
                "You may think that the call reads the steps as a batch, whose samples do not see each other; but "
                "along the time axis each step still gets the state of the step before.",
            ),
            Answer(
                "different, and the difference grows with every step",
                "You may think that rounding errors pile up from step to step; but a forget gate below 1 makes old "
                "differences smaller.",
            ),
            Answer(
                "always the same, to the last bit",
                "You may think that sums of floating-point numbers are exact; but they are rounded, so a sum in "
                "another order may differ in the last bit.",
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
