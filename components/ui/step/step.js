// Walks through the steps of the score without a trip to the server: the numbers of every step came with the page.
const LANES = ["i", "f", "g", "o", "c", "h"];
const HEADER = 6; // first step, columns, rows, first row, features, first feature

// The bytes may start at an odd offset, which Float32Array does not accept.
export function unpack(bytes) {
  const all = new Float32Array(bytes.slice().buffer);
  const [first, columns, rows, firstRow, features, firstFeature] = all;
  const steps = columns - 1;
  const x = all.subarray(HEADER, HEADER + steps * features);
  const lanes = all.subarray(HEADER + steps * features);
  return {
    first, columns, rows, firstRow, features, firstFeature,
    // x_t begins at t = 1; the column of the initial state has none.
    x: (t, k) => x[(t - 1) * features + k],
    at: (lane, t, row) => lanes[(lane * columns + t - first) * rows + row],
  };
}

const number = (value) => Number.isNaN(value) || value === undefined ? "–" : value.toFixed(4).replace("-", "−");

function show(root, trace, t) {
  const table = root.querySelector("table");
  let html = "<thead><tr><th scope=col>row</th><th scope=col>x</th>";
  html += LANES.map((lane) => `<th scope=col class=${lane}>${lane}</th>`).join("") + "</tr></thead><tbody>";
  for (let row = 0; row < Math.max(trace.rows, trace.features); row++) {
    const x = row < trace.features ? number(trace.x(t, row)) : "";
    // Features and units are numbered apart when either is a page of many.
    const name = trace.firstRow === trace.firstFeature || row >= trace.features ? trace.firstRow + row
      : row < trace.rows ? `${trace.firstRow + row} (x: ${trace.firstFeature + row})` : `x: ${trace.firstFeature + row}`;
    const cells = LANES.map((_, lane) => `<td>${row < trace.rows ? number(trace.at(lane, t, row)) : ""}</td>`);
    html += `<tr><th scope=row>${name}</th><td>${x}</td>${cells.join("")}</tr>`;
  }
  table.innerHTML = html + "</tbody>";
  root.querySelector(".numbers").hidden = false;
  const units = [];
  for (let row = 0; row < Math.min(trace.rows, 4); row++) {
    units.push(`unit ${trace.firstRow + row}: c ${number(trace.at(4, t, row))}, h ${number(trace.at(5, t, row))}`);
  }
  root.querySelector(".spoken").textContent = `Step ${t}. ${units.join("; ")}`;
}

export default function ({ parentElement: root, data }) {
  const input = root.querySelector("input");
  const output = root.querySelector("output");
  const trace = unpack(data);
  const last = trace.first + trace.columns - 1;
  input.min = trace.first;
  input.max = last;
  const announce = () => window.dispatchEvent(new CustomEvent("unrolledstep", { detail: Number(input.value) }));
  const move = () => {
    root.moved = true;
    output.textContent = `t = ${input.value}`;
    input.setAttribute("aria-valuetext", `step ${input.value} of ${last}`);
    show(root, trace, Number(input.value));
    announce();
  };
  input.oninput = move;
  if (root.moved) {
    move();
    // A chart that is being drawn anew misses the first event.
    clearTimeout(root.again);
    root.again = setTimeout(announce, 700);
  } else {
    input.value = trace.first;
    output.textContent = `${trace.first} … ${last}`;
  }
  return () => clearTimeout(root.again);
}
