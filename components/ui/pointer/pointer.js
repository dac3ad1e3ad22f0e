// Points at one thing in the picture above without asking the server, and shows the sentence on it.
export default function ({ parentElement: root, data }) {
  const [label, input, output, sentence] = ["label", "input", "output", "p"].map((tag) => root.querySelector(tag));
  let words = { names: [""], sentences: [""] };
  const place = () => Number(input.value);
  const number = () => (data.backwards ? words.names.length - 1 - place() : place());
  const announce = () => window.dispatchEvent(new CustomEvent(data.event, { detail: number() }));
  const show = () => {
    const name = words.names[place()];
    output.textContent = name;
    input.setAttribute("aria-valuetext", name);
    if (root.moved || data.shown) sentence.textContent = `${words.sentences[place()].replace("\n", " ")}.`;
  };
  const move = () => {
    root.moved = true;
    root.count = number();
    show();
    announce();
  };
  // The words come through a component of their own, before or after this one is placed.
  const take = () => {
    if (!(words = window.unrolledWords?.[data.event] ?? words).names[0]) return;
    const last = words.names.length - 1;
    input.max = last;
    // A position that counts from the end keeps its distance from the end.
    if (data.backwards) input.value = Math.max(last - (root.count ?? 0), 0);
    show();
    if (!root.moved) return;
    announce();
  };
  // A new chart does not know the position yet. It can listen a moment after its canvas appears.
  const hasCanvas = (node) => node instanceof Element && (node.matches("canvas") || node.querySelector("canvas"));
  const watch = new MutationObserver((records) => {
    if (!root.moved || !records.some(({ addedNodes }) => [...addedNodes].some(hasCanvas))) return;
    clearTimeout(root.again);
    root.again = setTimeout(announce, 300);
  });
  label.textContent = data.label;
  sentence.classList.toggle("shown", data.shown);
  input.oninput = move;
  input.onfocus = () => root.moved || move(); // otherwise the first position could not be chosen: Home changes nothing
  root.leave?.();
  window.addEventListener("unrolledwords", take);
  watch.observe(document.body, { childList: true, subtree: true });
  root.leave = () => {
    window.removeEventListener("unrolledwords", take);
    watch.disconnect();
    clearTimeout(root.again);
  };
  take();
  return () => root.leave();
}
