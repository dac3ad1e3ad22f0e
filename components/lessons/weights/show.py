"""The parameters on a page: the rows of four gates and who reads them as what; their number, their draw, two biases."""

from typing import Any

import streamlit as st

from components.charts.columns import Columns
from components.kept import kept
from components.lessons.weights import charts, frames
from components.lessons.weights import program as programs
from components.lessons.weights.facts import (
    LIBRARIES,
    Biases,
    Library,
    archive,
    biases,
    exchanged,
    misread,
    own,
    spread,
    tensors,
    trial,
)
from components.lstm.build import shared_build
from components.lstm.parts import suffix
from components.settings import Settings
from components.ui import links
from components.ui.chart import chart
from components.ui.figures import figure, parameter_formula, scientific
from components.ui.files import file_button
from components.ui.follow import follow
from components.ui.furniture import (
    Attempt,
    code,
    finding,
    folded,
    look,
    reads_below,
    revealed,
    small,
    verdict,
    which_shown,
)
from components.ui.jobs import COLOURS, job_text
from components.ui.shell import Page

# All but `misreading` are asked for what `own` or `trial` leaves of the settings, so that another sequence length costs
# nothing.
misreading = kept(misread)
exchanging = kept(exchanged)
tried = kept(biases)
spreading = kept(spread)
ordering = kept(frames.orders)


@kept
def spread_columns(settings: Settings) -> Columns:
    """The bars of the spread."""
    return frames.spread_columns(spreading(settings))


def _counted(settings: Settings) -> int:
    return sum(parameter.numel() for parameter in shared_build(settings).module.parameters())


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _bound(settings: Settings) -> float:
    """The deepest shade: the end of the interval that parameters are drawn from, or the largest set by hand."""
    found = spreading(settings)
    return found.largest if settings.job else found.bound


def show_picture(page: Page, place: Any) -> tuple[Library, int]:
    """The parameters gate by gate, what a reader takes them for, and in `place` the verdict on that.

    All of it is made again while a size is dragged. Returns the reader, and the number of the part that is shown.
    """
    with page.picture:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            reader = LIBRARIES[links.choose("reader")]
            part = _choose_part(page)
        follow(page, _picture, reader, part, place)
    return reader, part


def _picture(page: Page, reader: Library, part: int, place: Any) -> None:
    settings, view, known = own(page.settings), page.view, revealed(page)
    picture = frames.blocks(settings, view.layer, view.reverse, part, _bound(settings), reader.name, known)
    numbered = picture.units.end - picture.units.first <= frames.FIGURES
    chart(
        charts.cells(picture.scene.form, numbered, frames.READS),
        alt="Heat maps of weight_ih, weight_hh and the biases, side by side: their rows in four blocks, one for each "
        "gate, outlined in its colour and named at the left. At the right stands the gate that the chosen library "
        "takes each block for. The table of Shapes and numbers holds the same numbers.",
        **picture.scene.framing(look()),
    )
    st.markdown(_count(page.settings) + _shown_part(picture))
    if known:
        with place:
            _misread_verdict(page.settings, reader)


def _count(settings: Settings) -> str:
    """The number of parameters, by the formula and as torch counts them."""
    counted = _counted(settings)
    agrees = counted == settings.num_parameters
    mark = (
        ":green[:material/check:]" if agrees else f":red[:material/close: the formula says {settings.num_parameters}]"
    )
    return f"Parameters: **{parameter_formula(settings)}**. Torch counts {_thousands(counted)} {mark}"


def _shown_part(picture: frames.Blocks) -> str:
    """Which units and columns are shown, if there are too many for one picture; else empty."""
    parts = [picture.units.words("units")] if not picture.units.whole else []
    letters = {"weight_ih": "columns of weight_ih", "weight_hh": "of weight_hh", "weight_hr": "of weight_hr"}
    parts += [shown.words(letters[name]) for name, shown in picture.columns.items() if not shown.whole]
    listed = ", ".join(parts)
    return f"  \n{small(f'Shown: {listed}. Choose another part above.')}" if parts else ""


def _choose_part(page: Page) -> int:
    """Which part of the units and columns is shown, if not all of them fit."""
    count = frames.parts(page.settings, page.view.layer)
    return (st.pagination(count, key="units", bind="query-params") or 1) - 1 if count > 1 else 0


def show_shapes(page: Page) -> None:
    """The tensors of a layer and direction with their shapes, and what the formula of their number means."""
    settings, view = page.settings, page.view
    found = tensors(shared_build(settings).module, view.layer, view.reverse)
    end = suffix(view.layer, int(view.reverse))
    letters = {"weight_ih": "4H, I", "weight_hh": "4H, H", "bias_ih": "4H", "bias_hh": "4H", "weight_hr": "P, H"}
    if settings.proj_size:
        letters["weight_hh"] = "4H, P"
    if view.layer:
        letters["weight_ih"] = f"4H, {'2' if settings.bidirectional else ''}{'P' if settings.proj_size else 'H'}"
    lines = ["| parameter | shape | numbers |", "|---|---|---|"]
    lines += [
        f"| `{name}{end}` | ({letters[name]}) = {tuple(tensor.shape)} | {tensor.numel()} |"
        for name, tensor in found.items()
    ]
    several = settings.num_layers * settings.num_directions > 1
    hr = " + projection" if settings.proj_size else ""
    st.markdown(
        "\n".join(lines) + f"\n\n{'All layers and directions: ' if several else ''}gates · units · (inputs + h"
        f"{' + biases' if settings.bias else ''}){hr}. `sum(p.numel() for p in lstm.parameters())` counts the same.\n\n"
        + small(
            "The 4 is the number of gates, not of layers: each gate has H rows of its own in every tensor. T is not "
            "in the formula, because every step uses the same rows."
        )
    )


def show_numbers(page: Page, part: int) -> None:
    """The numbers of the picture as a table, and all parameters as a file."""
    settings, view = own(page.settings), page.view
    if place := folded("The numbers as a table, and all of them as .npz", "table"):
        with place:
            units = frames.blocks(settings, view.layer, view.reverse, part, _bound(settings)).units
            table = frames.parameter_table(settings, view.layer, view.reverse, units)
            st.dataframe(table, hide_index=True, height=320)
            module = shared_build(page.settings).module
            file_button(
                "All parameters as .npz",
                lambda: archive(module),
                "unrolled_weights.npz",
                "application/zip",
                "`numpy.load` reads it: every parameter under PyTorch's name.",
            )


def show_reading(page: Page) -> None:
    """How to read the picture, in words that hold for these settings."""
    settings, view = page.settings, page.view
    end = suffix(view.layer, int(view.reverse))
    words = [
        f"The rows of each tensor are four blocks of H = {settings.hidden_size}: :blue[**i**] :orange[**f**] "
        ":green[**g**] :violet[**o**], always in this order. Each row belongs to one gate of one unit. "
        f"`weight_ih{end}` multiplies x, `weight_hh{end}` multiplies the h of the step before"
        + (" (the step after, in this direction)" if view.reverse else "")
        + "."
    ]
    words.append(reads_below(page))
    if settings.proj_size:
        words.append("`weight_hr` has no gates: its rows make the P numbers of h from the H units.")
    job = job_text(settings, look=False)  # neither c nor h is shown here
    how = [
        "The chips at the right have the gate that the library in *Read as* takes each block for. "
        + (
            "A chip in another colour than its block is a mistake."
            if revealed(page)
            else "They show it after your answer."
        ),
        _scale(settings),
        "The shade follows the square root of the value, so that small values can be seen. Point at a cell for its "
        "exact value.",
        which_shown(page, samples=False),
    ]
    st.markdown("\n\n".join(filter(None, (" ".join(filter(None, words)), job, small(" ".join(filter(None, how)))))))


def _scale(settings: Settings) -> str:
    if settings.job:
        largest = _bound(own(settings))
        return f"Colours go from red at −{largest:g} to teal at {largest:g}, the largest parameter of this cell."
    return (
        f"Colours go from red at −k to teal at k. k = 1/√H = {_bound(own(settings)):.3g} is the end of the interval "
        "from which parameters are sampled."
    )


def show_spread(page: Page) -> None:
    """All parameters as a histogram over the interval they are drawn from, and what it should look like."""
    settings = own(page.settings)
    found = spreading(settings)
    if settings.job:
        st.markdown(
            f"These parameters are set by hand, up to {found.largest:g}. `nn.LSTM` would have sampled them evenly from "
            f"−k to k, with k = 1/√H = {found.bound:.4g}. With such weights every gate stays around one half. Set "
            "*Weights* to “sampled” to see it.",
        )
        return
    inside = "none lies outside" if not found.outside else f"{found.outside} lie outside"
    st.markdown(
        f"`nn.LSTM` samples every parameter, also the biases, evenly from −k to k. k = 1/√H = **{found.bound:.4g}**: "
        f"more units mean smaller numbers. Of the {found.count} parameters here {inside}. Their standard deviation is "
        f"{found.deviation:.3f}; for even sampling it is k/√3 = {found.bound / 3**0.5:.3f}. A bar is expected to hold "
        f"{found.expected:.4g} parameters, which is the dashed line. The grey band is from two standard deviations "
        f"below that to two above. {found.ordinary} of {len(found.counts)} bars end in it.",
    )
    chart(
        charts.spread(),
        alt="A histogram of all parameters between minus k and k, with a dashed line at the number expected in each "
        "bar and a grey band around it. The text states how many bars end in the band.",
        bins=spread_columns(settings),
    )


# Other orders


def _letters(library: Library) -> str:
    return " ".join(f":{COLOURS[gate]}[**{library.g if gate == 'g' else gate}**]" for gate in library.order)


def _orders_table(page: Page) -> str:
    """How each library sorts and shapes the blocks, for these settings."""
    settings = page.settings
    units, width = settings.hidden_size, settings.output_size
    reads = settings.input_size if page.view.layer == 0 else width * settings.num_directions
    rows, ways = 4 * units, settings.num_directions
    bias = settings.bias
    gone = "no projection"
    shapes = {
        "PyTorch": (f"({rows}, {reads}), ({rows}, {width})", f"two, ({rows},) each" if bias else "none"),
        "Keras": (
            f"({reads}, {rows}), ({width}, {rows})",
            f"one, ({rows},): the sum" if bias else "none",
        ),
        "ONNX": (
            f"({ways}, {rows}, {reads}), ({ways}, {rows}, {width})",
            f"both in one, ({ways}, {2 * rows})" if bias else "none",
        ),
        "TensorFlow 1": (
            f"one, ({reads + width}, {rows})",
            f"one, ({rows},)",
        ),
    }
    lines = ["| | order | weights from x, from h | biases |", "|---|---|---|---|"]
    for name in frames.PLACES:
        library = LIBRARIES[name]
        weights, biased = shapes[name]
        if settings.proj_size and not library.projects:
            weights = gone
        lines.append(f"| {name} | {_letters(library)} | {weights} | {biased} |")
    names = (
        "What PyTorch calls g is called c in Keras and ONNX, and j in the code of TensorFlow 1. Keras and TensorFlow "
        "1 transpose the weights, and TensorFlow 1 adds its forget_bias of 1 to f when it runs."
    )
    return "\n".join(lines) + f"\n\n{small(names)}"


def show_orders(page: Page, reader: Library) -> None:
    """The blocks in four orders, a table of them, and the program that converts the parameters for the reader."""
    picture = ordering(own(page.settings), page.view.layer, page.view.reverse, reader.name, revealed(page))
    chart(
        charts.orders(picture.form),
        alt="Stacks of the gates' blocks, for PyTorch, Keras, ONNX and TensorFlow 1, each gate joined by a line of its "
        "colour; and one more: PyTorch's blocks with the names that another reader gives them. The table below says "
        "the same.",
        **picture.columns,
    )
    st.markdown(_orders_table(page))
    _conversion(page.settings, reader)


def _misread_verdict(settings: Settings, reader: Library) -> None:
    found = misreading(settings, reader.order)
    mixed = [
        f"the rows of {gate} as {reader.g if meant == 'g' else meant}"
        for gate, meant in zip("ifgo", reader.order, strict=True)
        if gate != meant
    ]
    far = ", ".join(f"`{row.name}` by up to {figure(row.difference)}" for row in found.rows)
    if not mixed:
        bits = "not one bit differs" if all(row.bitwise for row in found.rows) else f"what differs is {far}"
        rest = "" if reader.name == "PyTorch" else f" {reader.name} also needs transposed weights and one bias."
        verdict(True, "The same order.", f"{reader.name} reads every row as its own gate: {bits}.{rest}")
    elif found.same:
        verdict(
            True,
            "Another order, and no harm here:",
            f"{reader.name} reads {', '.join(mixed)}. With these weights and inputs only rounding differs.",
        )
    else:
        finding(
            "Other numbers, and no error.",
            f"{reader.name} reads {', '.join(mixed)}. This changes {far}.",
        )


def _conversion(settings: Settings, reader: Library) -> None:
    """On request, the program that hands the parameters over in the reader's own order."""
    if reader.name == "PyTorch":
        return
    if settings.proj_size and not reader.projects:
        st.caption(f"{reader.name}'s LSTM has no projection: this module cannot be converted for it.")
        return
    if place := folded(
        f"A program that converts the parameters for {reader.name} and compares", "convert", ":material/code:"
    ):
        with place:
            st.markdown(_needs(settings, reader))
            code(programs.converted(settings, reader.name))


def _needs(settings: Settings, reader: Library) -> str:
    if reader.name == "TensorFlow 1":
        return (
            "The program does not run TensorFlow 1 itself. It computes its `LSTMCell` in NumPy, with the kernel, "
            "order and `forget_bias` of its source, and compares `output`, `h_n` and `c_n` with the module's."
        )
    needs = {"Keras": "`keras` 3, here on its torch backend", "ONNX": "`onnx` and `onnxruntime`"}[reader.name]
    single = " Its LSTM computes only in float32." if (reader.name, settings.dtype) == ("ONNX", "float64") else ""
    return f"It needs {needs}, and compares `output`, `h_n` and `c_n` with the module's.{single}"


# Two biases


def show_biases(page: Page) -> None:
    """What two biases do that one would not, each claim with what was found."""
    text = (
        "A gate only gets the sum `bias_ih + bias_hh`. So one vector could do what the two do. But they "
        "change how the module learns."
    )
    found = tried(trial(page.settings))
    if found is None:
        st.markdown(f"{text} This module has no biases: turn *Biases* on in *Settings* to see the proof.")
        return
    st.markdown(f"{text}\n\n{_bias_table(found)}\n\n{small(_bias_notes(page.settings))}")


def _bias_table(found: Biases) -> str:
    worst = max(row.difference for row in found.moved.rows)
    exact = all(row.bitwise for row in found.moved.rows)
    stepped = f"{found.ratio:.4f} times as far"
    still = found.faint
    if still:
        stepped = "the gradients are too small: every gate is wide open or shut"
    kept = f"mean :orange[f] {found.kept[0]:.3f} → {found.kept[1]:.3f}"
    rows = (
        (
            "Only their sum matters: all of `bias_ih` moved into `bias_hh`",
            "not one bit differs" if exact else f"largest difference of output, h_n and c_n: {scientific(worst)}",
            found.moved.same,
        ),
        (
            "Their gradients are equal",
            f"largest difference {scientific(found.unequal)}, largest gradient {figure(found.gradient)}",
            found.equal,
        ),
        (
            "So a step of SGD moves the sum twice as far as it moves a single bias",
            stepped,
            None if still else found.twice,
        ),
        (
            "A forget bias of 1, filled into both vectors, is 2",
            f"f's pre-activation grows by {found.shift:.4g}; {kept}",
            found.two,
        ),
    )
    lines = ["| claim | found |", "|---|---|"]
    for claim, figures, holds in rows:
        mark = ":green[:material/check: holds:]" if holds else ":red[:material/close: does not hold:]"
        mark = ":gray[:material/remove: not seen here:]" if holds is None else mark
        lines.append(f"| {claim} | {mark} {figures} |")
    return "\n".join(lines)


def _bias_notes(settings: Settings) -> str:
    steps = trial(settings).seq_len
    return (
        "To have a forget bias of 1, fill one vector with 1 and the other with 0. The figures are from a run of one "
        f"sample and {steps} {'step' if steps == 1 else 'steps'}. The gradients are autograd's, of the mean square of "
        "`output`, in float64. A step of SGD is p − 0.1 · gradient."
    )


# To try


def doubled_units(page: Page) -> Attempt:
    """Double the hidden size, nothing else: what reads h grows fourfold, what reads x twofold."""
    settings = page.settings
    others = {name: value for name, value in vars(own(settings)).items() if name != "hidden_size"}
    seen: tuple[object, set[int]] = st.session_state.get("_halves", (None, set()))
    sizes = seen[1] if seen[0] == others else set()
    st.session_state["_halves"] = (others, sizes | {settings.hidden_size})
    outcome = ""
    half, odd = divmod(settings.hidden_size, 2)
    if not odd and half in sizes and settings.proj_size < half:
        before = own(settings.__class__(**others, hidden_size=half))
        grown = [
            f"{name} {a} → {b}, {b / a:.3g} times"
            for name, a, b in (
                (f"`{name}_l0`", old.numel(), new.numel())
                for name, old, new in (
                    (
                        name,
                        tensors(shared_build(before).module, 0, False)[name],
                        tensors(shared_build(settings).module, 0, False)[name],
                    )
                    for name in ("weight_ih", "weight_hh")
                )
            )
        ]
        a, b = before.num_parameters, settings.num_parameters
        outcome = (
            f"H {half} → {settings.hidden_size}: {a} → {b} parameters, **{b / a:.2f} times**. {grown[0]}; {grown[1]}. "
            "New units add rows. Where h is read back without a projection, they also add columns: units times units."
        )
    task = "Note the count, then double Hidden size and change nothing else: are there twice as many parameters?"
    return Attempt("Twice the units", task + _only_drawn(settings), outcome)


def _only_drawn(settings: Settings) -> str:
    return f" {settings.job.title} fixes the sizes: for this, set Weights to “sampled”." if settings.job else ""


def same_shapes(page: Page) -> Attempt:
    """As many inputs as numbers in h: the two weights of the first layer cannot be told apart by their shapes."""
    settings = page.settings
    outcome = ""
    if settings.input_size == settings.output_size:
        found = exchanging(settings)
        assert found is not None, "equal sizes are equal shapes"
        shape = (4 * settings.hidden_size, settings.input_size)
        difference = max(row.difference for row in found.rows)
        outcome = (
            f"`weight_ih_l0` and `weight_hh_l0` both have the shape {shape}. If they are exchanged, torch loads them "
            "without an error, and "
            + (
                "here even the result is the same."
                if found.same
                else f"what it returns differs by up to {figure(difference)}."
            )
        )
    letter = "Projection size" if settings.proj_size else "Hidden size"
    return Attempt(
        "Two weights of one shape",
        f"Set Input size to the {letter}, {settings.output_size}. Can torch then still tell `weight_ih_l0` from "
        "`weight_hh_l0`?" + _only_drawn(settings),
        outcome,
    )


def program(page: Page, reader: Library) -> str:
    """All of the lesson as one program."""
    return programs.program(page.settings, suffix(page.view.layer, int(page.view.reverse)), reader.name, reader.order)
