// Points at one of the things in the picture above without a trip to the server, and says what is told of it.
export default function ({ parentElement: root, data }) {
  const [label, input, output, said] = ["label", "input", "output", "p"].map((tag) => root.querySelector(tag));
  let told = { names: [""], said: [""] };
  const place = () => Number(input.value);
  const counted = () => (data.backwards ? told.names.length - 1 - place() : place());
  const announce = () => window.dispatchEvent(new CustomEvent(data.event, { detail: counted() }));
  const show = () => {
    const name = told.names[place()];
    output.textContent = name;
    input.setAttribute("aria-valuetext", name);
    if (root.moved || data.shown) said.textContent = `${told.said[place()].replace("\n", " ")}.`;
  };
  const move = () => {
    root.moved = true;
    root.count = counted();
    show();
    announce();
  };
  // What is told comes through a component of its own, before or after this one.
  const take = () => {
    if (!(told = window.unrolledTold?.[data.event] ?? told).names[0]) return;
    const last = told.names.length - 1;
    input.max = last;
    // Counted from the end, it stays as far from the end as it was.
    if (data.backwards) input.value = Math.max(last - (root.count ?? 0), 0);
    show();
    if (!root.moved) return;
    announce();
  };
  // A chart that is put in place anew has not heard of it; it is ready to listen a moment after its canvas is there.
  const anew = (node) => node instanceof Element && (node.matches("canvas") || node.querySelector("canvas"));
  const watch = new MutationObserver((records) => {
    if (!root.moved || !records.some(({ addedNodes }) => [...addedNodes].some(anew))) return;
    clearTimeout(root.again);
    root.again = setTimeout(announce, 300);
  });
  label.textContent = data.label;
  said.classList.toggle("shown", data.shown);
  input.oninput = move;
  input.onfocus = () => root.moved || move(); // at the first place already, Home would change nothing
  root.leave?.();
  window.addEventListener("unrolledtold", take);
  watch.observe(document.body, { childList: true, subtree: true });
  root.leave = () => {
    window.removeEventListener("unrolledtold", take);
    watch.disconnect();
    clearTimeout(root.again);
  };
  take();
  return () => root.leave();
}
