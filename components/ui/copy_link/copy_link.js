// The address bar has every setting, so the link is the address itself. Without the answers, because a class should get
// the questions; a second button is there for a link with them.
const TEXTS = { plain: "Copy link", answers: "with answers" };

function address(answers) {
  const url = new URL(location.href);
  const kept = url.search.slice(1).split("&").filter((part) => part && (answers || !/^answers(=|$)/.test(part)));
  url.search = kept.join("&");
  return url.href;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages on plain http may not use the clipboard API. The older command still works there.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (!copied) throw new Error("not copied");
  }
}

export default function ({ data, parentElement }) {
  const status = parentElement.querySelector("[role=status]");
  const buttons = Object.keys(TEXTS).map((name) => parentElement.querySelector(`.${name}`));
  buttons[1].hidden = !data;
  for (const button of buttons) {
    const name = button.className;
    button.onclick = async () => {
      let message = "Link copied";
      try {
        await copy(address(name === "answers"));
      } catch {
        message = "Copy the address bar";
      }
      button.textContent = status.textContent = message;
      clearTimeout(parentElement.resetTimer);
      parentElement.resetTimer = setTimeout(() => {
        for (const each of buttons) each.textContent = TEXTS[each.className];
        status.textContent = "";
      }, 2000);
    };
  }
  return () => clearTimeout(parentElement.resetTimer);
}
