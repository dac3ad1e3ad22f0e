"""The colours of `.streamlit/config.toml`: all that is asked for is there in both themes, and can be read."""

import re
import tomllib
from itertools import pairwise
from typing import Any

import pytest

from components.charts.lanes import LANES
from components.charts.scene import Form
from components.charts.score import GATES, HUES, ROOMY, Lane, score
from components.charts.template import HAIRLINE, INK
from components.lessons.outputs.carry.charts import carry
from components.lessons.outputs.charts import outputs
from components.lessons.outputs.frames import outputs_picture
from components.settings import Settings
from tests import ROOT
from tests.charts.specs import colours

THEME: dict[str, Any] = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]
AA = 4.5  # WCAG 2, contrast of text

themes = pytest.mark.parametrize("name", ["light", "dark"])
Rgb = tuple[float, ...]


def rgb(code: str) -> Rgb:
    """#RRGGBB as three numbers within 0..1."""
    assert re.fullmatch("#[0-9A-F]{6}", code), code
    return tuple(int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))


def luminance(colour: Rgb) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio: 1 for the same, 21 for black on white."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def over(top: Rgb, below: Rgb, opacity: float) -> Rgb:
    """What is seen of `top` laid over `below`."""
    return tuple(opacity * a + (1 - opacity) * b for a, b in zip(top, below, strict=True))


def token(theme: str, name: str) -> Rgb:
    """A theme's colour by its key."""
    return rgb(THEME[theme][name])


def defined(name: str) -> bool:
    """Whether a token has a value in both themes: one that they share, or one each."""
    return name in THEME or all(name in THEME[theme] for theme in ("light", "dark"))


def test_contrast_is_wcag_s() -> None:
    """The measure itself: the standard's extremes, and a grey whose ratio on white is well known."""
    assert contrast(rgb("#000000"), rgb("#FFFFFF")) == pytest.approx(21)
    assert contrast(rgb("#123456"), rgb("#123456")) == 1
    assert contrast(rgb("#767676"), rgb("#FFFFFF")) == pytest.approx(4.54, abs=0.005)


def test_both_themes_say_the_same_things() -> None:
    """What one theme defines the other defines too, in the sidebar as well."""
    assert set(THEME["light"]) == set(THEME["dark"])
    assert set(THEME["light"]["sidebar"]) == set(THEME["dark"]["sidebar"])


def test_every_colour_of_a_chart_is_in_both_themes() -> None:
    """Charts name colours, themes say what they are: a name without a value would be the browser's own colour."""
    lanes = tuple(map(Lane, LANES))
    used = colours(score(lanes, ROOMY, lanes[-2:])) | colours(score(lanes, ROOMY, marked=True, floor=1e-9))
    used |= colours(outputs(outputs_picture(Settings(), 0).scene.form, 2)) | colours(
        carry(Form(90, 0, ("faint tick",)))
    )
    assert used == {*HUES.values(), INK, "primary", "red", "diverging", HAIRLINE}
    for name in used - {"diverging", HAIRLINE}:
        assert defined(f"{name}Color"), name


def test_every_token_of_a_stylesheet_is_in_both_themes() -> None:
    """`var(--st-gray-text-color)` in a component's CSS is `grayTextColor` of the theme."""
    files = sorted((ROOT / "components").rglob("*.css"))
    used = {name for file in files for name in re.findall(r"var\(--st-([a-z-]+)", file.read_text("utf-8"))}
    assert used
    for name in used:
        first, *rest = name.split("-")
        assert defined(first + "".join(map(str.capitalize, rest))), name


def test_every_colour_of_a_text_is_in_both_themes() -> None:
    """`:blue[...]` in Markdown is `blueTextColor` of the theme, and `:primary[...]` its `primaryColor`."""
    files = [*(ROOT / "components").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    used = {name for file in files for name in re.findall(r":([a-z]+)\[", file.read_text("utf-8"))}
    assert used >= set(HUES.values())
    for name in used - {"small"}:  # a size
        assert defined("primaryColor" if name == "primary" else f"{name}TextColor"), name


@themes
def test_scales_have_the_length_streamlit_wants(name: str) -> None:
    """Sequential and diverging scales have exactly ten colours; any other number is ignored."""
    assert len({*THEME[name]["chartSequentialColors"]}) == 10
    assert len({*THEME[name]["chartDivergingColors"]}) == 10


@themes
@pytest.mark.parametrize("hue", HUES.values())
def test_gates_can_be_read_on_the_page(name: str, hue: str) -> None:
    """A gate's hue, as text and as a symbol, has at least 4.5:1 against the background."""
    for key in (f"{hue}Color", f"{hue}TextColor"):
        assert contrast(token(name, key), token(name, "backgroundColor")) >= AA, key


@themes
def test_text_can_be_read(name: str) -> None:
    """Text, ink, links, accents and the words of a verdict have at least 4.5:1 against what they stand on."""
    for key in ("textColor", "grayColor", "grayTextColor", "linkColor", "primaryColor", "redColor", "redTextColor"):
        assert contrast(token(name, key), token(name, "backgroundColor")) >= AA, key
    assert contrast(token(name, "textColor"), token(name, "secondaryBackgroundColor")) >= AA
    assert contrast(token(name, "codeTextColor"), token(name, "codeBackgroundColor")) >= AA
    for hue in ("red", "green"):
        assert contrast(token(name, "textColor"), token(name, f"{hue}BackgroundColor")) >= AA


@themes
@pytest.mark.parametrize("hue", ["red", *HUES.values()])
def test_a_notice_can_be_read(name: str, hue: str) -> None:
    """A hue's text has at least 4.5:1 against the hue's own background: notices, verdicts and marked words."""
    assert contrast(token(name, f"{hue}TextColor"), token(name, f"{hue}BackgroundColor")) >= AA


@themes
@pytest.mark.parametrize("gate", GATES)
def test_numbers_can_be_read_on_every_gate(name: str, gate: str) -> None:
    """Ink on a gate's cell has at least 4.5:1 at every value from 0 to 1, the deepest included."""
    paper, hue, ink = (token(name, key) for key in ("backgroundColor", f"{HUES[gate]}Color", f"{INK}Color"))
    for tenths in range(11):
        assert contrast(ink, over(hue, paper, GATES[gate] * tenths / 10)) >= AA, tenths / 10


@themes
def test_numbers_can_be_read_on_every_signed_cell(name: str) -> None:
    """Ink has at least 4.5:1 on each of the diverging colours and between them."""
    ink, scale = token(name, f"{INK}Color"), [rgb(code) for code in THEME[name]["chartDivergingColors"]]
    for left, right in pairwise(scale):
        for tenths in range(11):
            assert contrast(ink, over(right, left, tenths / 10)) >= AA


@themes
def test_signs_differ_and_deepen(name: str) -> None:
    """Below zero is red, above it teal, and both ends stand out more than the middle: shade is magnitude."""
    scale = [rgb(code) for code in THEME[name]["chartDivergingColors"]]
    paper = token(name, "backgroundColor")
    away = [contrast(colour, paper) for colour in scale]
    assert away[:5] == sorted(away[:5], reverse=True)
    assert away[5:] == sorted(away[5:])
    assert all(red > blue for red, _, blue in scale[:5])
    assert all(blue > red for red, _, blue in scale[5:])
