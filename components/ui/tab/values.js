// Hands the values of the controls to tab.js. That component may be placed before or after this one.
export default function ({ data }) {
  window.unrolledValues = data;
}
