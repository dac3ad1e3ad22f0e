"""The first lesson: what it sends and loads, in which order, so that the picture follows a slider at once."""

import re

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.driving import caption, main_slider, pixels, settle

pytestmark = pytest.mark.browser


def test_the_picture_of_a_move_is_sent_before_its_words(visit):
    """The browser draws it while the rest is on its way."""
    frames: list[bytes] = []
    page = visit(received=frames)
    pixels(page)
    frames.clear()
    main_slider(page, "seq_len").press("ArrowRight")
    expect(caption(page)).to_contain_text("T = 6")
    settle(page)
    elements = [ForwardMsg.FromString(frame).delta.new_element for frame in frames]
    charts = [number for number, element in enumerate(elements) if element.HasField("vega_lite_chart")]
    words = [number for number, element in enumerate(elements) if element.markdown.body.startswith("T = 6")]
    assert len(charts) == len(words) == 1
    assert charts < words


@pytest.mark.parametrize(("query", "shown"), [("", "ht=ot⊙tanh(ct)"), ("proj_size=2", "ht=Whr(ot⊙tanh(ct))")])
def test_the_equation_of_h_follows_the_projection(visit, query, shown):
    """One of the two equations is shown, and the browser needs no script to typeset it."""
    page = visit(query)
    lines = page.locator(".st-key-equations p:visible")
    expect(lines).to_have_count(6)
    # The settings may reach the component a moment after its lines are there.
    expect(lines.last).to_have_text(re.compile(r"\s*" + r"\s*".join(map(re.escape, shown)) + r"\s*"))
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name.split('/').pop())")
    assert any(name.startswith("StreamlitMarkdown") for name in loaded)
    assert not [name for name in loaded if "katex" in name.lower()]


# The first pixel from the right, in the lane of the input gate, that does not have the colour of the paper.
EDGE = """() => {
  const canvas = document.querySelector("[data-testid=stVegaLiteChart] canvas");
  const y = Math.round(canvas.height * 100 / canvas.getBoundingClientRect().height);
  const line = canvas.getContext("2d").getImageData(0, y, canvas.width, 1).data;
  const pixel = (x) => line.slice(4 * x, 4 * x + 4).join();
  let x = canvas.width - 1;
  while (x > 0 && pixel(x) === pixel(canvas.width - 1)) x -= 1;
  return x;
}"""


def test_the_picture_keeps_its_width(visit):
    """The width does not depend on the number of steps. A chart that fits itself to a new width is computed twice."""
    page = visit("seq_len=188&hidden_size=2&input_size=2")
    edges = []
    for steps in range(188, 195):
        expect(caption(page)).to_contain_text(f"T = {steps}")
        pixels(page)
        edges.append(page.evaluate(EDGE))
        main_slider(page, "seq_len").press("ArrowRight")
    assert len(set(edges)) == 1
