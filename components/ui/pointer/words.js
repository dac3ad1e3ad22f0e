// Gives the words to the pointer with the same event. That pointer may be placed before or after this component.
export default function ({ data }) {
  window.unrolledWords = { ...window.unrolledWords, [data.event]: data };
  window.dispatchEvent(new CustomEvent("unrolledwords"));
}
