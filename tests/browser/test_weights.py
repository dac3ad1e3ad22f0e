"""The lesson on parameters: the order of another library, pointing at a cell, and the download."""

import io
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from components.lessons.weights.facts import misread
from components.lessons.weights.frames import HEAD, MARGIN
from components.lstm.build import build
from components.settings import Settings
from components.ui.figures import figure
from tests.browser.driving import answer, finding, in_address, settle, success

pytestmark = pytest.mark.browser


def test_another_order_computes_something_else_without_an_error(visit):
    """ONNX's order differs, Keras's does not. The address names it. Pointing sends nothing. The file is whole."""
    sent: list[str | bytes] = []
    page = visit(path="/weights", sent=sent)
    expect(finding(page, "Other numbers")).to_have_count(0)
    answer(page, "it computes something else, without an error")
    apart = {row.name: figure(row.difference) for row in misread(Settings(), "iofg").rows}
    expect(finding(page, "Other numbers, and no error.")).to_contain_text(f"output by up to {apart['output']}")
    keras = page.get_by_role("radio", name="Keras")
    keras.press("Space")
    expect(success(page, "The same order.")).to_contain_text("not one bit differs")
    in_address(page, "reader=Keras")
    settle(page)

    sent.clear()
    canvas = page.get_by_test_id("stVegaLiteChart").locator("canvas").first
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + MARGIN + 10, box["y"] + HEAD + 4)
    page.mouse.move(box["x"] + MARGIN + 13, box["y"] + HEAD + 6)
    first = build(Settings()).module.state_dict()["weight_ih_l0"][0, 0].item()
    told = re.compile(rf"gate\s*i.*unit\s*0.*reads\s*x 0.*value\s*{first:.4f}", re.DOTALL)
    expect(page.locator("#vg-tooltip-element")).to_have_text(told)
    assert sent == []

    for topic in ("Other libraries", "Shapes and numbers"):
        page.get_by_role("tab", name=topic).click()
        in_address(page, "weights_topic=Other+libraries" if topic == "Other libraries" else "!weights_topic=")
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(1)
    settle(page)

    place = page.get_by_test_id("stExpander").filter(has_text="all of them as .npz")
    place.locator("summary").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name="All parameters as .npz").press("Enter")
    assert download.value.suggested_filename == "unrolled_weights.npz"
    with np.load(io.BytesIO(download.value.path().read_bytes()), allow_pickle=False) as read:
        state = build(Settings()).module.state_dict()
        assert list(read) == list(state)
        assert all(np.array_equal(read[name], tensor.numpy()) for name, tensor in state.items())
