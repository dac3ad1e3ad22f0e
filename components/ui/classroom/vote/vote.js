// The answers to a question in a class. A student chooses one, and it counts at once. While the result is shown, and for
// the teacher when she likes, each answer has a bar for each round.
const CALM = 300; // ms without another choice before one is sent: with the arrow keys a student passes other answers
const LETTERS = "ABCDEFGHIJ"; // what a class calls the answers

// The text of an answer, in which `code` is the only markup.
function words(text) {
  return text.split("`").map((part, n) => (n % 2 ? Object.assign(document.createElement("code"), { textContent: part }) : part));
}

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function say(root, text, wrong = false) {
  const place = root.querySelector(".said");
  place.classList.toggle("wrong", wrong);
  if (place.textContent !== text) place.textContent = text;
}

function lanes(counts, answer) {
  const most = Math.max(1, ...counts.flat());
  return counts.map((round, n) => {
    const bar = document.createElement("i");
    bar.style.width = `${(100 * round[answer]) / most}%`;
    const lane = element("div", "lane", element("span", "", bar), String(round[answer]));
    lane.setAttribute("aria-label", `${counts.length > 1 ? `${n ? "Second" : "First"} vote: ` : ""}${round[answer]}`);
    lane.setAttribute("role", "img");
    return lane;
  });
}

// What all see when the result is shown, and the teacher always: the answers, with bars or without.
function result(root, data, counts, mine) {
  const rows = data.answers.map((text, n) => {
    const right = data.shown && n === data.right;
    const told = element("span", right ? "right" : "", ...words(text), right ? " ✓" : "");
    const row = element("div", "answer", element("span", "letter", LETTERS[n]), told);
    if (counts.length) row.append(element("div", "lanes", ...lanes(counts, n)));
    return row;
  });
  root.querySelector(".answers").replaceChildren(...rows);
  say(root, counts.length > 1 ? `Left the first vote, right the second. Changed minds: ${data.changed}.` : "");
}

function choices(root, data, room) {
  const group = root.querySelector(".answers");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", data.question.replaceAll("`", ""));
  const votes = room.votes(data.lesson);
  const now = votes[`${data.lesson}/${data.round}`];
  const first = data.round > 1 ? votes[`${data.lesson}/1`] : undefined;
  const COUNTS = "Your answer counts. Your teacher shows the result later. Until then you can change it.";
  group.replaceChildren(
    ...data.answers.map((text, n) => {
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "answer", value: n, checked: n === now });
      input.onchange = () => {
        say(root, "…");
        clearTimeout(root.sending);
        root.sending = setTimeout(async () => {
          try {
            await room.vote(data.lesson, data.round, n);
            say(root, COUNTS);
          } catch (error) {
            say(root, error.message, true);
          }
        }, CALM);
      };
      const before = n === first ? [element("small", "", " (your first answer)")] : [];
      return element("label", "", input, element("span", "letter", LETTERS[n]), element("span", "", ...words(text), ...before));
    }),
  );
  const again = data.round > 1 ? "Vote again: talk to your neighbour first." : "";
  say(root, now === undefined ? again : COUNTS);
}

function show(root, data, room) {
  window.removeEventListener("unrolledclass", root.redraw);
  root.redraw = () => {
    if (!data.leads) return;
    const { state } = room;
    const live = state?.lesson === data.lesson ? state : null;
    const counts = room.bars || data.shown ? (live?.counts ?? data.counts) : [];
    const drawn = JSON.stringify([counts, live?.changed]);
    if (drawn === root.drawn) return;
    root.drawn = drawn;
    result(root, { ...data, changed: live?.changed ?? data.changed }, counts);
  };
  root.drawn = null;
  if (data.leads) root.redraw();
  else if (data.shown) result(root, data, data.counts);
  else choices(root, data, room);
  window.addEventListener("unrolledclass", root.redraw); // from classroom.js
}

export default function ({ parentElement: root, data }) {
  const begin = () => {
    // classroom.js may begin later.
    if (window.unrolledClass) show(root, data, window.unrolledClass);
    else root.sending = setTimeout(begin, 50);
  };
  clearTimeout(root.sending);
  begin();
  return () => {
    window.removeEventListener("unrolledclass", root.redraw);
    clearTimeout(root.sending);
  };
}
