// Hands the sizes of a script run to sizes.js. That component may be placed before or after this one.
export default function ({ data }) {
  window.unrolledSizes = data;
  window.dispatchEvent(new CustomEvent("unrolledsizes"));
}
