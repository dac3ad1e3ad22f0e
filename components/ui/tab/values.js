// Hands the values of the controls to tab.js, and the sizes of a script run to sizes.js. These components may be placed
// before or after this one.
export default function ({ data: [controls, sizes] }) {
  window.unrolledValues = controls;
  if (!sizes) return;
  window.unrolledSizes = sizes;
  window.dispatchEvent(new CustomEvent("unrolledsizes"));
}
