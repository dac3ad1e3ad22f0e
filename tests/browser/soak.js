// Two functions for soak.py: what is on a page, and what its charts look like.
// ---
// What is on the page, without what no address contains: finished attempts, the Step, measurements and trainings.
() => {
  const main = document.querySelector("[data-testid=stMain]");
  const forgets = ".st-key-step_control, .st-key-tab, [class*='_beside']";
  const texts = [];
  for (const element of main.querySelectorAll("[data-testid=stElementContainer]")) {
    if (element.closest(forgets) || element.querySelector("[data-testid=stElementContainer]")) continue;
    let text = element.innerText;
    // Streamlit shows as many page numbers as it finds room for at that moment.
    const current = element.querySelector("[data-testid=stPagination] [aria-current]");
    if (current) text = `page ${current.innerText}`;
    const hint = element.querySelector("[data-testid=InputInstructions]")?.innerText; // of a line that was just typed
    if (hint) text = text.replace(hint, "");
    if (/^(Try it|radio_button_unchecked|check_circle)\s/.test(text) && !element.querySelector("[role=alert]")) continue; // attempts
    const shadows = [...element.querySelectorAll("*")].flatMap((inside) => [...(inside.shadowRoot?.children ?? [])]);
    // An answer that is chosen but not checked yet is in no address.
    const inputs = [...element.querySelectorAll("input")].filter((input) => !input.closest("[class*='st-key-predict_']"));
    const chosen = inputs.map((input) => (/radio|checkbox/.test(input.type) ? input.checked : input.value));
    texts.push([text, ...shadows.map((part) => part.innerText ?? ""), ...chosen].join(" ").replace(/\s+/g, " ").trim());
  }
  const host = [...document.querySelectorAll(".st-key-sizes *")].find((one) => one.shadowRoot);
  const sizes = [...(host?.shadowRoot.querySelectorAll(".range") ?? [])];
  return {
    address: location.pathname + location.search,
    sizes: sizes.map((size) => Number(size.value)),
    texts: texts.filter(Boolean),
  };
}
// ---
// Every chart, scaled down: a chart that was updated and the same chart after a reload may differ at the edges of lines
// and letters.
() => [...document.querySelectorAll("[data-testid=stVegaLiteChart] canvas")].filter((one) => !one.closest("[class*='_beside']")).map((canvas) => {
  const [width, height] = [Math.ceil(canvas.width / 12), Math.ceil(canvas.height / 12)];
  if (!canvas.width) return [0, 0];
  const small = new OffscreenCanvas(width, height).getContext("2d");
  small.imageSmoothingQuality = "high";
  small.drawImage(canvas, 0, 0, width, height);
  return [width, height, ...small.getImageData(0, 0, width, height).data];
})
