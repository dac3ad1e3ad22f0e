// Shows one step of a cell and walks through time. It does not ask the server: the page brought the run and its weights.

// Positions, in units of the box. `thick` is the width of a flow whose number is as large as the range of c, `scale` the
// size of knobs and tips. The memory flows along the top in `wide`, and down the left side in `narrow`.
const LAYOUTS = {
  wide: {
    box: [690, 264],
    thick: 39,
    scale: 0.85,
    at: {
      before: [66, 46], kept: [300, 46], c: [521, 46], written: [410, 90], tanh: [632, 90], h: [632, 186], shown: [632, 166],
      f: [190, 205], i: [300, 205], g: [410, 205], o: [520, 205], x: [62, 190], hs: [62, 238],
      projected: [632, 240], memory: [66, 12], on: [656, 12], out: [668, 154], out_projected: [672, 210],
    },
    flows: {
      before: "M66 46H190", kept: "M190 46H410", c: "M410 46H676", g: "M410 168V126", written: "M410 126V46",
      tanh: "M632 46V126", h: "M632 126V186H676", shown: "M632 126V207", projected: "M632 207V240H676",
    },
    wires: { bus: "M120 190H132V257H520V242M120 238H132M190 257V242M300 257V242M410 257V242", f: "M190 168V46", i: "M300 168V126H410", o: "M520 168V126H632" },
    knobs: { f: [190, 46], i: [410, 126], o: [632, 126], plus: [410, 46], box: [632, 207] },
    tips: { c: [687, 46], h: [687, 186], projected: [687, 240] },
  },
  narrow: {
    box: [360, 584],
    thick: 54,
    scale: 1,
    at: {
      before: [62, 40], kept: [62, 196], c: [62, 372], written: [131, 300], tanh: [140, 436], h: [200, 512], shown: [200, 496],
      f: [278, 142], i: [278, 236], g: [278, 330], o: [278, 424], x: [250, 26], hs: [250, 76],
      projected: [290, 552], memory: [110, 84], on: [104, 570], out: [290, 498], out_projected: [290, 516],
    },
    flows: {
      before: "M62 40V130", kept: "M62 130V300", c: "M62 300V566", g: "M226 330H200V300H190", written: "M190 300H62",
      tanh: "M62 436H200", h: "M200 436V512H344", shown: "M200 436V552", projected: "M200 552H344",
    },
    wires: { bus: "M310 26H350V424H330M310 76H350M330 142H350M330 236H350M330 330H350", f: "M226 130H62", i: "M226 236H190V300", o: "M226 436H200" },
    knobs: { f: [62, 130], i: [190, 300], o: [200, 436], plus: [62, 300], box: [200, 552] },
    tips: { c: [62, 580], h: [356, 512], projected: [356, 552] },
  },
};
const WIDE = 670; // px from which on there is room for the wide picture
const PACE = 800; // ms for each step while playing
const KINDS = { before: "c", kept: "kept", c: "c", written: "written", tanh: "tanh", h: "h", shown: "shown", projected: "h" };
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const safe = (text) => String(text).replace(/[&<>]/g, (sign) => ESCAPES[sign]);
const clamp = (number, low, high) => Math.min(Math.max(number, low), high);
const made = (tag, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

// The height of a bar. It grows with the square root, so that small numbers can be seen.
const raised = (share) => Math.sign(share) * Math.sqrt(Math.min(Math.abs(share), 1));

// Signed bars in a box of height 2: positive numbers go up from the middle, negative ones down.
function bars(numbers, range) {
  const paths = { pos: "", neg: "" };
  numbers.forEach((number, place) => {
    const height = raised(number / range);
    if (height) paths[height > 0 ? "pos" : "neg"] += `M${place + 0.08} 1h.84v${(-height).toFixed(3)}h-.84z`;
  });
  return paths;
}

class Player {
  constructor(root) {
    this.root = root;
    this.find = (query) => root.querySelector(query);
    this.slider = this.find("#step");
    this.unitSlider = this.find("#unit");
    // The largest step and unit that a link may name; the page's table of links has the same limits.
    this.most = { step: Number(this.slider.max), unit: Number(this.unitSlider.max) };
    this.stage = this.find(".stage");
    this.picture = this.stage.querySelector("svg");
    this.revealed = false;
    this.build();
    this.listen();
  }

  // Building the picture

  build() {
    this.flows = {};
    for (const name of Object.keys(LAYOUTS.wide.flows)) this.flows[name] = this.picture.appendChild(made("path", { class: "flow" }));
    this.wires = {};
    for (const name of Object.keys(LAYOUTS.wide.wires)) this.wires[name] = this.picture.appendChild(made("path", { class: `wire ${name}` }));
    this.knobs = {};
    for (const name of Object.keys(LAYOUTS.wide.knobs)) {
      const knob = this.picture.appendChild(made("g", {}));
      if (name === "box") knob.append(made("rect", { class: "knob", x: -24, y: -14, width: 48, height: 28, rx: 5 }));
      else knob.append(made("circle", { class: `knob ${name}`, r: 14 }));
      if (name === "box") knob.appendChild(made("text", { y: 4 })).textContent = "W_hr";
      const sign = { plus: "M-6 0H6M0 -6V6", box: "" }[name] ?? "M-5 -5L5 5M5 -5L-5 5";
      knob.append(made("path", { class: "sign", d: sign }));
      this.knobs[name] = knob;
    }
    this.tips = {};
    for (const name of Object.keys(LAYOUTS.wide.tips)) this.tips[name] = this.picture.appendChild(made("path", { class: "tip", d: "M0 0L-13 -8V8Z" }));
    this.places = {};
    this.numbers = {};
    const put = (name, element, html) => {
      element.innerHTML = html;
      this.places[name] = this.stage.appendChild(element);
      return element;
    };
    const button = (kind) => Object.assign(document.createElement("button"), { type: "button", className: kind });
    const note = (name, html) => put(name, Object.assign(document.createElement("span"), { className: "note" }), html);
    // The Tab key follows this order, which is that of the arithmetic.
    for (const name of ["x", "hs"]) {
      const strip = put(name, button("strip"), `<span class="symbol"></span> <span class="count"></span><svg viewBox="0 0 1 2" preserveAspectRatio="none" aria-hidden="true"><path class="bars pos"/><path class="bars neg"/></svg>`);
      strip.onclick = () => this.open({ kind: name === "x" ? "xs" : "hs" });
    }
    this.number(put("before", button("number"), ""), "before");
    for (const gate of ["f", "i", "g", "o"]) {
      const card = put(gate, Object.assign(document.createElement("div"), { className: `card ${gate}` }),
        `<span class="level"></span><span class="what"><span class="symbol"></span> ${GATE_NAMES[gate]}</span><button type="button" class="after"></button><button type="button" class="before"></button>`);
      this.number(card.querySelector(".after"), gate);
      this.number(card.querySelector(".before"), `pre-${gate}`);
    }
    for (const name of ["kept", "written", "c", "tanh", "shown", "h", "projected"]) this.number(put(name, button("number"), ""), name);
    note("memory", "the memory");
    note("on", "");
    note("out", "");
    note("out_projected", "");
    this.fit();
    new ResizeObserver(() => this.fit()).observe(this.stage);
  }

  number(element, name) {
    this.numbers[name] = element;
    if (!element.innerHTML) element.innerHTML = element.classList.contains("number") ? `<span class="symbol"></span><b></b>` : "";
    element.onclick = () => this.open(this.refOf(name));
  }

  // The reference of a number in the picture, at the step and unit shown.
  refOf(name) {
    const { cell, t, unit } = this;
    const kind = KINDS[name] ?? name;
    return cell.ref(kind, name === "before" ? cell.before(t) : t, kind === "h" ? cell.row(unit) : unit);
  }

  fit() {
    const width = this.stage.clientWidth;
    const name = width < WIDE ? "narrow" : "wide";
    if (name === this.layout || !width) return;
    this.layout = name;
    const { box, scale, at, flows, wires, knobs, tips } = LAYOUTS[name];
    this.stage.classList.toggle("narrow", name === "narrow");
    this.picture.setAttribute("viewBox", `0 0 ${box[0]} ${box[1]}`);
    this.stage.style.aspectRatio = `${box[0]} / ${box[1]}`;
    for (const [part, paths] of [[this.flows, flows], [this.wires, wires]]) {
      for (const [key, path] of Object.entries(paths)) part[key].setAttribute("d", path);
    }
    for (const [key, [x, y]] of Object.entries(knobs)) this.knobs[key].setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    for (const [key, [x, y]] of Object.entries(tips)) {
      this.tips[key].setAttribute("transform", `translate(${x} ${y}) scale(${scale})${key === "c" && name === "narrow" ? " rotate(90)" : ""}`);
    }
    for (const [key, element] of Object.entries(this.places)) {
      element.style.left = `${(at[key][0] / box[0]) * 100}%`;
      element.style.top = `${(at[key][1] / box[1]) * 100}%`;
    }
  }

  listen() {
    const player = this.find(".player");
    this.slider.oninput = () => this.move(Number(this.slider.value), this.unit);
    this.unitSlider.oninput = () => this.move(this.t, Number(this.unitSlider.value));
    this.find("#previous").onclick = () => this.step(-1);
    this.find("#next").onclick = () => this.step(1);
    this.find("#play").onclick = () => this.play(!this.timer);
    player.onkeydown = (event) => this.key(event);
    this.find("details").ontoggle = () => this.table();
    const lane = this.find(".lane svg");
    const pick = (event) => {
      const box = lane.getBoundingClientRect();
      this.move(this.t, clamp(Math.floor(((event.clientX - box.left) / box.width) * this.cell.H), 0, this.cell.H - 1));
    };
    lane.onpointerdown = (event) => {
      lane.setPointerCapture(event.pointerId);
      pick(event);
    };
    lane.onpointermove = (event) => lane.hasPointerCapture(event.pointerId) && pick(event);
    this.find(".panel").onclick = (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.trail) this.back(Number(button.dataset.trail));
      else this.follow(this.refs[Number(button.dataset.ref)]);
    };
  }

  key(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.altKey || event.metaKey || !this.cell || target === this.unitSlider) return;
    if (event.key === " ") {
      if (target.closest("button, summary")) return; // there the space bar presses
      this.play(!this.timer);
    } else if (target !== this.slider && !target.closest(".scroll, .list")) {
      const to = { ArrowLeft: this.t - 1, ArrowRight: this.t + 1, Home: 1, End: this.cell.T }[event.key];
      if (to === undefined) return;
      this.move(clamp(to, 1, this.cell.T), this.unit);
    } else return;
    event.preventDefault();
  }

  // Receiving numbers: at the start, and again after each change of a setting

  receive(bytes) {
    const before = this.cell;
    this.cell = unpack(bytes);
    const { cell } = this;
    // An address without a unit means the unit at which a visit begins, also after a change of the settings.
    if (before && this.unit === before.opening) this.unit = cell.opening;
    if (this.t === undefined || this.late) {
      const kept = (this.late ? null : window.unrolledPlace) ?? { t: cell.first, unit: cell.opening };
      this.t = this.asked("step") ?? kept.t;
      this.unit = this.asked("unit") ?? kept.unit;
      this.late = this.t > cell.T || this.unit >= cell.H;
    }
    this.play(false);
    this.slider.max = cell.T;
    this.unitSlider.max = cell.H - 1;
    this.move(clamp(this.t, 1, cell.T), clamp(this.unit, 0, cell.H - 1));
  }

  // The address is another one: after Back, or in a class that follows its teacher. Its step and unit count now, and again
  // when its numbers come.
  goToAddress() {
    clearTimeout(this.writing);
    if (!this.cell || location.pathname !== this.path) return; // another lesson comes
    const [t, unit] = [this.asked("step") ?? this.cell.first, this.asked("unit") ?? this.cell.opening];
    this.late = true;
    if (t <= this.cell.T && unit < this.cell.H) this.move(t, unit);
  }

  // A step or unit in the address, if it is written as the page writes it and is not too large; else undefined.
  asked(name) {
    const raw = new URLSearchParams(location.search).getAll(name);
    const value = raw.length === 1 && /^(0|[1-9]\d{0,2})$/.test(raw[0]) ? Number(raw[0]) : this.most[name] + 1;
    return value <= this.most[name] ? value : undefined;
  }

  // Writes step and unit into the address, so that a copied link holds them. It waits, because browsers limit how often
  // the address may change. It waits longer if the numbers for a step in the address may still be on their way.
  remember() {
    window.unrolledPlace = { t: this.t, unit: this.unit };
    clearTimeout(this.writing);
    this.writing = setTimeout(() => {
      const address = new URL(location.href);
      for (const [name, value, usual] of [["step", this.t, this.cell.first], ["unit", this.unit, this.cell.opening]]) {
        if (value === usual) address.searchParams.delete(name);
        else address.searchParams.set(name, value);
      }
      if (address.href !== location.href) history.replaceState(history.state, "", address);
      this.late = false;
    }, this.late ? 3000 : 200);
  }

  // Moving

  step(by) {
    const to = this.t + (this.cell.reverse ? -by : by);
    if (to >= 1 && to <= this.cell.T) this.move(to, this.unit);
  }

  play(on) {
    if (!this.cell) return;
    clearInterval(this.timer);
    this.timer = null;
    const button = this.find("#play");
    button.classList.toggle("playing", on);
    button.querySelector(".word").textContent = on ? "Pause" : "Play";
    if (!on) return;
    if (this.t === this.cell.last) this.move(this.cell.first, this.unit);
    this.timer = setInterval(() => {
      this.step(1);
      if (this.t === this.cell.last) this.play(false);
    }, PACE);
    if (this.cell.T === 1) this.play(false);
  }

  // Goes to another step or unit. The open panel then shows the same kind of number there.
  move(t, unit) {
    const open = this.trail?.at(-1) ?? { kind: "c" };
    this.t = t;
    this.unit = unit;
    this.trail = [this.here(open.kind)];
    this.draw();
    this.remember();
  }

  here(kind) {
    if (kind === "xs" || kind === "hs") return { kind };
    if (kind === "x") return { kind: "xs" };
    return this.cell.ref(kind === "shown" && !this.cell.projected ? "h" : kind, this.t, kind === "h" ? this.cell.row(this.unit) : this.unit);
  }

  // Opens a number of the picture and starts a new trail.
  open(of) {
    this.trail = [of];
    this.draw();
    this.arrive();
    this.recognise(of);
  }

  // Opens a number of the panel. The picture goes to its step and unit.
  follow(of) {
    this.trail.push(of);
    this.go(of);
  }

  back(to) {
    const place = to < 0 ? this.trail.length - 2 : to;
    this.trail.length = place + 1;
    this.go(this.trail[place]);
  }

  go(of) {
    if (of.t !== undefined) {
      this.t = of.t === this.cell.start ? this.cell.first : of.t;
      if (of.kind !== "x") this.unit = of.n;
    }
    this.draw();
    this.arrive();
    this.remember();
    const { start, first } = this.cell;
    const ends = of.t === start || (of.kind === "x" && of.t === first);
    if (ends && this.trail.length > 2) this.tell("origin", `${this.trail.length} numbers, from ${this.title(this.trail[0])} to ${this.title(of)}.`);
    this.recognise(of);
  }

  // Tells the tasks beside the picture which of them the visitor has done, and what was found.
  tell(task, words) {
    window.dispatchEvent(new CustomEvent("unrolledtask", { detail: { task, words } }));
  }

  // A number that the visitor has opened may be what a task asks for.
  recognise(of) {
    if (!this.revealed) return;
    for (const [task, words] of Object.entries(this.cell.found(of))) this.tell(task, words);
  }

  arrive() {
    const panel = this.find(".panel");
    panel.querySelector("h3")?.focus({ preventScroll: true });
    // Scrolls the panel into view, and keeps the picture in view if both have room.
    const { top, bottom } = panel.getBoundingClientRect();
    if (this.layout === "narrow") panel.scrollIntoView({ block: "start" });
    else if (top < 0 || bottom > innerHeight) this.find(".player").scrollIntoView({ block: "start" });
  }

  // The picture

  draw() {
    const { cell, t, unit } = this;
    const past = cell.before(t);
    const thick = (number) => number && Math.max((Math.min(Math.abs(number), cell.range) / cell.range) * LAYOUTS[this.layout ?? "wide"].thick, 1.5);
    const hidden = (name) => !this.revealed && (name === "kept" || name === "written");
    for (const [name, element] of Object.entries(this.numbers)) {
      const of = this.refOf(name);
      const number = cell.value(of);
      const text = decimals(number);
      const label = this.said(name, of);
      if (name.startsWith("pre-")) element.textContent = `${name === "pre-g" ? "tanh" : "\u03c3"}(${text})`;
      else if (name in GATE_NAMES) element.textContent = text;
      else {
        element.firstChild.textContent = cell.name(of, cell.projected && of.kind === "h");
        element.lastChild.textContent = hidden(name) ? "?" : text;
      }
      element.setAttribute("aria-label", hidden(name) ? `${label}: predict first` : `${label}: ${text}`);
      const framed = element.closest(".card") ?? element;
      framed.classList.toggle("opened", this.revealed && same(of, this.trail.at(-1)));
      const flow = this.flows[name];
      if (flow) {
        flow.setAttribute("stroke-width", hidden(name) ? 1.5 : thick(number));
        flow.setAttribute("class", `flow${hidden(name) ? " hidden" : number < 0 ? " neg" : ""}`);
      }
    }
    for (const gate of GATES) {
      const card = this.places[gate];
      const open = cell.value(cell.ref(gate, t, unit));
      card.querySelector(".symbol").textContent = cell.name(cell.ref(gate, t, unit), false);
      // A card is filled from its bottom as far as its gate is open. g is filled from the middle, up or down.
      const [from, to] = gate === "g" ? [Math.min(open, 0) / 2 + 0.5, Math.max(open, 0) / 2 + 0.5] : [0, open];
      card.querySelector(".level").style.clipPath = `inset(${(1 - to) * 100}% 0 ${from * 100}% 0)`;
    }
    for (const name of ["shown", "projected"]) {
      for (const part of [this.places, this.flows, this.tips, this.knobs]) {
        const element = part[name === "projected" && part === this.knobs ? "box" : name];
        if (element) element.style.display = cell.projected ? "" : "none";
      }
    }
    for (const part of [this.places, this.flows, this.tips]) part.h.style.display = cell.projected ? "none" : "";
    const [out, other] = cell.projected ? ["out_projected", "out"] : ["out", "out_projected"];
    this.places[other].textContent = "";
    this.places[out].textContent = "shown";
    this.places.on.textContent = t === cell.last ? "c_n" : `to step ${cell.reverse ? t - 1 : t + 1}`;
    this.strips(past);
    this.lane();
    this.panel();
    if (this.find("details").open) this.table();

    this.slider.value = t;
    this.slider.setAttribute("aria-valuetext", `step ${t} of ${cell.T}`);
    this.find("output[for=step]").textContent = `t = ${t} of ${cell.T}`;
    this.find("#previous").setAttribute("aria-disabled", t === cell.first);
    this.find("#next").setAttribute("aria-disabled", t === cell.last);
    if (!this.timer || t === cell.last) this.say();
  }

  // A number in words, for screen readers.
  said(name, of) {
    const words = {
      before: `c at step ${of.t}, the memory before`, kept: "f times the memory before: what is kept",
      c: `c at step ${of.t}, the memory`, written: "i times g: what is written", tanh: "tanh of c",
      shown: "o times tanh of c", h: `h at step ${of.t}, number ${of.n}`, projected: `h at step ${of.t}, number ${of.n}, projected`,
    };
    if (name in words) return words[name];
    return name in GATE_NAMES ? `${name}, the ${GATE_NAMES[name]}` : `pre-activation of ${name.slice(4)}`;
  }

  say() {
    const { cell, t, unit } = this;
    const [f, kept, written, c] = ["f", "kept", "written", "c"].map((kind) => decimals(cell.value(cell.ref(kind, t, unit))));
    const h = decimals(cell.value(cell.ref("h", t, cell.row(unit))));
    const inner = this.revealed ? `: f ${f} keeps ${kept}, i g writes ${written}` : "";
    const text = `Step ${t} of ${cell.T}, unit ${unit}${inner}. c ${c}, h ${h}.`;
    const status = this.find(".spoken");
    if (status.textContent !== text) status.textContent = text;
  }

  strips(past) {
    const { cell, t } = this;
    for (const [name, kind, count, when, range] of [["x", "x", cell.R, t, 2.5], ["hs", "h", cell.P, past, 1]]) {
      const strip = this.places[name];
      const numbers = Array.from({ length: count }, (_, n) => cell.value(cell.ref(kind, when, n)));
      const paths = bars(numbers, range);
      strip.querySelector(".symbol").textContent = cell.name(cell.ref(kind, when, 0), false);
      strip.querySelector(".count").textContent = count === 1 ? "1 number" : `${count} numbers`;
      strip.setAttribute("aria-label", `${kind} at step ${when}: ${count} numbers`);
      strip.querySelector("svg").setAttribute("viewBox", `0 0 ${count} 2`);
      strip.querySelector(".pos").setAttribute("d", paths.pos);
      strip.querySelector(".neg").setAttribute("d", paths.neg);
      strip.classList.toggle("opened", this.revealed && this.trail.at(-1).kind === (name === "x" ? "xs" : "hs"));
    }
  }

  lane() {
    const { cell, t, unit } = this;
    const lane = this.find(".lane svg");
    const now = Array.from({ length: cell.H }, (_, n) => cell.value(cell.ref("c", t, n)));
    const paths = bars(now, cell.range);
    lane.setAttribute("viewBox", `0 0 ${cell.H} 2`);
    lane.style.maxWidth = this.unitSlider.style.maxWidth = `${cell.H * 72}px`;
    let was = "";
    for (let n = 0; n < cell.H; n++) {
      const height = raised(cell.value(cell.ref("c", cell.before(t), n)) / cell.range);
      was += `M${n + 0.04} ${(1 - height).toFixed(3)}h.92`;
    }
    lane.querySelector(".pos").setAttribute("d", paths.pos);
    lane.querySelector(".neg").setAttribute("d", paths.neg);
    lane.querySelector(".was").setAttribute("d", was);
    lane.querySelector(".zero").setAttribute("d", `M0 1H${cell.H}`);
    const chosen = lane.querySelector(".chosen");
    for (const [name, value] of Object.entries({ x: unit, y: 0, width: 1, height: 2 })) chosen.setAttribute(name, value);
    this.unitSlider.value = unit;
    const place = cell.rank(t, unit);
    const stands = `c is number ${place} of ${cell.H} by size`;
    this.unitSlider.setAttribute("aria-valuetext", `unit ${unit} of ${cell.H}, ${stands}`);
    const [after, past] = [cell.ref("c", t, 0), cell.ref("c", cell.before(t), 0)].map((of) => cell.name(of, false));
    this.find(".legend output").textContent = `${unit} (${cell.H === 1 ? "the only one" : `${cell.H} units: 0 to ${cell.H - 1}`})`;
    let line = this.find(".legend span") ?? this.find(".legend").appendChild(document.createElement("span"));
    line.innerHTML = `${stands}<br>bars <i class="symbol">${after}</i>, lines <i class="symbol">${past}</i><br><b class="above">teal</b> above 0, <b class="under">red</b> below`;
  }

  // The arithmetic

  panel() {
    const panel = this.find(".panel");
    if (!this.revealed) {
      panel.innerHTML = `<h3 tabindex="-1">Every number opens</h3><p>Answer the question first. Then click a number to see what it is made of.</p>`;
      return;
    }
    const of = this.trail.at(-1);
    this.refs = [];
    panel.innerHTML = this.crumbs() + (of.kind === "xs" || of.kind === "hs" ? this.listed(of) : this.explained(of));
  }

  crumbs() {
    const last = this.trail.length - 1;
    if (!last) return "";
    const shown = this.trail.map((of, place) => ({ of, place })).filter(({ place }) => place === 0 || place > last - 5);
    const names = shown.map(({ of, place }) => {
      const gap = place > 1 && place === last - 4 ? "\u2026 \u203a " : "";
      const current = place === last ? ` aria-current="true"` : "";
      return `${gap}<button type="button" data-trail="${place}"${current}><span class="symbol">${safe(this.title(of))}</span></button>`;
    });
    const back = `<button type="button" class="back" data-trail="-1">\u2190 Back</button>`;
    return `<nav aria-label="The trail">${back}${names.join(" \u203a ")}</nav>`;
  }

  title(of) {
    const { cell, t } = this;
    if (of.kind === "xs") return cell.name(cell.ref("x", t, 0), false);
    if (of.kind === "hs") return cell.name(cell.ref("h", cell.before(t), 0), false);
    return cell.name(of) + (of.skip ? ` from term ${of.skip + 1}` : "");
  }

  button(of, html) {
    this.refs.push(of);
    return `<button type="button" data-ref="${this.refs.length - 1}">${html}</button>`;
  }

  listed(of) {
    const { cell, t } = this;
    const [kind, count, when] = of.kind === "xs" ? ["x", cell.R, t] : ["h", cell.P, cell.before(t)];
    const all = Array.from({ length: count }, (_, n) => cell.ref(kind, when, n));
    const list = all.map((one) => this.button(one, `<span class="symbol">${cell.name(one)}</span> ${decimals(cell.value(one))}`));
    const what = kind === "x" ? "what the cell reads at this step" : "what the cell showed at the step before";
    return `<h3 tabindex="-1">${this.title(of)} <small>${what}: all ${count} go into every gate</small></h3><div class="list">${list.join("")}</div>`;
  }

  explained(of) {
    const found = this.cell.explain(of, of.skip);
    const heading = `<h3 tabindex="-1"><span class="symbol">${safe(found.title)}</span> <small>${safe(found.how ?? "")}</small></h3>`;
    if (found.leaf) return `${heading}<p class="result"><b>${decimals(found.value)}</b></p><p>${safe(found.leaf)}</p>`;
    const most = Math.max(...found.terms.map((term) => Math.abs(term.value)), 1e-12);
    const size = (value) => `<td class="size"><i style="--v:${clamp(value / most, -1, 1).toFixed(3)};--sign:var(${value < 0 ? "--neg" : "--pos"})"></i></td>`;
    const factor = ({ name, value, ref }) =>
      ref
        ? this.button(ref, `<span class="symbol">${safe(name)}</span>${decimals(value)}`)
        : `<span class="weight">${safe(name)}</span>${decimals(value)}`;
    const alone = found.terms.length === 1 && found.terms[0].factors.length === 1;
    const rows = found.terms.map(({ factors, value }) => {
      const [first, second] = factors.map(factor);
      const both = second ? `${first} \u00d7</th><td>${second}` : `${first}</th><td>`;
      return `<tr><th scope="row">${both}</td><td>${alone ? "" : `= ${decimals(value)}`}</td>${alone ? "" : size(value)}</tr>`;
    });
    const step = (sum, skip, words) =>
      sum ? `<tr><th scope="row" colspan="2">${this.button({ ...of, skip }, `the ${sum.count} ${words} together`)}</th><td>= ${decimals(sum.value)}</td>${size(sum.value)}</tr>` : "";
    rows.unshift(step(found.larger, Math.max((of.skip ?? 0) - 8, 0), "larger"));
    rows.push(step(found.rest, (of.skip ?? 0) + 8, "smaller"));
    if (!alone && (found.terms.length > 1 || found.rest)) {
      rows.push(`<tr class="total"><th scope="row" colspan="2">total</th><td>${decimals(found.total)}</td><td></td></tr>`);
    }
    const weighed = found.terms.some((term) => !term.factors[0].ref) ? " weighed" : "";
    const side = (found.curve ? this.curve(found.curve) : "") + (found.check ? this.checked(found.check) : "");
    return `${heading}<div class="sum"><table class="terms${weighed}"><tbody>${rows.join("")}</tbody></table><div>${side}</div></div>`;
  }

  checked({ torch, difference, same: alike }) {
    const mark = alike ? `<span class="same">\u2713 the same</span>` : `<span class="differs">\u2717 not the same</span>`;
    return `<p class="check">torch: <b>${decimals(torch)}</b> ${mark}${difference ? `<br><small>apart by ${scientific(difference)}</small>` : ""}</p>`;
  }

  curve({ kind, gate, at, value }) {
    const span = Math.max(kind === "tanh" ? 3 : 6, Math.abs(at) * 1.15);
    const bottom = kind === "tanh" ? -1 : 0;
    const x = (z) => 85 + (z / span) * 80;
    const y = (a) => 8 + ((1 - a) / (1 - bottom)) * 84;
    const squeeze = kind === "tanh" ? Math.tanh : (z) => 1 / (1 + Math.exp(-z));
    let graph = "";
    for (let n = 0; n <= 60; n++) {
      const z = (n / 30 - 1) * span;
      graph += `${n ? "L" : "M"}${x(z).toFixed(1)} ${y(squeeze(z)).toFixed(1)}`;
    }
    const hue = gate === "c" ? "var(--st-primary-color)" : `var(--${gate})`;
    return `<div class="curve" style="--hue:${hue}"><svg viewBox="0 0 170 112" aria-hidden="true">
      <path class="axis" d="M5 ${y(0)}H165M85 8V92"/><path class="at" d="M${x(at)} ${y(0)}V${y(value)}H85"/>
      <path class="graph" d="${graph}"/><circle cx="${x(at)}" cy="${y(value)}" r="5.5"/>
      <text x="89" y="14">1</text><text x="89" y="${y(bottom) - 3}">${bottom ? "\u22121" : ""}</text>
      <text x="5" y="110">${decimals(-span, 0)}</text><text x="165" y="110" text-anchor="end">${decimals(span, 0)}</text></svg>
      <p class="result">${kind}(${decimals(at)}) = <b>${decimals(value)}</b></p></div>`;
  }

  // The table of the same numbers

  table() {
    const { cell } = this;
    if (!cell || !this.find("details").open) return;
    const of = (name) => this.refOf(name);
    const how = (...names) => names.map((name) => (typeof name === "string" && name in this.numbers ? cell.name(of(name), false) : name)).join(" ");
    const rows = [["before", "before this step"]];
    for (const gate of GATES) {
      rows.push([`pre-${gate}`, `sum of ${cell.R + cell.P + (cell.bias ? 2 : 0)} terms`], [gate, `${gate === "g" ? "tanh" : "\u03c3"} of that`]);
    }
    rows.push(["kept", how("f", "\u00d7", "before")], ["written", how("i", "\u00d7", "g")], ["c", "kept + written"], ["tanh", "tanh of c"]);
    if (cell.projected) rows.push(["shown", how("o", "\u00d7", "tanh")], ["projected", "weight_hr times what all units show"]);
    else rows.push(["h", how("o", "\u00d7", "tanh")]);
    const body = rows.map(([name, words]) => {
      const hide = !this.revealed && (name === "kept" || name === "written");
      return `<tr><th scope="row"><span class="symbol">${safe(cell.name(of(name)))}</span></th><td>${safe(words)}</td><td>${hide ? "?" : decimals(cell.value(of(name)))}</td></tr>`;
    });
    this.find(".step").innerHTML = `<thead><tr><th scope="col">number</th><th scope="col">how</th><th scope="col">value</th></tr></thead><tbody>${body.join("")}</tbody>`;
  }

  // Signed values in the theme's own colours
  tint() {
    const style = getComputedStyle(this.root.host ?? this.root);
    const hues = style.getPropertyValue("--st-chart-diverging-colors").split(",");
    const player = this.find(".player");
    player.style.setProperty("--neg", hues[0].trim());
    player.style.setProperty("--pos", hues.at(-1).trim());
  }

  leave() {
    clearInterval(this.timer);
    clearTimeout(this.writing);
    window.removeEventListener("unrolledrun", this.hear);
    removeEventListener("popstate", this.arrived);
    delete window.unrolledRun; // another visit brings its own run
  }
}

const same = (a, b) => a.kind.replace("pre-", "") === b.kind.replace("pre-", "") && a.t === b.t && a.n === b.n;

export default function ({ parentElement: root, data }) {
  // This function is called again and again, but each place has only one player.
  const player = (root.player ??= new Player(root));
  player.tint();
  player.revealed = Boolean(data?.revealed);
  if (!player.hear) {
    player.hear = () => player.receive(window.unrolledRun);
    window.addEventListener("unrolledrun", player.hear);
    player.path = location.pathname;
    player.arrived = () => player.goToAddress();
    addEventListener("popstate", player.arrived); // the browser's own event
    if (window.unrolledRun) player.hear();
  } else if (player.cell) player.draw();
  return () => player.leave();
}
