"""The clinic on its page: a case, its probes, the wrong line, why it is wrong, and the mend."""

import inspect
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from components.lessons.clinic import CASES, LESSON, VIEWS, quoted
from components.lessons.clinic import program as programs
from components.lessons.clinic.cases.show import SAID
from components.lessons.clinic.charts import cells, losses
from components.lessons.clinic.facts import PROBES, Finding, Probed, Ran, Sources, plain, probing, probing_all, running
from components.lessons.clinic.frames import curves, overview, probes
from components.settings import Switch
from components.training.run import Run
from components.ui import beside, furniture
from components.ui.chart import chart
from components.ui.component import script
from components.ui.furniture import Attempt, aside, code, download, folded, revealed, verdict
from components.ui.shell import Page
from components.ui.tab import DONE

ALL = "all twelve"  # in place of a probe
RUN = "clinic_run"  # the key of the button that runs the programs
BEGINS = "_clinic_begins"  # in the session: whether the next script run begins another case
NAMES = ("this program", "mended")
ALT = (
    "A row for each of twelve probes, with two cells: the figure of this program, and that of a healthy one. Each has "
    "a mark: passed, failed, or without a meaning here. The sentence beside the picture says what the last probe found."
)
MAP_ALT = (
    "A row for each case and a column for each of twelve probes, with a mark in each cell whose probe was run in this "
    "visit: passed, failed, or without a meaning."
)
CURVES_ALT = "The loss of the program over its training steps as a line, and that of the mended program as another."
READING = (
    "Each row is a probe. It runs the program and looks at what comes out. ✗ means that the program fails, ✓ that it "
    "passes, – that the probe has no meaning for it. The number is what the verdict rests on. The healthy program "
    "beside it is the same one, mended. *Seed* in *Settings* gives both other random numbers."
)
# Lessons that show what a case is about
LESSONS = {
    "River": ("views", "What `view` and `reshape` do to the axes"),
    "Bakery": ("shapes", "Which axis is time"),
    "Lamp": ("batches", "Who gets which state"),
    "Listener": ("batches", "How a state is handed on"),
    "Melody": ("layers", "What two directions see"),
    "Letters": ("lengths", "What padding does"),
}

_TOP = st.components.v2.component("unrolled_clinic_top", js=script(Path(__file__).parent / "top.js"))


@dataclass
class Progress:
    """What a visitor has done in one case."""

    seed: int  # of the figures in `found`
    found: dict[str, Probed] = field(default_factory=dict)  # by the name of the probe
    told: str = ""  # the last answer of the page to a line or a reason
    line: bool = False  # whether the wrong line was found
    solved: bool = False  # whether its reason was found too


def _progress(page: Page, case: str) -> Progress:
    """This visitor's progress in a case. Figures of another seed are forgotten."""
    visit: dict[str, Progress] = st.session_state.setdefault("_clinic", {})
    progress = visit.setdefault(case, Progress(page.settings.seed))
    if progress.seed != page.settings.seed:
        progress.seed, progress.found = page.settings.seed, {}
    if _mark(case) in st.session_state.setdefault(DONE, set()):
        progress.line = progress.solved = True
    return progress


def _mark(case: str) -> str:
    """What the browser's tab remembers of a case that is solved."""
    return f"clinic: {case}"


def _sources(page: Page, case: str) -> Sources:
    seed = page.settings.seed
    return programs.program(case, False, seed), programs.program(case, True, seed)


def choose(page: Page) -> tuple[str, tuple[Any, ...]]:
    """Show the choice of a case, what its author says, and the tabs; the chosen case, and the places of the tabs.

    The coach belongs to the open tab: it has one thing to do at a time, which fits the screen beside the tab.
    """
    with page.picture:
        left, right = st.columns((2, 7), vertical_alignment="center", gap="small")
        chosen = left.selectbox("Case", CASES, key="case", bind="query-params", label_visibility="collapsed")
        case = str(chosen or CASES[0])
        said = SAID[case]
        with right.container(gap=None):
            st.markdown(f":small[This program {said.does}. Its author says: *“{said.told}”*]")
            if st.session_state.pop(BEGINS, False):
                _TOP(key="clinic_top", height="content")
        return case, furniture.topics(page, "clinic_view")


def with_answer_folded(page: Page) -> Page:
    """The page for the question: once the visitor has begun a case, the coach shows the answer folded to one line."""
    visit: dict[str, Progress] = st.session_state.get("_clinic", {})
    has_begun = any(progress.found or progress.told or progress.line for progress in visit.values())
    if page.asked is not None or page.view.answers or not revealed(page) or not has_begun:
        return page
    return replace(page, coach=page.coach.expander("The question, and your answer", icon=":material/help:"))


def _with_probes() -> bool:
    """Whether the page has the probes. Their switch is further below, so at first only the address knows."""
    return bool(st.session_state.get("probes", st.query_params.get("probes") != "false"))


def show_probes(page: Page, case: str, place: Any) -> None:
    """Fill the tab *Probes*; beside it, in the coach, run a probe and read what it found."""
    progress = _progress(page, case)
    if revealed(page):
        with page.coach:
            if _with_probes():
                _examine(page, case, progress)
            else:
                st.markdown("**The probes are hidden.** Read the program, and find the fault in it.")
            to_read = ("clinic_view", VIEWS[1])
            st.button("Point at the line", icon=":material/ads_click:", key="read", on_click=_turn_to, args=to_read)
    with place:
        layout = probes(progress.found, str(st.session_state.get("probe", "")))
        chart(cells(layout.form), alt=ALT, **layout.columns)


def _examine(page: Page, case: str, progress: Progress) -> None:
    st.markdown(":small[Run probes, point at the wrong line, say why, run both.]")
    label = "**Examine it with a probe.** It runs the program and does not read it."
    chosen = str(st.selectbox(label, (*PROBES, ALL), key="probe") or ALL)
    names = tuple(PROBES) if chosen == ALL else (chosen,)
    start = "Run all probes" if chosen == ALL else "Run the probe"
    words = beside.Words("examination", "probe", start, "Stop", ":material/stethoscope:")
    work = probing(case, _sources(page, case), page.settings.seed, names)
    beside.show("clinic_probe", work, words, partial(_take, progress))
    if chosen != ALL:
        _say(chosen, progress.found.get(chosen))
    elif progress.found:
        failed = [name for name, (own, _) in progress.found.items() if own.passed is False]
        listed = ", ".join(f"*{name}*" for name in failed)
        st.markdown(
            f"It fails {len(failed)} of the {len(progress.found)} that were run{f': {listed}' if failed else ''}."
        )


def _take(progress: Progress, run: Run[tuple[str, Finding]] | None) -> None:
    """Keep the findings of a run."""
    findings = run.findings[:] if run else []
    for (name, own), (_, healthy) in zip(findings[::2], findings[1::2], strict=False):
        progress.found[name] = own, healthy


def _take_all(page: Page, run: Run[tuple[str, str, Finding]] | None) -> None:
    """Keep the findings of a run over all cases."""
    findings = run.findings[:] if run else []
    for (case, name, own), (_, _, healthy) in zip(findings[::2], findings[1::2], strict=False):
        _progress(page, case).found[name] = own, healthy


def _say(name: str, found: Probed | None) -> None:
    """What a right model does, and what this one did."""
    rule = str(inspect.getdoc(PROBES[name]))
    if found is None:
        aside(rule)
    elif found[0].passed is None:
        st.info(f"**No meaning here.** {found[0].did}", icon=":material/remove:")
    else:
        verdict(found[0].passed, "Passed." if found[0].passed else "Failed.", f"{rule} **Here:** {found[0].did}")


def show_program(page: Page, case: str, place: Any) -> None:
    """Fill the tab *Program*; beside it, in the coach, point at the wrong line, and say why it is wrong."""
    progress, said = _progress(page, case), SAID[case]
    with place:
        source = _sources(page, case)[0]
        if revealed(page) and (page.view.answers or progress.line):
            source = programs.marked(source, programs.number_of(case, said.wrong))
        st.code(source, language="python", line_numbers=True, wrap_lines=True)  # whole: the wrong line is far down
    if not revealed(page):
        return
    with page.coach:
        if progress.told and not page.view.answers:
            st.warning(progress.told, icon=":material/psychology_alt:")
        if page.view.answers or progress.solved:
            _show_mend(page, case)
        elif not progress.line:
            numbers = {programs.number_of(case, start): start for start in (said.wrong, *said.lines)}
            labels = {f"{number}: `{programs.line(case, number)}`": numbers[number] for number in sorted(numbers)}
            st.radio("**Which line is wrong?**", labels, index=None, key=f"line_{case}", on_change="ignore")
            told = (progress, case, labels)
            st.button("Point at it", icon=":material/ads_click:", key="point", on_click=_point, args=told)
        else:
            texts = [belief.text for belief in said.beliefs]
            st.success(f"**Line {programs.number_of(case, said.wrong)} is wrong.**", icon=":material/check_circle:")
            st.radio("**Why?**", texts, index=None, key=f"why_{case}", on_change="ignore")
            st.button("That is why", icon=":material/check:", key="why", on_click=_explain, args=(progress, case))


def _point(progress: Progress, case: str, labels: dict[str, str]) -> None:
    """Take the chosen line."""
    start = labels.get(st.session_state.get(f"line_{case}", ""))
    if start is None:
        st.toast("Choose a line first.", icon=":material/radio_button_checked:")
        return
    progress.line = start == SAID[case].wrong
    number = programs.number_of(case, start)
    progress.told = "" if progress.line else f"**No. Line {number} does its work.** {SAID[case].lines[start]}"


def _explain(progress: Progress, case: str) -> None:
    """Take the chosen reason."""
    given = st.session_state.get(f"why_{case}")
    belief = next((belief for belief in SAID[case].beliefs if belief.text == given), None)
    if belief is None:
        st.toast("Choose a reason first.", icon=":material/radio_button_checked:")
        return
    progress.solved = belief.right
    progress.told = "" if belief.right else f"**No.** You chose: {belief.text}. {belief.why}"
    if belief.right:
        st.session_state.setdefault(DONE, set()).add(_mark(case))


def _show_mend(page: Page, case: str) -> None:
    """What is wrong, the mend, and where to go from here."""
    said = SAID[case]
    right = next(belief for belief in said.beliefs if belief.right)
    number = programs.number_of(case, said.wrong)
    st.success(f"**Line {number}:** {right.text}. {right.why}", icon=":material/check_circle:")
    st.code(programs.mend(case), language="diff", wrap_lines=True)
    with st.container(horizontal=True):
        st.button("Run both", icon=":material/play_arrow:", key="both", on_click=_run_both, args=(page, case))
        label = f"Go on: {said.akin} looks like it"
        st.button(label, icon=":material/arrow_forward:", key="akin", on_click=_turn_to, args=("case", said.akin))


def _turn_to(key: str, value: str) -> None:
    """Set a control; another case begins with its probes, at the top of the page."""
    st.session_state[key] = value
    if key == "case":
        st.session_state["clinic_view"] = VIEWS[0]
        st.session_state[BEGINS] = True


def _run_both(page: Page, case: str) -> None:
    """Start both programs, and show the tab in which they run."""
    beside.desk_of(RUN).begin(running(case, _sources(page, case), page.settings.seed, both=True), None)
    _turn_to("clinic_view", VIEWS[2])


def show_run(page: Page, case: str, place: Any) -> None:
    """Fill the tab *Run*: train the program, and the mended one too once its fault is found.

    The curves are in the tab, the figures in the coach. A run of the program alone is shown until both are started.
    """
    progress = _progress(page, case)
    both = page.view.answers or progress.solved
    alone, work = (running(case, _sources(page, case), page.settings.seed, which) for which in (False, both))
    earlier = beside.desk_of(RUN).of(alone)
    words = beside.Words(
        "run",
        "step",
        "Run both programs" if both else "Run the program",
        "Stop",
        ":material/play_arrow:",
        none="The mended program has not run yet."
        if earlier
        else "Not run yet. It trains a small net, which takes a second or two.",
    )
    reports: dict[str, dict[str, float]] = {}
    with place:
        beside.show(RUN, work, words, partial(_show_curves, reports, earlier))
    if not revealed(page):
        return
    with page.coach:
        if reports:
            st.markdown("**What its author sees**\n\n" + _table(reports))
        else:
            st.markdown("**Run it, and see what its author sees:** its loss, and its figures on new data.")
        if both:
            _show_mend(page, case)


def _show_curves(reports: dict[str, dict[str, float]], earlier: Run[Ran] | None, run: Run[Ran] | None) -> None:
    """The losses so far, or those of an `earlier` run; what the programs report goes into `reports`."""
    shown = run or earlier
    findings = shown.findings[:] if shown else []
    steps = {
        name: [ran.loss for ran in findings if ran.mended == bool(which) and ran.report is None]
        for which, name in enumerate(NAMES)
    }
    chart(losses(*NAMES), alt=CURVES_ALT, curves=curves(steps))
    for ran in findings:
        if ran.report is not None:
            reports[NAMES[ran.mended]] = {"loss at the end": ran.loss, **ran.report}


def _table(reports: dict[str, dict[str, float]]) -> str:
    """A column for each program, and a row for each figure."""
    rows = ["| | " + " | ".join(reports) + " |", "|---" * (len(reports) + 1) + "|"]
    for name in next(iter(reports.values())):
        rows.append(f"| {name} | " + " | ".join(plain(report[name]) for report in reports.values()) + " |")
    return "\n".join(rows)


def attempts(page: Page) -> None:
    """What to try: several cases, and two that look alike."""
    done: set[str] = st.session_state.setdefault(DONE, set())
    solved = [case for case in CASES if _mark(case) in done]
    pair = next((case for case in solved if SAID[case].akin in solved), None)
    furniture.attempts(
        page,
        Attempt(
            "Find three faults",
            f"You have found {len(solved)} of {len(CASES)}.",
            f"Found: {', '.join(solved)}." if len(solved) >= 3 else "",
        ),
        Attempt(
            "The same look, another cause",
            "Find a fault, then press *Go on* and find the fault of the case that looks like it.",
            f"{pair} and {SAID[pair].akin} look alike. Their wrong lines have nothing in common." if pair else "",
        ),
    )


def show_map(page: Page) -> None:
    """What this visit has found: cases and probes."""
    found = {case: _progress(page, case).found for case in CASES}
    layout = overview(CASES, found)
    chart(cells(layout.form), alt=MAP_ALT, **layout.columns)
    aside(" · ".join(f"{number} {name}" for number, name in enumerate(PROBES, start=1)))
    if page.view.answers:
        words = beside.Words("examination", "program", "Examine all programs", "Stop", ":material/stethoscope:")
        everything = {case: _sources(page, case) for case in CASES}
        beside.show("clinic_all", probing_all(everything, page.settings.seed), words, partial(_take_all, page))


def show_switch() -> None:
    """The switch that hides the probes, for a class that has to read."""
    switch = LESSON.controls["probes"]
    assert isinstance(switch, Switch)
    st.toggle(switch.label, value=True, key="probes", bind="query-params", help=switch.help)


def show_file() -> None:
    """The probes as a file to take home."""
    source = inspect.getsource(quoted)
    words, _, body = source.removeprefix('"""').partition('"""\n\n')
    st.markdown(words.partition("\n\n")[2])
    download("check_my_lstm.py", source, "check_my_lstm.py", "text/x-python")
    if place := folded("The file: check_my_lstm.py", "check", ":material/code:"):
        with place:
            code(body)


def take_away(page: Page, case: str) -> None:
    """The program of the case, as it is."""
    name = f"unrolled_clinic_{case.lower()}"
    furniture.take_away(_sources(page, case)[0], name, "the program of this case, with its fault")


def refer(case: str) -> None:
    """A link to the lesson on what the case is about, and where such code was found."""
    if case in LESSONS:
        furniture.refer(*LESSONS[case])
