"""How do sequences of different lengths share one batch?"""

from components.ui import furniture
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(page, "…")
furniture.go_on(page)
