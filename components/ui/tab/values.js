// Hands the values of the controls to tab.js, and the sizes of a script run to sizes.js. These components may be placed
// before or after this one.
export default function ({ data }) {
  window.unrolledValues = data.controls;
  if (!data.sizes) return;
  window.unrolledSizes = data.sizes;
  window.dispatchEvent(new CustomEvent("unrolledsizes"));
}
