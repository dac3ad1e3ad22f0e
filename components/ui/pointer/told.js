// Hands what is told on to the control of the same event, which may be drawn before or after.
export default function ({ data }) {
  window.unrolledTold = { ...window.unrolledTold, [data.event]: data };
  window.dispatchEvent(new CustomEvent("unrolledtold"));
}
