"""It runs, and its loss falls: what is wrong with this program?"""

from components.lessons.clinic import show as clinic
from components.lessons.clinic.cases.show import SAID
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

case, (figures, program, run) = clinic.choose(page)
revealed = furniture.predict(
    clinic.with_answer_folded(page),
    "A program runs without an error, and its loss falls to nearly zero. What do you know?",
    (
        Answer(
            "it learns the task: otherwise the loss could not fall",
            "The loss is what the program computes, not what its author meant. A net that can read the answer has a "
            "small loss too.",
        ),
        Answer(
            "all axes are right: torch checks the sizes",
            "torch raises an error for sizes that cannot fit. It does not know which axis is time, and it repeats a "
            "column to fit a row.",
        ),
        Answer(
            "it works, if it is also good on validation data",
            "The validation may have the same fault as the training, or one of its own.",
        ),
        Answer(
            "only that the number that it calls its loss falls",
            "Most faults raise no error. So look at the program from outside: change one thing, and see what moves.",
            right=True,
        ),
    ),
)
if figures:
    clinic.show_probes(page, case, figures)
if program:
    clinic.show_program(page, case, program)
if run:
    clinic.show_run(page, case, run)
clinic.attempts(page)
draw_first()

furniture.ask(
    page,
    "Here are short programs as people write them. Each has one fault, and none raises an error. Examine one with the "
    "probes, point at the line that is wrong, and say why. Then the page mends it and runs both.",
)
furniture.aside(clinic.READING)

if revealed:
    furniture.section("What this visit has found", "One row for each case, one column for each probe.")
    clinic.show_map(page)
clinic.show_switch()

furniture.section("Take the probes home")
clinic.show_file()

clinic.take_away(page, case)
clinic.refer(case)

furniture.sources(
    f"Such code was found in: {SAID[case].source}",
    "A falling loss is no proof: [Karpathy, A recipe for training neural networks, 2019]"
    "(https://karpathy.github.io/2019/04/25/recipe/)",
    "Random state and generators: [PyTorch, reproducibility]"
    "(https://docs.pytorch.org/docs/stable/notes/randomness.html)",
)
furniture.go_on(page)
