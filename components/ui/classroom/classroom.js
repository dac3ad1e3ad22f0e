// The tab's place in a class. The connection lives as long as the document, because Streamlit builds this component anew
// when another lesson opens. The server tells how the room stands; what this tab then does follows from that alone.
const TICK = 60; // ms between two looks at the address of the teacher's page
const [FIRST, LONGEST] = [500, 8000]; // ms before a lost connection is tried again: at first, and at most
const TRIES = 4; // script runs that are asked for in a row for the same state
const PATIENCE = 1500; // ms before a script run is asked for again
const CALM = 600; // ms that a page at rest may be elsewhere than the teacher
const STEP = 3000; // ms for the page of a stop
const OFFER = 5000; // ms for the server to accept a secret
const ENDED = 4404; // the server's code for a room that has ended; see components/classroom/routes.py
const REFUSED = 4403;
const PRIVATE = ["room", "teach", "answers", "plan"];

// Where the browser allows no storage, things are kept until the page is loaded anew.
const memory = (window.unrolledKept ??= {});

// Reads what is kept under a name, or keeps a value; null forgets it.
function store(storage, name, value) {
  const key = `unrolled.${name}`;
  try {
    if (value === undefined) return JSON.parse(window[storage].getItem(key));
    if (value === null) window[storage].removeItem(key);
    else window[storage].setItem(key, JSON.stringify(value));
  } catch {
    if (value !== undefined) memory[key] = value;
  }
  return memory[key] ?? null;
}
const inTab = (name, value) => store("sessionStorage", name, value);
const inBrowser = (name, value) => store("localStorage", name, value);

// A random id. Not `crypto.randomUUID`, which a page on plain http does not have.
function student() {
  const id = inBrowser("student") ?? [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  inBrowser("student", id);
  return id;
}

const base = () => new URL(".", location.href); // a host may serve the app below a path
const app = () => document.querySelector("[data-testid=stApp]")?.dataset;
const rests = () => app()?.testConnectionState === "CONNECTED" && app()?.testScriptState === "notRunning";

// An address without what is the tab's own: in one order, so that two can be compared.
function address(url) {
  const kept = [...url.searchParams].filter(([name]) => !PRIVATE.includes(name)).sort(([a], [b]) => (a < b ? -1 : a > b));
  return `${url.pathname.slice(base().pathname.length - 1)}?${new URLSearchParams(kept)}`;
}
const here = () => address(new URL(location.href));
const whole = () => location.pathname.slice(base().pathname.length - 1) + location.search;
const there = (at) => address(new URL(base().pathname.slice(0, -1) + at, location.origin));

// Goes to an address of this app, as Back and Forward do: lesson and settings change in one script run.
function go(at, code, keep) {
  const want = new URL(base().pathname.slice(0, -1) + at, location.origin);
  if (code) want.searchParams.set("room", code);
  if (keep) history.pushState(null, "", want);
  else history.replaceState(history.state, "", want);
  dispatchEvent(new PopStateEvent("popstate"));
}

// Takes the room out of the address.
function forgetRoom() {
  const url = new URL(location.href);
  const kept = url.search.slice(1).split("&").filter((part) => part && !part.startsWith("room="));
  url.search = kept.join("&");
  history.replaceState(history.state, "", url);
}

class Room {
  state = null; // what the server has told last
  joined = false;
  trouble = "";
  bars = false;
  asks = false; // whether the line of a student leads to the question
  again = 0; // how often it has gone to the same address again

  constructor() {
    for (const event of ["keydown", "pointerup"]) {
      addEventListener(event, () => (this.acted = performance.now()), { capture: true, passive: true });
    }
  }

  // Begins, or goes on, with what Python says: the code, and the secret of who leads.
  sit({ code, secret }) {
    if (code === this.code && secret === this.secret) return;
    this.stand();
    Object.assign(this, { code, secret, wait: FIRST, went: null, posted: null });
    if (inTab("code") !== code) {
      for (const name of ["mine", "alone"]) inTab(name, null);
      if (this.plan) inTab("plan", { ...this.plan, now: -1 }); // a new room begins before the first stop
    }
    inTab("code", code);
    if (secret) inTab("lead", { code, secret });
    this.connect();
    this.timer = setInterval(() => this.look(), TICK);
  }

  stand() {
    clearInterval(this.timer);
    clearTimeout(this.retry);
    const socket = this.socket;
    Object.assign(this, { code: null, secret: null, socket: null, state: null, joined: false });
    socket?.close();
  }

  connect() {
    const url = new URL(`class/${this.code}/live`, base());
    url.protocol = url.protocol.replace("http", "ws");
    const socket = (this.socket = new WebSocket(url));
    socket.onopen = () => socket.send(JSON.stringify(this.secret ? { secret: this.secret } : { student: student() }));
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket) return;
      const state = JSON.parse(data);
      if (state.closed) return;
      Object.assign(this, { state, joined: true, wait: FIRST, trouble: "" });
      this.settle();
    };
    socket.onclose = ({ code, reason }) => {
      if (socket !== this.socket) return;
      this.joined = false;
      if (code === ENDED) {
        this.end();
        return;
      }
      this.trouble = reason || "No connection to the room. This page tries again.";
      this.changed();
      this.retry = setTimeout(() => this.connect(), code === REFUSED ? LONGEST : this.wait * (0.5 + Math.random()));
      this.wait = Math.min(2 * this.wait, LONGEST);
    };
  }

  // The room has ended.
  end() {
    const code = this.code;
    this.stand();
    for (const name of ["code", "lead", "mine", "alone"]) inTab(name, null);
    inBrowser("votes", null);
    forgetRoom();
    this.ask?.("ended", code);
    this.changed();
  }

  changed() {
    this.redraw?.();
    window.dispatchEvent(new CustomEvent("unrolledclass")); // for the vote
  }

  get alone() {
    return Boolean(inTab("alone"));
  }

  get following() {
    return Boolean(this.state?.follow && !this.alone);
  }

  // Makes this tab agree with how the room stands.
  settle() {
    if (!this.state) return;
    if (!this.secret) {
      if (!this.state.follow || !this.state.at) this.went = null;
      else if (!this.alone && this.state.at !== this.went) {
        const first = this.went === null;
        // What the visitor had before waits, until the visitor asks for it.
        if (first && inTab("mine") === null) inTab("mine", whole());
        this.went = this.state.at;
        this.again = 0;
        this.follow(first);
      }
    } else {
      // Counts that are seen while others still vote lead them, so each new question and each new round begins without.
      const { lesson, polls } = this.state;
      const vote = `${lesson}/${polls[lesson]?.round}`;
      if (vote !== this.counted) this.bars = false;
      this.counted = vote;
    }
    this.compare();
    this.changed();
  }

  // Goes to where the teacher is.
  follow(keep) {
    this.followed = performance.now();
    if (here() !== there(this.went)) go(this.went, this.code, keep);
  }

  // Asks for a script run if the last one knew less of the question than this tab does.
  compare() {
    const known = window.unrolledRoomKnown;
    if (!known || !this.ask || this.stepping) return;
    const poll = this.state.polls[known.lesson] ?? null;
    const votes = this.votes(known.lesson);
    const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    const quiet = this.secret && Boolean(this.state.quiet) !== known.quiet;
    const agrees = !quiet && (poll === null) === (known.poll === null) && (!poll || same([poll.round, poll.shown], [known.poll.round, known.poll.shown]));
    if (agrees && (!poll?.shown || this.secret || same(votes, known.mine))) {
      this.asked = null;
      return;
    }
    const wish = JSON.stringify([known.lesson, poll, votes, quiet]);
    if (wish === this.asked?.wish && (this.asked.times >= TRIES || performance.now() - this.asked.at < PATIENCE)) return;
    this.asked = { wish, times: (wish === this.asked?.wish ? this.asked.times : 0) + 1, at: performance.now() };
    this.ask("known", { mine: this.given, count: (this.count = (this.count ?? 0) + 1) });
  }

  // This student's answers in this room, by lesson and round.
  get given() {
    const kept = inBrowser("votes");
    return kept && kept.code === this.code ? kept.given : {};
  }

  // Those to the question of one lesson.
  votes(lesson) {
    return Object.fromEntries(Object.entries(this.given).filter(([key]) => key.startsWith(`${lesson}/`)).sort());
  }

  // The answers on this page, if the vote is open and this student has not answered; else null.
  get unanswered() {
    const lesson = window.unrolledRoomKnown?.lesson;
    const poll = this.state?.polls[lesson];
    if (this.secret || !poll || poll.shown || this.given[`${lesson}/${poll.round}`] !== undefined) return null;
    return document.querySelector(`.st-key-vote_${lesson}`);
  }

  async post(what, body) {
    const response = await fetch(new URL(`class/${this.code}/${what}`, base()), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error((await response.json().catch(() => ({}))).error ?? "The server did not answer.");
  }

  // A student's answer. Resolves when it counts.
  async vote(lesson, round, answer) {
    await this.post("answer", { student: student(), lesson, round, answer });
    inBrowser("votes", { code: this.code, given: { ...this.given, [`${lesson}/${round}`]: answer } });
    this.changed();
  }

  // What the teacher does. One thing after the other, in the order of her clicks.
  lead(action, value) {
    const secret = this.secret;
    this.leading = (this.leading ?? Promise.resolve())
      .then(() => this.post("lead", { secret, do: action, value }))
      .then(
        () => (this.trouble = ""),
        (error) => (this.trouble = error.message),
      )
      .then(() => this.changed());
    return this.leading;
  }

  // From time to time: the address has the room, and the room has the teacher's address.
  look() {
    const named = new URLSearchParams(location.search).get("room");
    if (named !== this.code && rests()) window.unrolledWrite?.("room", this.code);
    if (this.asked && this.state) this.compare();
    this.mend();
    if (this.asks !== Boolean(this.unanswered)) this.redraw?.();
    if (!this.secret || !this.joined) return;
    const now = here();
    const lesson = (at) => at && at.split("?")[0];
    const told = this.state.at && there(this.state.at);
    // She leads from two devices: this one goes where the other is. A device that comes later does so at first.
    if (told && told !== this.posted && !this.stepping && (this.posted === null || (now === this.posted && this.isQuiet()))) {
      this.posted = told;
      if (now !== told) go(this.state.at, this.code, true);
      return;
    }
    const calm = now === this.seen && (lesson(now) === lesson(this.posted) || rests());
    this.seen = now;
    if (!calm || now === this.posted) return;
    this.posted = now;
    // Whoever leaves the plan by the menu gets the questions again.
    const stop = this.plan?.stops[this.plan.now];
    if (this.state.quiet && lesson(now) !== lesson(stop && there(stop.at))) this.lead("question", true);
    this.sent = performance.now();
    this.lead("at", now);
  }

  // Whether nothing that this device has done can still be on its way.
  isQuiet() {
    return rests() && performance.now() - Math.max(this.sent ?? 0, this.acted ?? 0) > PATIENCE;
  }

  // Looks after a page at rest. A run that was on its way when the address changed may write its own values into it, and
  // Streamlit may lose a change of the address while it connects. A student who has touched the page meanwhile wants
  // something else.
  mend() {
    const known = window.unrolledRoomKnown?.path;
    const elsewhere = Boolean(known) && known !== here().split("?")[0];
    const untouched = this.following && this.went && !(this.acted > this.followed) && this.again < TRIES;
    const strayed = untouched && here() !== there(this.went);
    if (!rests() || !(elsewhere || strayed)) this.wrong = null;
    else if (!this.wrong) this.wrong = performance.now();
    else if (performance.now() - this.wrong > CALM) {
      this.wrong = null;
      this.again += 1;
      if (strayed) this.follow(false);
      else if (this.again < TRIES) dispatchEvent(new PopStateEvent("popstate"));
    }
  }

  // The lesson plan of this tab, with the number of the stop where the class is; null if there is none.
  get plan() {
    return inTab("plan");
  }

  keep(plan) {
    inTab("plan", plan);
    this.changed();
  }

  // Goes to a stop of the plan.
  async step(to) {
    const { plan } = this;
    const stop = plan?.stops[to];
    if (!stop) return;
    this.keep({ ...plan, now: to });
    // The page asks its question in the script run of the new address, so it must know before.
    this.stepping = true;
    await this.lead("question", stop.question);
    if (here() === there(stop.at)) this.arrived();
    else {
      go(stop.at, this.code, true);
      setTimeout(() => this.arrived(), STEP);
    }
  }

  // The page of a stop is there: from now on the question of this page counts, and not that of the one before.
  arrived() {
    this.stepping = false;
    this.settle();
  }

  // A plan from a file or a link. Python says whether it is one.
  offer(text) {
    this.count = (this.count ?? 0) + 1;
    this.planning = this.count;
    this.ask("planned", { text, count: this.count });
  }

  // What Python says of it.
  take({ count, plan, error }) {
    if (count !== this.planning) return;
    this.planning = null;
    this.planError = error ?? "";
    if (plan) this.keep({ ...plan, now: -1 });
    else this.changed();
  }

  // A student leaves the teacher, and stays on this page with its settings; or comes back to the teacher.
  wander() {
    if (this.alone) {
      inTab("mine", whole());
      inTab("alone", null);
      this.went = "";
      this.settle();
      return;
    }
    inTab("alone", true);
    this.went = null;
    this.changed();
  }

  // What this visitor had before following, as an address; null if there is nothing else to go to.
  get mine() {
    const mine = this.alone ? inTab("mine") : null;
    return mine === whole() ? null : mine;
  }
}

const toLink = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text))).replaceAll("+", "-").replaceAll("/", "_");
const fromBase64 = (text) => new TextDecoder().decode(Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)));

// What a teacher's link has behind "#", where no server gets it: the secret of her room, or a plan. It leaves the address
// at once.
function fromLink() {
  const planned = /^#plan=([\w=-]+)$/.exec(location.hash);
  if (planned) {
    try {
      inTab("offered", fromBase64(planned[1]));
    } catch {
      inTab("offered", "-"); // no plan: Python says so
    }
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  const found = /^#lead=([\w-]{10,60})$/.exec(location.hash);
  const code = new URLSearchParams(location.search).get("room");
  if (!found || !code) return;
  inTab("lead", { code: code.toUpperCase(), secret: found[1] });
  history.replaceState(history.state, "", location.pathname + location.search);
}

const students = (count) => `${count} ${count === 1 ? "student" : "students"} here`;

function draw(root, data, room) {
  const find = (name) => root.querySelector(name);
  const { mode } = data;
  const { state } = room;
  find(".start").hidden = mode !== "visitor" || !data.works;
  find(".line").hidden = mode !== "student";
  const bar = find(".bar");
  if (mode === "teacher" !== bar.matches(":popover-open")) mode === "teacher" ? bar.showPopover() : bar.hidePopover();
  if (mode === "student") {
    let how = room.trouble || (state ? "" : "connecting …");
    if (!how && state.follow) how = room.alone ? "on your own" : "following";
    find(".where").textContent = [`Room ${data.code}`, how].filter(Boolean).join(" · ");
    room.asks = Boolean(room.unanswered); // what is drawn: the answers may come to the page later
    find(".asks").hidden = !room.asks;
    find(".own").hidden = !(state?.follow || room.alone);
    find(".own").textContent = room.alone ? "Follow again" : "Explore on my own";
    find(".mine").hidden = !room.mine;
  }
  if (mode !== "teacher") return;
  const poll = state?.polls[state.lesson];
  find(".join").textContent = data.code;
  for (const place of root.querySelectorAll(".here")) place.textContent = state ? students(state.here) : "";
  find(".poll").hidden = !poll;
  if (poll) {
    const given = state.counts.at(-1)?.reduce((sum, count) => sum + count, 0) ?? 0;
    find(".answered").textContent = `${poll.round === 2 ? "Second vote: " : ""}${given} of ${state.here} answered`;
    find(".show").textContent = poll.shown ? "Hold back" : "Show the result";
    const closed = poll.round === 2 ? "This is the second vote." : poll.shown ? "The class has seen the result." : given ? "" : "Nobody has answered.";
    find(".again").disabled = Boolean(closed);
    find(".again").title = closed || "Opens a second vote on the same question";
    find(".bars").checked = room.bars;
  }
  const { plan } = room;
  for (const name of [".before", ".next"]) find(name).hidden = !plan?.stops.length;
  find(".list").textContent = plan?.stops.length ? (plan.now < 0 ? "Plan" : `Plan ${plan.now + 1} of ${plan.stops.length}`) : "Plan";
  const stopTitle = (n) => {
    const stop = plan?.stops[n];
    return stop ? [`${n + 1}. ${titleOf(stop, data)}`, stop.note].filter(Boolean).join(": ") : "";
  };
  find(".list").title = stopTitle(plan?.now);
  find(".before").title = stopTitle(plan?.now - 1);
  find(".next").title = stopTitle(plan?.now + 1);
  find(".before").disabled = !(plan?.now > 0);
  find(".next").disabled = !plan || plan.now >= plan.stops.length - 1;
  drawPlan(root, data, room);
  find(".follow input").checked = Boolean(state?.follow);
  find(".trouble").textContent = room.trouble;
}

function titleOf(stop, data) {
  const [path] = stop.at.split("?");
  return data.titles[path] ?? path;
}

function drawPlan(root, data, room) {
  const { plan } = room;
  const drawn = JSON.stringify([plan, room.planError]);
  if (drawn === root.planDrawn) return;
  root.planDrawn = drawn;
  const stops = plan?.stops ?? [];
  const change = (stops, now) => room.keep({ title: plan.title, stops, now });
  const button = (text, label, press, disabled) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, disabled, onclick: press });
    made.setAttribute("aria-label", label);
    return made;
  };
  const move = (from, to) => {
    const moved = [...stops];
    moved.splice(to, 0, ...moved.splice(from, 1));
    const now = plan.now === from ? to : plan.now === to ? from : plan.now;
    change(moved, now);
    root.querySelectorAll(".stops li")[to].querySelector(".goto").focus();
  };
  const row = (stop, n) => {
    const made = document.createElement("li");
    made.classList.toggle("now", n === plan.now);
    const [, query] = stop.at.split("?");
    const name = `${n + 1}. ${titleOf(stop, data)}`;
    const what = [stop.minutes ? `${stop.minutes} min` : "", decodeURIComponent((query ?? "").replaceAll("+", " ")).replaceAll("&", ", "), stop.note];
    const visit = button(name, name, () => {
      root.querySelector("dialog.planning").close();
      room.step(n);
    });
    visit.className = "goto";
    visit.append(Object.assign(document.createElement("small"), { textContent: what.filter(Boolean).join(" · ") }));
    const question = Object.assign(document.createElement("input"), { type: "checkbox", checked: stop.question });
    question.onchange = () => change(stops.with(n, { ...stop, question: question.checked }), plan.now);
    const asks = document.createElement("label");
    asks.append(question, " Question");
    const drop = () => change(stops.toSpliced(n, 1), plan.now > n ? plan.now - 1 : plan.now === n ? n - 1 : plan.now);
    made.append(visit, asks, button("↑", `${name}: earlier`, () => move(n, n - 1), n === 0));
    made.append(button("↓", `${name}: later`, () => move(n, n + 1), n === stops.length - 1), button("×", `${name}: remove`, drop));
    return made;
  };
  const find = (name) => root.querySelector(`.planning ${name}`);
  find(".title").textContent = plan?.title || (stops.length ? "" : "There are no stops yet. Add the page that you are on, or take a ready-made plan.");
  find(".stops").replaceChildren(...stops.map(row));
  for (const name of [".save", ".share"]) find(name).disabled = !stops.length;
  find(".said").textContent = room.planError ?? "";
}

function listenToPlan(root, data, room) {
  const find = (name) => root.querySelector(`.planning ${name}`);
  const say = (text) => (find(".said").textContent = text);
  const written = () => {
    const { title, stops } = room.plan;
    return JSON.stringify({ title, stops });
  };
  root.querySelector(".list").onclick = () => root.querySelector("dialog.planning").showModal();
  root.querySelector(".before").onclick = () => room.step(room.plan.now - 1);
  root.querySelector(".next").onclick = () => room.step(room.plan.now + 1);
  find(".add").onclick = () => {
    const plan = room.plan ?? { title: "", stops: [], now: -1 };
    const at = here().replace(/[?]$/, "");
    room.keep({ ...plan, stops: [...plan.stops, { at, question: !room.state?.quiet, minutes: 0, note: "" }], now: plan.stops.length });
  };
  const ready = data.plans.map((text) => JSON.parse(text));
  find(".ready").replaceChildren(new Option("choose …", ""), ...ready.map(({ title }, n) => new Option(title, n)));
  find(".ready").onchange = ({ target }) => {
    if (target.value !== "") room.offer(data.plans[target.value]);
    target.value = "";
  };
  find(".save").onclick = () => {
    const href = URL.createObjectURL(new Blob([JSON.stringify(JSON.parse(written()), null, 1)], { type: "application/json" }));
    Object.assign(document.createElement("a"), { href, download: "lesson_plan.json" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  };
  find(".load").onclick = () => find("input[type=file]").click();
  find("input[type=file]").onchange = async ({ target }) => {
    const [file] = target.files;
    if (file) room.offer(file.size > 100_000 ? "-" : await file.text());
    target.value = "";
  };
  find(".share").onclick = async () => {
    const link = `${base().href}#plan=${toLink(written())}`;
    try {
      await navigator.clipboard.writeText(link);
      say("The link is copied.");
    } catch {
      prompt("The link of this plan:", link);
    }
  };
}

const FIELD = "textarea, select, [contenteditable], input:not([type=range], [type=radio], [type=checkbox])";

// The keys of a keyboard and of a presenter's remote. Remotes send Page keys. These step wherever the focus is, but in a
// field: whoever has moved a slider goes on with the remote. The arrow keys step while nothing else could use them.
function steps(root, room, event) {
  const by = { PageDown: 1, ArrowRight: 1, PageUp: -1, ArrowLeft: -1 }[event.key];
  const { plan } = room;
  const focus = document.activeElement;
  const isField = event.composedPath()[0].matches?.(FIELD);
  const host = root.host ?? root.getRootNode().host;
  const free = !focus || focus === document.body || focus === host || focus.dataset.testid === "stMain";
  const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
  const mine = event.key.startsWith("Page") ? !isField : free;
  if (!by || !plan?.stops.length || !mine || modified || root.querySelector("dialog[open]")) return;
  event.preventDefault();
  event.stopPropagation(); // before a slider gets it
  room.step(plan.now + by);
}

function listen(root, data, room) {
  const find = (name) => root.querySelector(name);
  const dialog = (name) => find(`dialog.${name}`);
  for (const end of root.querySelectorAll(".end")) end.onclick = () => end.closest("dialog").close();
  for (const place of root.querySelectorAll(".kept")) place.textContent = data.kept;
  find(".start").onclick = () => dialog("starting").showModal();
  find(".open").onclick = () => {
    dialog("starting").close();
    inTab("fresh", true);
    room.ask("opened", true);
  };
  find("form").onsubmit = () => {
    room.ask("joined", find(".code").value);
    find(".code").value = "";
  };
  find(".reply").onclick = () => room.unanswered?.scrollIntoView({ block: "center" });
  find(".own").onclick = () => room.wander();
  find(".mine").onclick = () => {
    go(room.mine, room.code, true);
    find(".mine").hidden = true;
  };
  find(".about").onclick = () => dialog("keeping").showModal();
  if (data.mode === "visitor" && inTab("offered") !== null && !root.told) {
    root.told = true;
    find(".waits").hidden = false;
    dialog("starting").showModal();
  }
  if (data.mode !== "teacher") return;
  listenToPlan(root, data, room);
  if (inTab("offered") !== null) {
    room.offer(inTab("offered"));
    inTab("offered", null);
  }
  if (data.plan) room.take(data.plan);
  const link = new URL(data.link);
  find(".large").textContent = data.code;
  find(".link").textContent = link.host + link.pathname + link.search;
  find(".scan").innerHTML = data.code_to_scan; // drawn by the server, from the link
  find(".alone").hidden = !/^(localhost|127\.|\[::1\])/.test(link.hostname);
  find(".join").onclick = () => dialog("joining").showModal();
  find(".copy").onclick = async ({ target }) => {
    const own = `${link.href}#lead=${data.secret}`;
    try {
      await navigator.clipboard.writeText(own);
      target.textContent = "Copied";
    } catch {
      prompt("Your own link:", own); // a page on plain http may not use the clipboard
    }
    setTimeout(() => (target.textContent = "Copy my own link"), 2000);
  };
  find(".bars").onchange = ({ target }) => {
    room.bars = target.checked;
    room.changed();
  };
  const question = () => room.state?.lesson;
  find(".show").onclick = () => room.lead(room.state.polls[question()].shown ? "hold" : "show", question());
  find(".again").onclick = () => room.lead("again", question());
  find(".follow input").onchange = ({ target }) => {
    if (room.state) room.state.follow = target.checked; // until the server tells of it
    room.lead("follow", target.checked);
  };
  find(".close").onclick = () => dialog("asking").showModal();
  find(".yes").onclick = () => {
    dialog("asking").close();
    room.lead("close");
  };
  if (inTab("fresh")) {
    inTab("fresh", null);
    dialog("joining").showModal();
  }
}

export default function ({ parentElement: root, data, setTriggerValue }) {
  const room = (window.unrolledClass ??= new Room());
  room.ask = setTriggerValue; // the newest one
  fromLink();
  const lead = inTab("lead");
  const code = data.code ?? new URLSearchParams(location.search).get("room")?.toUpperCase();
  clearTimeout(root.offer);
  if (data.mode === "teacher") room.sit(data);
  else if (lead && lead.code === code && !root.offered) {
    root.offered = true;
    setTriggerValue("led", lead);
    root.offer = setTimeout(() => {
      inTab("lead", null); // it is not the secret of this room: who has it is a student
      if (data.mode === "student") room.sit(data);
    }, OFFER);
  } else if (data.mode === "student") room.sit(data);
  else {
    if (room.code) room.end();
    else if (code) forgetRoom(); // Python did not find it, and has said so
  }
  listen(root, data, room);
  window.removeEventListener("unrolledroom", root.compare);
  room.redraw = root.redraw = () => draw(root, data, room);
  root.compare = () => room.state && room.arrived();
  removeEventListener("keydown", root.keys, { capture: true });
  if (data.mode === "teacher") {
    root.keys = (event) => steps(root, room, event);
    addEventListener("keydown", root.keys, { capture: true });
  }
  window.addEventListener("unrolledroom", root.compare);
  draw(root, data, room);
  return () => {
    clearTimeout(root.offer);
    if (room.redraw === root.redraw) room.redraw = null;
    window.removeEventListener("unrolledroom", root.compare);
    removeEventListener("keydown", root.keys, { capture: true });
  };
}
