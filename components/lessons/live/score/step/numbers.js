// Hands the numbers on to the control, which may be drawn before or after.
export default function ({ data }) {
  window.unrolledNumbers = data;
  window.dispatchEvent(new CustomEvent("unrollednumbers"));
}
