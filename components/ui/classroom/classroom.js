// The tab's place in a class. The connection lives as long as the document, because Streamlit builds this component anew
// when another lesson opens. The server tells how the room stands; what this tab then does follows from that alone.
const TICK = 60; // ms between two looks at the address of the teacher's page
const [FIRST, LONGEST] = [500, 8000]; // ms before a lost connection is tried again: at first, and at most
const TRIES = 4; // script runs that are asked for in a row for the same state
const PATIENCE = 1500; // ms before a script run is asked for again
const OFFER = 5000; // ms for the server to accept a secret
const ENDED = 4404; // the server's code for a room that has ended; see components/classroom/routes.py
const REFUSED = 4403;
const PRIVATE = ["room", "teach", "answers", "plan"];
const CONTROLS = "unrolledclass"; // the event: something has changed in `window.unrolledClass`

const store = (storage, name, value) => {
  try {
    if (value === undefined) return JSON.parse(storage.getItem(`unrolled.${name}`));
    if (value === null) storage.removeItem(`unrolled.${name}`);
    else storage.setItem(`unrolled.${name}`, JSON.stringify(value));
  } catch {
    // Without storage a reload begins anew.
  }
  return null;
};
const inTab = (name, value) => store(sessionStorage, name, value);
const inBrowser = (name, value) => store(localStorage, name, value);

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
const there = (at) => address(new URL(base().pathname.slice(0, -1) + at, location.origin));
const whole = () => location.pathname.slice(base().pathname.length - 1) + location.search;

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

  // Begins, or goes on, with what Python says: the code, and the secret of who leads.
  sit({ code, secret }) {
    if (code === this.code && secret === this.secret) return;
    this.stand();
    Object.assign(this, { code, secret, wait: FIRST, went: null, posted: null });
    if (inTab("code") !== code) for (const name of ["mine", "alone", "votes"]) inTab(name, null);
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
    for (const name of ["code", "lead", "mine", "alone", "votes"]) inTab(name, null);
    forgetRoom();
    this.ask?.("ended", code);
    this.changed();
  }

  changed() {
    dispatchEvent(new CustomEvent(CONTROLS));
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
      if (!this.state.follow) this.went = null;
      else if (!this.alone && this.state.at !== this.went) {
        // What the visitor had set alone waits, and comes back exactly.
        if (this.went === null && inTab("mine") === null) inTab("mine", whole());
        const first = this.went === null;
        this.went = this.state.at;
        if (here() !== there(this.state.at)) go(this.state.at, this.code, first);
      }
    }
    this.compare();
    this.changed();
  }

  // Asks for a script run if the last one knew less of the question than this tab does.
  compare() {
    const known = window.unrolledRoomKnown;
    if (!known || !this.ask) return;
    const poll = this.state.polls[known.lesson] ?? null;
    const votes = this.votes(known.lesson);
    const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    const agrees = (poll === null) === (known.poll === null) && (!poll || same([poll.round, poll.shown], [known.poll.round, known.poll.shown]));
    if (agrees && (!poll?.shown || this.secret || same(votes, known.mine))) {
      this.asked = null;
      return;
    }
    const wish = JSON.stringify([known.lesson, poll, votes]);
    if (wish === this.asked?.wish && (this.asked.times >= TRIES || performance.now() - this.asked.at < PATIENCE)) return;
    this.asked = { wish, times: (wish === this.asked?.wish ? this.asked.times : 0) + 1, at: performance.now() };
    this.ask("known", { mine: inTab("votes") ?? {}, count: (this.count = (this.count ?? 0) + 1) });
  }

  // This student's answers to the question of a lesson, by lesson and round.
  votes(lesson) {
    return Object.fromEntries(Object.entries(inTab("votes") ?? {}).filter(([key]) => key.startsWith(`${lesson}/`)).sort());
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
    inTab("votes", { ...inTab("votes"), [`${lesson}/${round}`]: answer });
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
    if (!this.secret || !this.joined) return;
    const now = here();
    const lesson = (at) => at?.split("?")[0];
    const calm = now === this.seen && (lesson(now) === lesson(this.posted) || rests());
    this.seen = now;
    if (!calm || now === this.posted) return;
    this.posted = now;
    this.lead("at", now);
  }

  // A student leaves the teacher, or comes back.
  wander() {
    if (this.alone) {
      inTab("mine", whole());
      inTab("alone", null);
      this.went = "";
      this.settle();
      return;
    }
    inTab("alone", true);
    const mine = inTab("mine");
    this.went = null;
    if (mine !== null && mine !== whole()) go(mine, this.code, true);
    this.changed();
  }
}

// The secret of the teacher's own link. It is behind "#", so that no server gets it, and it leaves the address at once.
function fromLink() {
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
  find(".start").hidden = mode !== "visitor";
  find(".line").hidden = mode !== "student";
  const bar = find(".bar");
  if (mode === "teacher" !== bar.matches(":popover-open")) mode === "teacher" ? bar.showPopover() : bar.hidePopover();
  if (mode === "student") {
    let how = room.trouble || (state ? "" : "connecting …");
    if (!how && state.follow) how = room.alone ? "on your own" : "following";
    find(".where").textContent = [`Room ${data.code}`, how].filter(Boolean).join(" · ");
    find(".own").hidden = !(state?.follow || room.alone);
    find(".own").textContent = room.alone ? "Follow again" : "Explore on my own";
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
    find(".again").disabled = poll.round === 2;
    find(".bars").checked = room.bars;
  }
  find(".follow input").checked = Boolean(state?.follow);
  find(".trouble").textContent = room.trouble;
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
  find(".own").onclick = () => room.wander();
  find(".about").onclick = () => dialog("keeping").showModal();
  if (data.mode !== "teacher") return;
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
  find(".follow input").onchange = ({ target }) => room.lead("follow", target.checked);
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
  removeEventListener(CONTROLS, root.redraw);
  removeEventListener("unrolledroom", root.compare);
  root.redraw = () => draw(root, data, room);
  root.compare = () => room.state && room.settle();
  addEventListener(CONTROLS, root.redraw);
  addEventListener("unrolledroom", root.compare);
  draw(root, data, room);
  return () => {
    clearTimeout(root.offer);
    removeEventListener(CONTROLS, root.redraw);
    removeEventListener("unrolledroom", root.compare);
  };
}
