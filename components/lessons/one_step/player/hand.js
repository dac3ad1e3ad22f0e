// Hands the run and its weights to the player, which the browser may build before or after this.
export default function ({ data }) {
  window.unrolledRun = data;
  window.dispatchEvent(new CustomEvent("unrolledrun"));
}
