// Lights a slot in the picture above without a trip to the server, and says where its numbers are.
export default function ({ parentElement: root, data }) {
  const [input, output, said] = ["input", "output", "p"].map((tag) => root.querySelector(tag));
  const announce = () => window.dispatchEvent(new CustomEvent("unrolledslot", { detail: Number(input.value) }));
  const show = () => {
    const name = data.names[Number(input.value)];
    output.textContent = name;
    input.setAttribute("aria-valuetext", name);
    if (root.moved) said.textContent = `${data.said[Number(input.value)].replace("\n", " ")}.`;
  };
  const move = () => {
    root.moved = true;
    show();
    announce();
  };
  input.max = data.names.length - 1;
  input.oninput = move;
  input.onfocus = () => root.moved || move(); // at the first slot already, Home would change nothing
  show();
  if (root.moved) {
    announce();
    // A chart that is being drawn anew misses the first event.
    clearTimeout(root.again);
    root.again = setTimeout(announce, 700);
  }
  return () => clearTimeout(root.again);
}
