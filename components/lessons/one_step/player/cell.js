// The arithmetic of one LSTM cell. It takes a run and its weights, and gives numbers and their terms. It knows no page.
//
// x, h, c and the gates are torch's own numbers. Sums and products are computed here, in double precision, from torch's
// inputs, states and weights.
// A reference {kind, t, n} names a number. n is a unit, or for x a feature. Kinds: x, h, c; the gates i, f, g, o; kept
// (f times the c before), written (i g), tanh (of c), shown (o tanh c, which a projection reads); pre-i, pre-f, pre-g,
// pre-o (before the activation).
export const GATES = ["i", "f", "g", "o"];
export const GATE_NAMES = { i: "input gate", f: "forget gate", g: "cell gate", o: "output gate" };
const LAYOUT = 32; // bytes before the numbers
const SHOWN = 8; // terms listed one by one

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
export const activation = (gate) => (gate === "g" ? Math.tanh : sigmoid);
const added = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

// Four decimals, as torch prints, with a real minus; never "-0.0000".
export function decimals(number, digits = 4) {
  const text = Math.abs(number).toFixed(digits);
  return number < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
}
export const scientific = (number) => (number ? number.toExponential(1).replace(/e-(\d)$/, "e-0$1").replace("-", "\u2011") : "0");
const low = (t) => [...String(t)].map((digit) => "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089"[digit]).join("");

// `packed` in one_step/frames.py says what the bytes hold.
export function unpack(bytes) {
  const buffer = bytes.slice().buffer; // a copy, which is aligned
  const [T, R, H, P, bias, reverse, layer, range] = new Int32Array(buffer, 0, 8);
  let at = LAYOUT;
  const next = (rows, columns) => {
    const all = new Float32Array(buffer, at, rows * columns);
    at += all.byteLength;
    return Object.assign((row, column) => all[row * columns + column], { all });
  };
  const x = next(T, R);
  const gates = Object.fromEntries(GATES.map((gate) => [gate, next(T, H)]));
  const c = next(T + 1, H);
  const h = next(T + 1, P);
  const weight_ih = next(4 * H, R);
  const weight_hh = next(4 * H, P);
  const biases = bias ? { bias_ih: next(1, 4 * H), bias_hh: next(1, 4 * H) } : {};
  const weight_hr = P < H ? next(P, H) : null;
  const suffix = `_l${layer}${reverse ? "_reverse" : ""}`;

  const start = reverse ? T + 1 : 0; // the t of the initial state
  const before = (t) => (reverse ? t + 1 : t - 1);
  const column = (t) => (reverse ? t - 1 : t); // of c and h, which also hold the initial state
  const tolerance = 2e-6 * c.all.reduce((most, value) => Math.max(most, Math.abs(value)), 1);

  const ref = (kind, t, n) => ({ kind, t, n });
  function value({ kind, t, n }) {
    if (kind === "x") return x(t - 1, n);
    if (kind === "h") return h(column(t), n);
    if (kind === "c") return c(column(t), n);
    if (kind in gates) return gates[kind](t - 1, n);
    if (kind === "kept") return gates.f(t - 1, n) * c(column(before(t)), n);
    if (kind === "written") return gates.i(t - 1, n) * gates.g(t - 1, n);
    if (kind === "tanh") return Math.tanh(c(column(t), n));
    if (kind === "shown") return gates.o(t - 1, n) * Math.tanh(c(column(t), n));
    return added(parts(kind.slice(4), t, n).map((part) => part.value)); // a pre-activation
  }

  // The terms of a pre-activation, in the order of the equation.
  function parts(gate, t, unit) {
    const row = GATES.indexOf(gate) * H + unit;
    const found = [];
    const weighed = (name, weights, kind, when, count) => {
      for (let k = 0; k < count; k++) {
        const of = ref(kind, when, k);
        const factors = [{ name: `${name}${suffix}[${row}, ${k}]`, value: weights(row, k) }, known(of)];
        found.push({ factors, value: factors[0].value * factors[1].value });
      }
    };
    weighed("weight_ih", weight_ih, "x", t, R);
    weighed("weight_hh", weight_hh, "h", before(t), P);
    for (const [name, values] of Object.entries(biases)) {
      found.push({ factors: [{ name: `${name}${suffix}[${row}]`, value: values(0, row) }], value: values(0, row) });
    }
    return found;
  }

  function name({ kind, t, n }, indexed = true) {
    const index = indexed ? `[${n}]` : "";
    if (kind.startsWith("pre-")) return `${kind.slice(4)}${low(t)}${index} before ${kind === "pre-g" ? "tanh" : "\u03c3"}`;
    if (kind === "kept") return `f${low(t)}\u2009c${low(before(t))}${index}`;
    if (kind === "written") return `i${low(t)}\u2009g${low(t)}${index}`;
    if (kind === "tanh") return `tanh c${low(t)}${index}`;
    if (kind === "shown") return `o${low(t)} tanh c${low(t)}${index}`;
    return `${kind}${low(t)}${index}`;
  }
  const known = (of) => ({ name: name(of), value: value(of), ref: of });
  const product = (...of) => {
    const factors = of.map(known);
    return { factors, value: factors.reduce((all, factor) => all * factor.value, 1) };
  };

  // Eight terms, the largest first, from number `skip` on. The larger terms are one sum, and so are the smaller ones.
  function largest(all, skip) {
    const sorted = [...all].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    const rest = sorted.slice(skip + SHOWN);
    const larger = sorted.slice(0, skip);
    return {
      terms: sorted.slice(skip, skip + SHOWN),
      larger: larger.length ? { count: larger.length, value: added(larger.map((term) => term.value)) } : null,
      rest: rest.length ? { count: rest.length, value: added(rest.map((term) => term.value)) } : null,
      total: added(all.map((term) => term.value)),
    };
  }

  // The sum of the terms compared with torch's own number.
  function judged(result, torch) {
    const difference = Math.abs(result - torch);
    return { result, torch, difference, same: difference <= tolerance };
  }

  // Where a number comes from: {title, how, terms, larger, rest, total}, and {curve, check, leaf} if it has them.
  function explain(of, skip = 0) {
    const { t, n } = of;
    const kind = of.kind.replace("pre-", "");
    const title = name(of);
    if (kind === "x") {
      const leaf = layer
        ? `Layer ${layer} reads no input: this is a number of h${low(t)} of layer ${layer - 1}, its number ${n}.`
        : `An input: number ${n} of what the sequence holds at step ${t}. Nothing in the cell made it.`;
      return { title, leaf, value: value(of) };
    }
    if ((kind === "c" || kind === "h") && t === start) {
      return { title, leaf: `The initial state ${kind}_0: given before the first step is read. The trail ends here.`, value: value(of) };
    }
    if (GATES.includes(kind)) {
      const squeeze = kind === "g" ? "tanh" : "\u03c3";
      const sum = largest(parts(kind, t, n), skip);
      const result = activation(kind)(sum.total);
      const curve = { kind: squeeze, gate: kind, at: sum.total, value: result };
      const how = `the ${GATE_NAMES[kind]}: ${squeeze} of a sum of ${R + P + (bias ? 2 : 0)} terms`;
      return { title: name(ref(kind, t, n)), how, ...sum, curve, check: judged(result, value(ref(kind, t, n))) };
    }
    if (kind === "c") {
      const terms = [product(ref("f", t, n), ref("c", before(t), n)), product(ref("i", t, n), ref("g", t, n))];
      const total = terms[0].value + terms[1].value;
      return { title, how: "the memory: what is kept and what is written", terms, total, check: judged(total, value(of)) };
    }
    if (kind === "h" && weight_hr) {
      const all = [];
      for (let j = 0; j < H; j++) {
        const factors = [{ name: `weight_hr${suffix}[${n}, ${j}]`, value: weight_hr(n, j) }, known(ref("shown", t, j))];
        all.push({ factors, value: factors[0].value * factors[1].value });
      }
      const sum = largest(all, skip);
      return { title, how: `the projection: a sum over all ${H} units`, ...sum, check: judged(sum.total, value(of)) };
    }
    if (kind === "tanh") {
      const at = value(ref("c", t, n));
      return {
        title,
        how: "the memory, squeezed into \u22121 \u2026 1 before it is shown",
        terms: [{ factors: [known(ref("c", t, n))], value: at }],
        total: at,
        curve: { kind: "tanh", gate: "c", at, value: Math.tanh(at) },
      };
    }
    const factors = {
      kept: ["what is kept of the memory", ref("f", t, n), ref("c", before(t), n)],
      written: ["what is written into the memory", ref("i", t, n), ref("g", t, n)],
      shown: ["what the unit shows, before the projection", ref("o", t, n), ref("tanh", t, n)],
      h: ["what the unit shows", ref("o", t, n), ref("tanh", t, n)],
    }[kind];
    const term = product(...factors.slice(1));
    const check = kind === "h" ? { check: judged(term.value, value(of)) } : {};
    return { title, how: factors[0], terms: [term], total: term.value, ...check };
  }

  // What tasks ask for and this number shows, as {task: words}. `idle`: f is open, but there is nothing to keep. `stays`:
  // c is that of the step before, since f keeps all of it and i g writes nothing.
  function found(of) {
    const { kind, t, n } = of;
    const tells = {};
    if ((kind !== "kept" && kind !== "c") || t === start) return tells;
    const [f, i, g] = ["f", "i", "g"].map((gate) => gates[gate](t - 1, n));
    const [was, is] = [c(column(before(t)), n), c(column(t), n)];
    if (kind === "kept" && Math.abs(was) <= tolerance && f > tolerance) {
      tells.idle = `At step ${t} the memory before is ${decimals(was)}. f is ${decimals(f)}, but there is nothing to keep. It does not matter how open f is.`;
    }
    const same = Math.abs(f * was - was) <= tolerance && Math.abs(i * g) <= tolerance;
    if (kind === "c" && same && Math.abs(is) > 100 * tolerance) {
      tells.stays = `At step ${t} c of unit ${n} is ${decimals(is)}, as it was before. f is ${decimals(f)}, so all of it is kept. i is ${decimals(i)}, so nothing is written.`;
    }
    return tells;
  }

  // The unit's place among all units sorted by |c| at step t; 1 is the largest.
  function rank(t, unit) {
    const size = (n) => Math.abs(c(column(t), n));
    let place = 1;
    for (let n = 0; n < H; n++) if (size(n) > size(unit)) place++;
    return place;
  }

  // The unit at which a visit begins: the one with the largest initial memory, so that its pipe can be seen. Without an
  // initial memory it is unit 0. `opening` in one_step/frames.py follows the same rule.
  function opening() {
    let largest = 0;
    for (let n = 1; n < H; n++) if (Math.abs(c(column(start), n)) > Math.abs(c(column(start), largest))) largest = n;
    return largest;
  }

  return {
    T, R, H, P, bias, reverse: Boolean(reverse), layer, range, tolerance, start, before, ref, value, name, explain, found, rank,
    first: reverse ? T : 1, // the step that is read first
    opening: opening(),
    last: reverse ? 1 : T,
    projected: Boolean(weight_hr),
    // The number of h that belongs to the unit. With a projection h has fewer numbers than there are units.
    row: (unit) => Math.min(unit, P - 1),
  };
}
