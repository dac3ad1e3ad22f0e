// While a thumb is dragged: asks for a preview of the value under it, the next one when the picture of the last one is in
// the page. The picture's component (../follow/follow.js) has the function that asks. A page without it has no previews.
const UNHURRIED = 150; // ms. A preview that took longer is followed by a pause as long as the rest of its time
const PATIENCE = 3000; // ms after which a preview is believed lost

function nextPreview(previews) {
  const { wanted, busy, asked } = previews;
  if (!wanted || busy || wanted.value === asked || !window.unrolledPreview) return;
  previews.number = (previews.number ?? Date.now() % 1e6) + 1; // never a number of an earlier visit of this page
  previews.asked = wanted.value;
  previews.began = performance.now();
  previews.busy = setTimeout(() => freePreview(previews), PATIENCE);
  window.unrolledPreview("preview", { ...wanted, number: previews.number });
}

function freePreview(previews) {
  clearTimeout(previews.busy);
  previews.busy = null;
  nextPreview(previews);
}

// `wanted` has the key of a size and its value; null when it is let go, because the whole page follows then.
function wantPreview(previews, wanted) {
  previews.wanted = wanted;
  if (!wanted) previews.asked = undefined;
  nextPreview(previews);
}

function previewShown(previews, number) {
  if (number !== previews.number || !previews.busy) return;
  clearTimeout(previews.busy);
  const took = performance.now() - previews.began;
  previews.busy = setTimeout(() => freePreview(previews), Math.max(took - UNHURRIED, 0));
}
