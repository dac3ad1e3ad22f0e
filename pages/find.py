"""Which lesson answers this question, or explains this error message?"""

from components.ui import finder
from components.ui.shell import open_lesson

page = open_lesson()

finder.show(page)
