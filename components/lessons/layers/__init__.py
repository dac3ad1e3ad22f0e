"""Layers and directions: what feeds what, and which slot of `h_n` belongs to which row; LSTM, GRU and RNN."""

from components.lessons.layers.asked import ASKED
from components.settings import Choice
from components.ui.lesson import STEP, Lesson

KINDS = ("LSTM", "GRU", "RNN")
STAGES = ("as sampled", "copied", "copied, halves swapped")
TOPICS = ("Slots", "Turns", "GRU and RNN", "Rows", "Dropout", "Palindrome")  # below the picture

LESSON = Lesson(
    "layers",
    "Layers and directions",
    "What does each layer read, in each direction?",
    "Real batches",
    ":material/layers:",
    minutes=20,
    asked=ASKED,
    after=("outputs",),
    tasks=("Which direction moves at every step?", "How far does the change reach?", "Make both directions the same"),
    idle=("weights", "layer", "direction", "c_range"),  # a job has one layer and one direction
    needs=(("batch_size", 2), ("num_layers", 2), ("bidirectional", True)),
    controls={
        "step": STEP,
        "kind": Choice("Module", KINDS, "Which kind of module is shown."),
        "layers_topic": Choice("Topic", TOPICS, "The topic that is open below the picture."),
        "reverse": Choice("Reverse weights", STAGES, "How the weights of the reverse direction are made."),
    },
)
