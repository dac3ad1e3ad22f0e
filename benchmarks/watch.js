// Runs before the page's own scripts, and notes the time of every change of a chart's pixels.
// A chart is one of Vega's (`.marks`, on canvas or SVG), or a canvas or SVG in the shadow root of a component.
(() => {
  const watch = (window.__watch = { key: 0, agreed: 0, tasks: [] });
  const canvases = new Set();
  const svg = { time: 0, frame: 0 };
  let frame = 0; // frames begun since the key press
  let inFrame = false;

  const isChart = (element) =>
    element.isConnected &&
    (element.matches("svg.marks, canvas.marks") || element.getRootNode() instanceof ShadowRoot);

  const drew = (record) => {
    record.time = performance.now();
    record.frame = inFrame ? frame : frame + 1; // the frame that shows it
  };

  // Canvas: only the time is noted here, because these functions are called very often.
  const context = CanvasRenderingContext2D.prototype;
  for (const name of [
    "clearRect", "drawImage", "fill", "fillRect", "fillText",
    "putImageData", "stroke", "strokeRect", "strokeText",
  ]) {
    const plain = context[name];
    context[name] = function () {
      const canvas = this.canvas;
      if (!canvas.__drawn) {
        canvas.__drawn = {};
        canvases.add(canvas);
      }
      drew(canvas.__drawn);
      return plain.apply(this, arguments);
    };
  }

  // SVG, and charts that are inserted as a whole.
  const chartsIn = (node) =>
    node instanceof Element
      ? [node, ...node.querySelectorAll("svg, canvas")].filter((e) => e.matches("svg, canvas"))
      : [];
  const observer = new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      const inside = (target instanceof Element ? target : target.parentElement)?.closest("svg");
      const touched = [...(inside ? [inside] : []), ...[...addedNodes].flatMap(chartsIn)];
      if (touched.some(isChart)) return drew(svg);
    }
  });
  const all = { attributes: true, characterData: true, childList: true, subtree: true };
  observer.observe(document, all);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    observer.observe(root, all);
    return root;
  };

  // The last change: ms since the page's navigation, and the frame that shows it. Frame 1 is the first one after the
  // key press.
  watch.last = () => {
    let last = svg;
    for (const canvas of canvases) {
      if (!canvas.isConnected) canvases.delete(canvas);
      else if (isChart(canvas) && canvas.__drawn.time > last.time) last = canvas.__drawn;
    }
    return { ...last };
  };

  // The clock starts with the key event itself. Frames are counted for a short time after it.
  addEventListener(
    "keydown",
    (event) => {
      watch.key = event.timeStamp;
      watch.agreed = frame = 0;
      const count = () => {
        if (watch.key !== event.timeStamp) return;
        frame += 1;
        inFrame = true;
        setTimeout(() => (inFrame = false)); // a task, which runs after the callbacks of the frame
        if (frame < 12) requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
    },
    true,
  );

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) watch.tasks.push([startTime, duration]);
  }).observe({ type: "longtask", buffered: true });

  // The longest block of the main thread since the key press, in ms; 0 if no block reached 50 ms.
  watch.longest = () =>
    Math.max(0, ...watch.tasks.filter(([start, ms]) => start + ms > watch.key).map(([, ms]) => ms));

  // Whether a caption states the value of every main slider that can be moved.
  const agrees = () => {
    const values = Object.entries({ T: "seq_len", H: "hidden_size", I: "input_size" })
      .map(([letter, key]) => [letter, document.querySelector(`.st-key-${key} input[type=range]`)])
      .filter(([, slider]) => slider && !slider.disabled)
      .map(([letter, slider]) => new RegExp(`\\b${letter}\\s*=\\s*${slider.value}\\b`));
    const captions = document.querySelectorAll(
      "[data-testid=stCaptionContainer], [data-testid=stMarkdownContainer]",
    );
    return (
      values.length > 0 &&
      [...captions].some(({ textContent }) => values.every((value) => value.test(textContent)))
    );
  };

  // The time of the last change, if the page is ready and the charts are quiet; else null.
  watch.settled = (quiet) => {
    const now = performance.now();
    const app = document.querySelector("[data-testid=stApp]")?.dataset;
    const ready =
      app?.testConnectionState === "CONNECTED" &&
      app.testScriptState === "notRunning" &&
      !document.querySelector("[data-testid=stSkeleton]") &&
      agrees();
    if (!ready) watch.agreed = 0;
    else watch.agreed ||= now;
    const changed = watch.last().time;
    const busy = Math.max(changed, watch.agreed, ...watch.tasks.map(([start, ms]) => start + ms));
    return ready && changed > watch.key && now - busy >= quiet ? changed : null;
  };
})();
