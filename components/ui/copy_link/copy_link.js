// The address bar holds every setting, so the link is the address itself.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // The clipboard is closed to pages on plain http: the old way still works there.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("not copied");
  }
}

export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("[role=status]");
  button.onclick = async () => {
    let said = "Link copied";
    try {
      await copy(location.href);
    } catch {
      said = "Copy the address bar";
    }
    button.textContent = status.textContent = said;
    clearTimeout(parentElement.resetTimer);
    parentElement.resetTimer = setTimeout(() => {
      button.textContent = "Copy link";
      status.textContent = "";
    }, 2000);
  };
  return () => clearTimeout(parentElement.resetTimer);
}
