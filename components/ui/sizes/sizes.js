// The controls of the sizes. While a thumb is dragged, the picture of the page may follow it (previews.js). When it is
// let go, and at every key and typed number, the server gets the new sizes: the next ones when the page has the last.
const SHIFT = 2; // the scale is log(value + SHIFT): small numbers have the most room
const MARKS = [1, 2, 5, 10, 20, 50, 100, 200];
const PAGE = 5; // of Page up and Page down
const [LOOK, IDLE, TRIES] = [250, 4, 3]; // ms between two looks; looks at a page at rest after which a change is lost; tries
const [DELAY, REPEAT] = [400, 90]; // ms before a pressed button repeats, and between two repeats
const APART = 60; // ms between a preview and the change that ends it: in one batch the change would be lost

const scale = (value) => Math.log(value + SHIFT);
const share = (value, low, high) => (high > low ? (scale(value) - scale(low)) / (scale(high) - scale(low)) : 0);
const valueAt = (part, low, high) => {
  const clamped = Math.min(Math.max(part, 0), 1);
  return Math.round(Math.exp(scale(low) + clamped * (scale(high) - scale(low))) - SHIFT);
};

function build(root, fields) {
  const [list, template] = [root.querySelector(".sizes"), root.querySelector("template")];
  list.replaceChildren();
  root.sizes = {};
  for (const { name, label, symbol, high, usual, help } of fields) {
    const element = template.content.cloneNode(true).firstElementChild;
    const [number, range, less, more] = ["number", "range", "less", "more"].map((part) => element.querySelector(`.${part}`));
    const title = element.querySelector(".name");
    element.dataset.size = name;
    title.append(`${label} `, Object.assign(document.createElement("i"), { textContent: symbol }));
    title.title = help;
    range.setAttribute("aria-label", label);
    number.setAttribute("aria-label", `${label} as a number`);
    less.setAttribute("aria-label", `${label}: one less`);
    more.setAttribute("aria-label", `${label}: one more`);
    list.append(element);
    root.sizes[name] = { name, label, high, usual, low: 1, value: 1, fixed: false, element, number, range, less, more };
    listen(root, root.sizes[name]);
  }
}

// Shows a value without asking for it.
function show(size, value) {
  size.value = value;
  const { element, number, range, less, more, low, high, fixed } = size;
  for (const input of [number, range]) [input.min, input.max, input.disabled] = [low, high, fixed];
  range.value = value;
  if (!size.typing) number.value = value;
  element.querySelector(".slide").style.setProperty("--at", share(value, low, high));
  [less.disabled, more.disabled] = [fixed || value <= low, fixed || value >= high];
}

function marks(size) {
  const place = (mark) => {
    const line = document.createElement("span");
    line.style.left = `${100 * share(mark, size.low, size.high)}%`;
    return line;
  };
  size.element.querySelector(".marks").replaceChildren(
    ...MARKS.filter((mark) => mark >= size.low && mark <= size.high).map(place),
  );
}

function say(root, words) {
  root.querySelector("[role=status]").textContent = words;
}

// A value on the way: the picture may follow, the controls on the server do not change.
function preview(root, size, value) {
  if (value === size.value) return;
  show(size, value);
  root.previewed = performance.now();
  wantPreview(root.previews, { key: size.name, value });
}

// A value that counts.
function choose(root, size, value) {
  show(size, value);
  say(root, "");
  root.pending = { ...root.pending, [size.name]: value };
  wantPreview(root.previews, null);
  send(root);
}

function send(root) {
  clearTimeout(root.sending);
  if (!root.pending || root.waiting) return;
  const wait = APART - (performance.now() - (root.previewed ?? -APART));
  if (wait > 0) {
    root.sending = setTimeout(() => send(root), wait);
    return;
  }
  root.count = (root.count ?? Date.now() % 1e6) + 1; // another tab of the session, or a new one, counts elsewhere
  const chosen = { ...root.pending, count: root.count };
  [root.sent, root.pending] = [root.pending, null];
  // Streamlit adds an entry to the history when the server's query is not the address, and "back" would go through
  // every value. So the address has the values when the server hears of them. tab.js has the function.
  for (const [name, value] of Object.entries(root.sent)) {
    window.unrolledWrite?.(name, value === root.sizes[name].usual ? null : String(value));
  }
  watch(root);
  root.ask("chosen", chosen);
}

// Looks after the change that was sent. If the page is at rest without an answer, the server has lost it, for example
// because a script run of another lesson began at that moment. Then it is sent again, a few times.
function watch(root) {
  let idle = 0;
  root.waiting = setInterval(() => {
    const app = document.querySelector("[data-testid=stApp]")?.dataset;
    idle = app?.testConnectionState === "CONNECTED" && app.testScriptState === "notRunning" ? idle + 1 : 0;
    if (idle < IDLE) return;
    root.tries = (root.tries ?? 1) + 1;
    if (root.tries <= TRIES) root.pending = { ...root.sent, ...root.pending };
    settle(root);
    send(root);
    take(root);
  }, LOOK);
}

function settle(root) {
  clearInterval(root.waiting);
  root.waiting = root.sent = null;
}

function answered(root) {
  root.tries = 1;
  settle(root);
  send(root);
}

// The sizes of a script run. Those of an older run are ignored while a newer change is on its way.
function take(root) {
  const data = window.unrolledSizes;
  if (!data || !root.sizes) return;
  if (root.waiting && data.count !== root.count) return;
  if (root.waiting) answered(root);
  for (const [name, size] of Object.entries(root.sizes)) {
    const { value, low, fixed, note } = data[name];
    const changed = size.low !== low || !size.marked;
    Object.assign(size, { low, fixed, marked: true });
    size.element.classList.toggle("fixed", fixed);
    size.element.querySelector(".note").textContent = note;
    if (changed) marks(size);
    const newer = root.pending?.[name] ?? root.sent?.[name];
    if (!size.held) show(size, newer ?? value);
  }
}

function listen(root, size) {
  const { number, range, less, more } = size;
  const clamp = (value) => Math.min(Math.max(value, size.low), size.high);

  range.onpointerdown = (event) => {
    if (event.button || !event.isPrimary || size.fixed) return;
    event.preventDefault(); // the native slider has a linear scale
    range.focus({ preventScroll: true });
    range.setPointerCapture(event.pointerId);
    size.held = true;
    const box = range.getBoundingClientRect();
    const follow = ({ clientX }) => preview(root, size, valueAt((clientX - box.left) / box.width, size.low, size.high));
    const end = (choice) => {
      range.onpointermove = range.onpointerup = range.onpointercancel = null;
      size.held = false;
      choose(root, size, choice);
    };
    const before = size.value;
    range.onpointermove = follow;
    range.onpointerup = () => end(size.value);
    range.onpointercancel = () => end(before); // a touch that became a scroll
    follow(event);
  };
  range.onkeydown = (event) => {
    const page = size.value + (event.key === "PageUp" ? PAGE : -PAGE);
    if (event.key !== "PageUp" && event.key !== "PageDown") return;
    event.preventDefault();
    choose(root, size, clamp(page));
  };
  range.oninput = () => choose(root, size, clamp(Number(range.value))); // arrow keys, Home, End, a screen reader

  number.oninput = () => (size.typing = true);
  number.onblur = () => (size.typing = false);
  number.onchange = () => {
    size.typing = false;
    const typed = number.value.trim() === "" ? NaN : Number(number.value);
    const value = Number.isFinite(typed) ? clamp(Math.round(typed)) : size.value;
    const wrong = value !== typed;
    number.value = value;
    if (value !== size.value) choose(root, size, value);
    else show(size, value);
    if (wrong) say(root, `${size.label} is a whole number from ${size.low} to ${size.high}: ${value} is used.`);
  };
  number.onkeydown = ({ key }) => {
    if (key !== "Escape") return;
    size.typing = false;
    show(size, size.value);
  };

  for (const [button, by] of [[less, -1], [more, 1]]) {
    const stop = () => {
      clearTimeout(button.repeating);
      if (!button.repeats) return;
      button.repeats = size.held = false;
      choose(root, size, size.value);
    };
    button.onclick = () => {
      if (!button.repeated) choose(root, size, clamp(size.value + by));
      button.repeated = false;
    };
    button.onpointerdown = (event) => {
      if (event.button) return;
      button.repeated = false;
      const repeat = () => {
        button.repeats = button.repeated = size.held = true;
        preview(root, size, clamp(size.value + by));
        button.repeating = setTimeout(repeat, REPEAT);
      };
      button.repeating = setTimeout(repeat, DELAY);
    };
    button.onpointerup = button.onpointerleave = button.onpointercancel = stop;
  }
}

export default function ({ parentElement: root, data, setTriggerValue }) {
  root.ask = setTriggerValue; // the newest one
  if (root.leave) return root.leave;
  build(root, data);
  root.previews = {};
  const shown = ({ detail }) => previewShown(root.previews, detail);
  const listener = () => take(root);
  // Back or forward: the address counts, and a change that is not answered yet belongs to the page before.
  const forget = () => {
    root.pending = null;
    answered(root);
  };
  window.addEventListener("unrolledsizes", listener);
  window.addEventListener("unrolledfollowed", shown);
  addEventListener("popstate", forget); // the browser's own event
  root.leave = () => {
    window.removeEventListener("unrolledsizes", listener);
    window.removeEventListener("unrolledfollowed", shown);
    removeEventListener("popstate", forget);
    for (const timer of [root.sending, root.previews.busy]) clearTimeout(timer);
    clearInterval(root.waiting);
    for (const { less, more } of Object.values(root.sizes)) for (const button of [less, more]) clearTimeout(button.repeating);
    delete root.leave;
  };
  take(root);
  return root.leave;
}
