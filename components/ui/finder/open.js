// Opens a result as one step of the browser's history. Streamlit's own link makes three: the new query on the old page, the
// new page, and the query as the new page spells it. Streamlit takes the event for Back, and opens what the address says.
const RESULT = "[class*='st-key-result_'] a";
const [LOOK, LOOKS] = [200, 75]; // ms between two looks for the place of the answer, and their number

function open(event) {
  const link = event.target.closest?.(RESULT);
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab is the browser's
  event.preventDefault();
  event.stopPropagation();
  history.pushState(null, "", link.href);
  dispatchEvent(new PopStateEvent("popstate"));
  lead(link.href, LOOKS);
}

// Scrolls to the answer, which may be far below the top of the lesson: the control in the page that the address names.
// It waits until the page is there and at rest. A visitor who does something meanwhile goes on from there.
function lead(address, looks) {
  let touched = false;
  const touch = () => (touched = true);
  for (const event of ["wheel", "pointerdown", "keydown"]) addEventListener(event, touch, { once: true, passive: true });
  const names = [...new URL(address).searchParams.keys()];
  const look = setInterval(() => {
    looks -= 1;
    if (touched || !looks || location.href.split("?")[0] !== address.split("?")[0]) return clearInterval(look);
    const app = document.querySelector("[data-testid=stApp]")?.dataset;
    if (app?.testScriptState !== "notRunning") return;
    const controls = names.map((name) => document.querySelector(`.st-key-${name}`)).filter((found) => found?.offsetParent);
    const [place] = controls.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
    if (!place) return;
    clearInterval(look);
    if (place.getBoundingClientRect().top > innerHeight * 0.6) place.scrollIntoView({ block: "start", behavior: "smooth" });
  }, LOOK);
}

export default function () {
  addEventListener("click", open, { capture: true }); // once: it is the same function each time
  return leave;
}

function leave() {
  removeEventListener("click", open, { capture: true });
}
