const KEPT = "unrolled";
const LOOK = 1000; // ms
const PATIENCE = 3; // looks without a connection: shorter gaps close by themselves
const SAFE = "your settings are in the address, and your answers are kept in this tab.";
const GONE = `The server cannot be reached. This page tries again by itself. After a minute, reload it: ${SAFE}`;
const STUCK = `This page cannot go on. Reload it: ${SAFE}`;

// What this tab remembers; null where there is nothing, or storage is closed.
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function remember(data) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(data));
  } catch {
    // A tab without storage forgets at a reload.
  }
}

// A connection that breaks while a run is asked for or under way leaves a part of that run unsent. Streamlit takes what
// comes after the break for the whole of it, and puts the controls of the missing part back to their defaults. So the page
// is opened anew: the address has the settings, also the one that was just changed. A page at rest is left as it is.
// Watched for as long as there is a document, since the break may come while one lesson gives way to the next.
function mendTornRuns(app) {
  let [acted, rested] = [0, performance.now()]; // when the visitor last did anything, when a run last ended
  let [connected, running, torn] = [true, false, false];
  for (const event of ["keydown", "pointerup", "popstate"]) {
    addEventListener(event, () => (acted = performance.now()), { capture: true, passive: true });
  }
  new MutationObserver(() => {
    const [wasConnected, wasRunning] = [connected, running];
    connected = app.dataset.testConnectionState === "CONNECTED";
    running = app.dataset.testScriptState !== "notRunning";
    if (wasConnected && !connected) torn ||= wasRunning || running || acted > rested;
    else if (!wasConnected && connected && torn) location.reload();
    else if (connected && wasRunning && !running) rested = performance.now();
  }).observe(app, { attributeFilter: ["data-test-connection-state", "data-test-script-state"] });
  return true;
}

// Asks the server for one more run, as soon as the page is at rest.
function mend(root, asks, setTriggerValue) {
  clearTimeout(root.asking);
  root.asking = setTimeout(() => {
    const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
    if (state === "notRunning") setTriggerValue("mend", asks);
    else mend(root, asks, setTriggerValue);
  }, 500);
}

// What is to be said of the connection; empty while there is one.
function trouble(root) {
  const state = document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState;
  root.missed = state === "CONNECTED" ? 0 : (root.missed ?? 0) + 1;
  for (const dialog of document.querySelectorAll("[role=dialog]")) {
    if (!dialog.textContent.includes("Connection error")) continue;
    root.stuck ||= dialog.textContent.includes("ForwardMsg MISS");
    // It asks about the internet, wherever the server is, and lies over the button. The bar says it all.
    dialog.querySelector("button[aria-label=Close]")?.click();
  }
  if (root.stuck || state === "DISCONNECTED_FOREVER") return STUCK;
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
  const before = remembered();
  const other = before && before.session !== data.session;
  if (other && !root.handed && (Object.keys(before.answers ?? {}).length || before.done?.length)) {
    root.handed = true; // once: the session that takes it over answers with data of its own
    setTriggerValue("remembered", before);
  } else {
    remember(data);
  }
  if (data.asks > (root.asks ?? 0)) mend(root, data.asks, setTriggerValue);
  root.asks = data.asks;
  const app = document.querySelector("[data-testid=stApp]");
  if (app) window.unrolledWatched ??= mendTornRuns(app);
  const bar = root.querySelector("[popover]");
  bar.querySelector("button").onclick = () => location.reload();
  clearInterval(root.timer);
  root.timer = setInterval(() => tell(bar, trouble(root)), LOOK);
  return () => {
    clearInterval(root.timer);
    clearTimeout(root.asking);
  };
}
