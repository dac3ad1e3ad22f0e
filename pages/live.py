"""Does a loop over time steps compute the same thing as one call?"""

from components.lessons.live import show as live
from components.lessons.live.check import show as check
from components.lessons.live.check.program import program
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

revealed = furniture.predict(
    page,
    "A loop calls the LSTM once for each step and passes `h` and `c` to the next step. One call gets the whole "
    "sequence. How do the two outputs compare?",
    (
        Answer(
            "the same, up to rounding",
            "One call runs the same loop inside, with the same numbers. Only the order of some sums may differ, "
            "and with it the rounding.",
            right=True,
        ),
        Answer(
            "different: in one call the steps do not see each other",
            "In one call, too, each step gets the state of the step before. Only the samples of a batch do not see "
            "each other. The row below h in the picture has the difference at each step.",
        ),
        Answer(
            "different, and the difference grows with every step",
            "Both compute each step from the same state, so no step adds to the difference. Make the sequence longer: "
            "the largest difference below stays as small as rounding.",
        ),
        Answer(
            "always the same, to the last bit",
            "Not always. Each sum is rounded, and a sum in another order may differ in the last bit. The verdict "
            "names sizes at which a bit differs.",
        ),
    ),
)
place = furniture.verdict_place(page)

mistake = check.choose_mistake(page)
run = live.show_picture(page, mistake, place)
furniture.attempts(page, live.units_are_not_steps(page), live.start_is_forgotten(page, mistake))
draw_first()

live.ask(
    page,
    "An LSTM reads a sequence one time step after the other. You can call it once for each step and hand on the "
    "state (h, c) yourself, or you can give it the whole sequence in one call. The sliders rebuild the module. "
    "The picture shows the numbers that it computes at each step.",
)

equations, codes, numbers = furniture.topics(page, "live_topic")
if equations:
    with equations:
        live.show_equations(page)
if codes:
    with codes:
        check.show_check(page, mistake, revealed)
        check.show_cost(page)
if numbers:
    with numbers:
        live.show_numbers(page, run, mistake)

furniture.take_away(program(page.settings, mistake), "unrolled")

furniture.sources(
    "The equations: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "The cell that remembers: [Hochreiter and Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735)",
    "The forget gate: [Gers, Schmidhuber and Cummins, 2000](https://doi.org/10.1162/089976600300015015)",
)
furniture.go_on(page)
