"""What feeds what, and which slot of `h_n` is whose?"""

from components.ui import furniture
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(page, "…")
furniture.go_on(page)
