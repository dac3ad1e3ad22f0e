"""Which lessons are there, and what has this visitor done?"""

from components.ui import overview
from components.ui.shell import open_lesson

page = open_lesson()

overview.show_lessons(page)
