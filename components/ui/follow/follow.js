// Asks for a preview of the value under the thumb: the next one when the picture of the last one is in the page.
const UNHURRIED = 150; // ms. A preview that took longer is followed by a pause as long as the rest of its time
const PATIENCE = 3000; // ms after which a preview is believed lost

function next(root) {
  if (!root.wanted || root.busy || root.wanted.value === root.asked) return;
  root.number = (root.number ?? Date.now() % 1e6) + 1; // never a number of an earlier visit of this page
  root.asked = root.wanted.value;
  root.began = performance.now();
  root.busy = setTimeout(() => free(root), PATIENCE);
  root.ask("preview", { ...root.wanted, number: root.number });
}

function free(root) {
  clearTimeout(root.busy);
  root.busy = null;
  next(root);
}

export default function ({ parentElement: root, setTriggerValue }) {
  root.ask = setTriggerValue; // the newest one: it knows which fragment to run
  if (root.leave) return root.leave;
  const dragged = ({ detail }) => {
    root.wanted = detail;
    if (!detail) root.asked = undefined; // let go: the whole page follows
    next(root);
  };
  const shown = ({ detail }) => {
    if (detail !== root.number || !root.busy) return;
    clearTimeout(root.busy);
    const took = performance.now() - root.began;
    root.busy = setTimeout(() => free(root), Math.max(took - UNHURRIED, 0));
  };
  window.addEventListener("unrolleddrag", dragged);
  window.addEventListener("unrolledfollowed", shown);
  root.leave = () => {
    window.removeEventListener("unrolleddrag", dragged);
    window.removeEventListener("unrolledfollowed", shown);
    clearTimeout(root.busy);
    delete root.leave;
  };
  return root.leave;
}
