// Opens a result as one step of the browser's history. Streamlit's own link makes three: the new query on the old page, the
// new page, and the query as the new page spells it. Streamlit takes the event for Back, and opens what the address says.
const RESULT = "[class*='st-key-result_'] a";

function open(event) {
  const link = event.target.closest?.(RESULT);
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab is the browser's
  event.preventDefault();
  event.stopPropagation();
  history.pushState(null, "", link.href);
  dispatchEvent(new PopStateEvent("popstate"));
}

export default function () {
  addEventListener("click", open, { capture: true }); // once: it is the same function each time
  return leave;
}

function leave() {
  removeEventListener("click", open, { capture: true });
}
