"""The clinic: programs with a fault that raises no error, probes that find it, and its line."""

from components.lessons.clinic.asked import ASKED
from components.settings import MAIN, Choice, Switch
from components.ui.lesson import MODULE, SHOWN, Lesson

CASES = (
    "River",
    "Bakery",
    "Echo",
    "Peaks",
    "Doorbell",
    "Marker",
    "Boiler",
    "Moods",
    "Counter",
    "Lamp",
    "Listener",
    "Melody",
    "Letters",
)
VIEWS = ("Probes", "Program", "Run")  # of the case, each in a tab of the picture

LESSON = Lesson(
    "clinic",
    "Find the fault",
    "It runs, and its loss falls: what is wrong with this program?",
    "Clinic",
    ":material/stethoscope:",
    minutes=30,
    asked=ASKED,
    after=("lengths", "batches"),
    tasks=("Find three faults", "The same look, another cause"),
    idle=(*MAIN, "batch_size", *MODULE, *SHOWN),
    controls={
        "case": Choice("Case", CASES, "A program with one fault."),
        "clinic_view": Choice("View", VIEWS, "What is shown of the case."),
        "probes": Switch("Show the probes", "Turn this off to look for the fault in the program alone."),
    },
    starts={"probes": True},
)
