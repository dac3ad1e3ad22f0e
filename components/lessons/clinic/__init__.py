"""The clinic: programs with a fault that raises no error, probes that find it, and its line."""

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
