const KEPT = "unrolled";
const LOOK = 1000; // ms between two looks at the connection and the address
const MOST = 2; // script runs that are asked for in a row, to make address and controls agree
const TRIES = 3; // how often a new session is given what an earlier one left
const PATIENCE = 3; // checks without a connection before the message; Streamlit closes shorter gaps itself
const SAFE = "your settings are in the address, and your answers are kept in this tab.";
const GONE = `The server cannot be reached. This page tries again by itself. After a minute, reload it: ${SAFE}`;
const STUCK = `This page cannot go on. Reload it: ${SAFE}`;

// What this tab has stored; null if there is nothing, or if the browser allows no storage.
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
    // Without storage the answers are lost at a reload.
  }
}

// Whether the session has all that is kept.
function hasAll(data, kept) {
  const [stems, titles] = [Object.keys(kept.answers ?? {}), Array.isArray(kept.done) ? kept.done : []];
  return stems.every((stem) => stem in data.answers) && titles.every((title) => data.done.includes(title));
}

// Gives a new session what an earlier one left, until the session has it. Meanwhile the tab keeps it: the message can be
// lost, if the next server goes too. The server may refuse a part of it, so this ends after a few times.
function handOver(root, data, setTriggerValue) {
  const kept = remembered();
  if (root.session !== data.session) [root.session, root.handed] = [data.session, 0];
  root.pending = Boolean(kept) && kept.session !== data.session && !hasAll(data, kept) && root.handed < TRIES;
  if (!root.pending) return remember(data);
  root.handed += 1;
  setTriggerValue("remembered", kept);
}

// If the connection breaks during a script run, or while one is requested, a part of this script run is never sent.
// Streamlit then takes the rest for the whole page, and resets the controls of the missing part to their defaults. So
// the page is reloaded: the address has all settings, also the latest change. A page at rest stays as it is. The observer
// lives as long as the document, because the break may come while the visitor changes the lesson.
function mendTornRuns(app) {
  let [acted, rested] = [0, performance.now()]; // times: the visitor's latest action, the end of the latest script run
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

// The names of the controls that have another value than the address. Without an entry it says the usual value.
function contradicted(usual) {
  const values = window.unrolledValues;
  if (!values) return [];
  const address = new URLSearchParams(location.search);
  return [...new Set([...Object.keys(usual), ...Object.keys(values)])].filter((name) => {
    const [said, value] = [address.getAll(name), values[name] ?? usual[name]];
    return said.length ? said.length > 1 || said[0] !== value : value !== usual[name];
  });
}

// Writes a value into the address of this entry of the history; null takes the name out. A name stays in its place, or is
// added at the end, as the server does it.
function write(name, value) {
  const parts = location.search.slice(1).split("&").filter(Boolean);
  const at = parts.findIndex((part) => part.startsWith(`${name}=`));
  const rest = parts.filter((part) => !part.startsWith(`${name}=`));
  if (value !== null) rest.splice(at < 0 ? rest.length : at, 0, new URLSearchParams([[name, value]]).toString());
  const address = location.pathname + (rest.length ? `?${rest.join("&")}` : "") + location.hash;
  history.replaceState(history.state, "", address);
}

// Whether the page is connected, and no script runs.
function rests() {
  const app = document.querySelector("[data-testid=stApp]")?.dataset;
  return app?.testConnectionState === "CONNECTED" && app.testScriptState === "notRunning";
}

// Asks for a script run that writes the address, if a page at rest contradicts it at two looks in a row. Some values
// Streamlit never writes, for example which tab of a page is open: after a few times this script writes them itself.
function mend(root, usual, setTriggerValue) {
  const names = rests() ? contradicted(usual) : [];
  if (rests() && !names.length) root.asked = 0;
  root.looks = names.length ? (root.looks ?? 0) + 1 : 0;
  if (root.looks < 2 || (root.asked ?? 0) > MOST) return;
  root.looks = 0;
  root.asked = (root.asked ?? 0) + 1;
  if (root.asked <= MOST) setTriggerValue("contradicted", names);
  else for (const name of names) write(name, window.unrolledValues[name] ?? null);
}

// The message about the connection; empty while there is a connection.
function trouble(root) {
  const state = document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState;
  root.missed = state === "CONNECTED" ? 0 : (root.missed ?? 0) + 1;
  for (const dialog of document.querySelectorAll("[role=dialog]")) {
    if (!dialog.textContent.includes("Connection error")) continue;
    root.stuck ||= dialog.textContent.includes("ForwardMsg MISS");
    // Streamlit's dialog asks about the internet, even if the server is on this machine, and it covers our button. So
    // it is closed: the bar has the full message.
    dialog.querySelector("button[aria-label=Close]")?.click();
  }
  if (root.stuck || state === "DISCONNECTED_FOREVER") return STUCK;
  return root.missed >= PATIENCE ? GONE : "";
}

function tell(bar, words) {
  const text = bar.querySelector("p");
  if (text.textContent !== words) text.textContent = words;
  if (bar.matches(":popover-open") === Boolean(words)) return;
  // A popover is in the top layer, above Streamlit's own dialogs.
  if (words) bar.showPopover();
  else bar.hidePopover();
}

// A canvas does not change when a typeface arrives that it could not use yet. So the charts are told (`charts/template.py`).
const fontsCame = () => window.dispatchEvent(new CustomEvent("unrolledfonts"));

// Streamlit prints a page without its menu, but with everything to press. This component is on every page, so it brings
// the style sheet for paper. A component's own styles reach no further than the component: the sheet moves to the page.
function onPaper(root) {
  const sheet = root.querySelector(".print");
  if (!sheet) return;
  if (document.head.querySelector("style.print")) sheet.remove();
  else document.head.append(sheet);
}

// Before the page is printed, its style sheet for paper is told whether the theme is dark.
function tellTheme() {
  const app = document.querySelector("[data-testid=stApp]");
  const dark = app && getComputedStyle(app).colorScheme.includes("dark");
  document.documentElement.classList.toggle("unrolled-dark", Boolean(dark));
}

export default function ({ data: [session, answers, done, usual], parentElement: root, setTriggerValue }) {
  const data = { session, answers, done };
  handOver(root, data, setTriggerValue);
  const app = document.querySelector("[data-testid=stApp]");
  if (app) window.unrolledWatched ??= mendTornRuns(app);
  onPaper(root);
  window.onbeforeprint = tellTheme; // the browser's own event
  window.unrolledWrite = write;
  document.fonts.addEventListener("loadingdone", fontsCame); // once: it is the same function each time
  const bar = root.querySelector("[popover]");
  bar.querySelector("button").onclick = () => location.reload();
  clearInterval(root.timer);
  root.timer = setInterval(() => {
    tell(bar, trouble(root));
    if (root.pending && rests()) handOver(root, data, setTriggerValue);
    mend(root, usual, setTriggerValue);
  }, LOOK);
  return () => clearInterval(root.timer);
}
