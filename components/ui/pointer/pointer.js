// Points at one of the things in the picture above without a trip to the server, and says what is told of it.
export default function ({ parentElement: root, data }) {
  const [label, input, output, said] = ["label", "input", "output", "p"].map((tag) => root.querySelector(tag));
  const last = data.names.length - 1;
  const place = () => Number(input.value);
  const counted = () => (data.backwards ? last - place() : place());
  const announce = () => window.dispatchEvent(new CustomEvent(data.event, { detail: counted() }));
  const show = () => {
    const name = data.names[place()];
    output.textContent = name;
    input.setAttribute("aria-valuetext", name);
    if (root.moved) said.textContent = `${data.said[place()].replace("\n", " ")}.`;
  };
  const move = () => {
    root.moved = true;
    root.count = counted();
    show();
    announce();
  };
  label.textContent = data.label;
  input.max = last;
  // Counted from the end, it stays as far from the end as it was.
  if (data.backwards) input.value = Math.max(last - (root.count ?? 0), 0);
  input.oninput = move;
  input.onfocus = () => root.moved || move(); // at the first place already, Home would change nothing
  show();
  if (root.moved) {
    announce();
    // A chart that is being drawn anew misses the first event.
    clearTimeout(root.again);
    root.again = setTimeout(announce, 700);
  }
  return () => clearTimeout(root.again);
}
