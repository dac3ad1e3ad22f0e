"""When is the state carried, when reset, when detached?"""

from components.ui import furniture
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(page, "…")
furniture.go_on(page)
