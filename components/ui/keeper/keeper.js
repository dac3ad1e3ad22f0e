const KEPT = "unrolled";
const LOOK = 1000; // ms
const PATIENCE = 3; // looks without a connection: shorter gaps close by themselves
const SAFE = "your settings are in the address, and your answers are kept in this tab.";
const GONE = `The server cannot be reached. This page tries again by itself. If that takes long, reload it later: ${SAFE}`;
const STUCK = `This page cannot go on. Reload it: ${SAFE}`;

// What this tab has kept; null where there is nothing, or storage is closed.
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function keep(data) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(data));
  } catch {
    // A tab without storage forgets at a reload.
  }
}

// What is to be said of the connection; empty while there is one.
function trouble(root) {
  const state = document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState;
  root.missed = state === "CONNECTED" ? 0 : (root.missed ?? 0) + 1;
  const dialogs = [...document.querySelectorAll("[role=dialog]")];
  if (state === "DISCONNECTED_FOREVER" || dialogs.some((dialog) => dialog.textContent.includes("ForwardMsg MISS"))) return STUCK;
  return root.missed >= PATIENCE ? GONE : "";
}

function tell(bar, words) {
  const text = bar.querySelector("p");
  if (text.textContent !== words) text.textContent = words;
  if (bar.matches(":popover-open") === Boolean(words)) return;
  // In the top layer, above Streamlit's own dialogs.
  if (words) bar.showPopover();
  else bar.hidePopover();
}

export default function ({ data, parentElement: root, setTriggerValue }) {
  const before = kept();
  const other = before && before.session !== data.session;
  if (other && !root.handed && (Object.keys(before.answers ?? {}).length || before.done?.length)) {
    root.handed = true; // once: the session that takes it over answers with data of its own
    setTriggerValue("kept", before);
  } else {
    keep(data);
  }
  const bar = root.querySelector("[popover]");
  bar.querySelector("button").onclick = () => location.reload();
  clearInterval(root.timer);
  root.timer = setInterval(() => tell(bar, trouble(root)), LOOK);
  return () => clearInterval(root.timer);
}
