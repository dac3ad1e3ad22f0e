// Walks through the steps of the score without a trip to the server: the numbers of every step came with the page.
const LANES = ["x", "i", "f", "g", "o", "c", "h"];
const LAYOUT = 24; // bytes of layout before the cells

// `packed` in live/score/frames.py says what the bytes hold.
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [size, first, columns, rows, firstUnit, firstFeature] = [0, 4, 8, 12, 16, 20].map((at) => view.getInt32(at, true));
  const none = size === 2 ? -(2 ** 15) : -(2 ** 31);
  return {
    first, columns, rows, firstUnit, firstFeature,
    last: first + columns - 1,
    // The number with four decimals; "" is no cell: a gate of the initial state, a feature beyond the input size.
    text(lane, t, row) {
      const at = LAYOUT + size * ((lane * columns + t - first) * rows + row);
      const whole = size === 2 ? view.getInt16(at, true) : view.getInt32(at, true);
      return whole === none ? "" : (whole / 10000).toFixed(4).replace("-", "\u2212");
    },
  };
}

function show(root, trace, t) {
  const head = ["row", ...LANES].map((name) => `<th scope="col" class="${name}">${name}</th>`).join("");
  const paged = trace.firstUnit !== trace.firstFeature;
  let body = "";
  for (let row = 0; row < trace.rows; row++) {
    // Where x shows another part of its rows than the units do, both numbers are named.
    const name = paged ? `${trace.firstUnit + row} (x: ${trace.firstFeature + row})` : trace.firstUnit + row;
    const cells = LANES.map((_, lane) => `<td>${trace.text(lane, t, row)}</td>`).join("");
    body += `<tr><th scope="row">${name}</th>${cells}</tr>`;
  }
  root.querySelector("table").innerHTML = `<thead><tr>${head}</tr></thead><tbody>${body}</tbody>`;
  root.querySelector(".numbers").hidden = false;
  const spoken = [];
  for (let row = 0; row < Math.min(trace.rows, 4); row++) {
    const [c, h] = [5, 6].map((lane) => trace.text(lane, t, row));
    spoken.push(`unit ${trace.firstUnit + row}: c ${c}, h ${h}`);
  }
  root.querySelector(".spoken").textContent = `Step ${t}. ${spoken.join("; ")}`;
}

export default function ({ parentElement: root }) {
  const input = root.querySelector("input");
  const output = root.querySelector("output");
  const announce = () => window.dispatchEvent(new CustomEvent("unrolledstep", { detail: Number(input.value) }));
  const move = () => {
    root.moved = true;
    output.textContent = `t = ${input.value}`;
    input.setAttribute("aria-valuetext", `step ${input.value} of ${root.trace.last}`);
    show(root, root.trace, Number(input.value));
    announce();
  };
  const receive = () => {
    if (!window.unrolledNumbers) return;
    root.trace = unpack(window.unrolledNumbers);
    input.min = root.trace.first;
    input.max = root.trace.last;
    if (root.moved) {
      move();
      // A chart that is being drawn anew misses the first event.
      clearTimeout(root.again);
      root.again = setTimeout(announce, 700);
    } else {
      input.value = root.trace.first;
      output.textContent = `${root.trace.first} … ${root.trace.last}`;
    }
  };
  input.oninput = move;
  input.onfocus = () => root.moved || !root.trace || move(); // at the first step already, Home would change nothing
  // One listener an instance, however often this function is called again.
  window.removeEventListener("unrollednumbers", root.receive);
  root.receive = receive;
  window.addEventListener("unrollednumbers", receive);
  receive();
  return () => {
    clearTimeout(root.again);
    window.removeEventListener("unrollednumbers", root.receive);
  };
}
