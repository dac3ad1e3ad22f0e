// Hands the run and its weights on to the player, which may be drawn before or after.
export default function ({ data }) {
  window.unrolledRun = data;
  window.dispatchEvent(new CustomEvent("unrolledrun"));
}
