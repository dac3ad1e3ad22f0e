"""The search: what a visitor types, or pastes from a terminal, leads to the lesson that shows it.

The entries stand with the lessons that answer them (`Lesson.asked`). A pasted message of torch is compared without its
numbers, so it finds its entry for any sizes. Other words count by how rare they are among the entries.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from components.ui.lesson import Asked, Lesson
from components.ui.syllabus import SYLLABUS

MOST = 6  # results that are shown
LEAST = 0.34  # of the weight of the query's words that a result must have
PASTED = 0.5  # the same, if the query is a message of torch
FORGIVEN = 0.8  # how alike a misspelt word must be, by difflib's ratio
SHORTEST = 12  # characters that a part of a message must have, to be taken for the message

# Where a word stands decides how much it counts.
IN_TITLE, IN_WORDS, IN_ANSWER = 1.0, 0.9, 0.5
# They are in too many sentences to tell one entry from another.
STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by can do does for from get got has have how i if in is it its me my not "
        "of on or our so than that the then there this to two what when which why will with vs you your lstm "
        "pytorch torch nn error",
    )
)


@dataclass(frozen=True)
class Found:
    """One result: the entry, the lesson that shows it, and whether the query is one of its messages."""

    lesson: Lesson
    asked: Asked
    score: float  # 0 .. 1
    is_message: bool = False


def find(query: str) -> list[Found]:
    """The best entries for what was typed, best first, at most `MOST`; empty if nothing fits."""
    message = _without_numbers(query)
    hits = [
        Found(lesson, asked, 1.0, is_message=True)
        for lesson, asked in entries()
        if any(_same(message, _without_numbers(error)) for error in asked.errors)
    ]
    wanted = list(dict.fromkeys(_words(query)))
    if not wanted:
        return hits[:MOST]
    weights = {word: _rarity(word) for word in wanted}
    total = sum(weights.values())
    for lesson, asked in entries():
        if any(found.asked is asked for found in hits):
            continue
        places = _places(lesson, asked)
        score = sum(weight * _found(word, places) for word, weight in weights.items()) / total
        hits.append(Found(lesson, asked, score))
    least = PASTED if any(found.is_message for found in hits) else LEAST
    hits = [found for found in hits if found.score >= least]
    return sorted(hits, key=lambda found: (not found.is_message, -found.score))[:MOST]


@cache
def entries() -> tuple[tuple[Lesson, Asked], ...]:
    """Every entry with its lesson. A lesson is an entry too, with its own question."""
    own = [(lesson, Asked(lesson.question, f"The lesson *{lesson.title}*.")) for lesson in SYLLABUS]
    return (*((lesson, asked) for lesson in SYLLABUS for asked in lesson.asked), *own)


def _same(query: str, message: str) -> bool:
    """Whether one text contains the other. A terminal adds to a message, and a visitor may paste a part of it."""
    return len(query) >= SHORTEST and (query in message or message in query)


def _without_numbers(text: str) -> str:
    """The text in small letters, with # for each number or list of numbers, and single spaces."""
    text = re.sub(r"-?\d+", "#", text.lower())
    return " ".join(re.sub(r"#(?:\s*,\s*#)*", "#", text).replace("`", "'").split())


def _words(text: str) -> list[str]:
    """The words of a text that tell something, in small letters. `h_n[-1]` gives `h_n`."""
    return [word for word in re.findall(r"[a-z][a-z0-9_]*", text.lower()) if word not in STOP and len(word) > 1]


@cache
def _places(lesson: Lesson, asked: Asked) -> Mapping[str, float]:
    """Every word of an entry, with how much it counts."""
    texts = (
        (IN_ANSWER, f"{asked.answer} {lesson.question} {' '.join(lesson.tasks)}"),
        (IN_WORDS, " ".join((asked.words, lesson.title, lesson.stem, *asked.errors))),
        (IN_TITLE, asked.question),
    )
    return {word: worth for worth, text in texts for word in _words(text)}


@cache
def _counts() -> Counter[str]:
    """In how many entries each word is."""
    return Counter(word for lesson, asked in entries() for word in _places(lesson, asked))


@cache
def _rarity(word: str) -> float:
    """How much a word of the query weighs: more, the fewer entries have it."""
    return math.log(1 + len(entries()) / max(_counts()[word], 1))


def _found(word: str, places: Mapping[str, float]) -> float:
    """How much of a word is in an entry, 0 .. 1: all of it, its beginning, or nearly the same letters."""
    if word in places:
        return places[word]
    if len(word) < 4:
        return 0.0
    longer = [worth for other, worth in places.items() if other.startswith(word) or word.startswith(other + "s")]
    if longer:
        return 0.8 * max(longer)
    close = get_close_matches(word, places, n=1, cutoff=FORGIVEN)
    return 0.6 * places[close[0]] if close else 0.0
