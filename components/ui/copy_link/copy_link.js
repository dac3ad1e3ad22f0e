// The address bar has every setting, so the link is the address itself.
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

export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("[role=status]");
  button.onclick = async () => {
    let message = "Link copied";
    try {
      await copy(location.href);
    } catch {
      message = "Copy the address bar";
    }
    button.textContent = status.textContent = message;
    clearTimeout(parentElement.resetTimer);
    parentElement.resetTimer = setTimeout(() => {
      button.textContent = "Copy link";
      status.textContent = "";
    }, 2000);
  };
  return () => clearTimeout(parentElement.resetTimer);
}
