// Hands the values of the controls to tab.js, the sizes of a script run to sizes.js, and what it knew of a room to
// classroom.js. These components may be placed before or after this one.
export default function ({ data: [controls, sizes, room] }) {
  window.unrolledValues = controls;
  if (room) {
    window.unrolledRoomKnown = room;
    window.dispatchEvent(new CustomEvent("unrolledroom"));
  }
  if (!sizes) return;
  window.unrolledSizes = sizes;
  window.dispatchEvent(new CustomEvent("unrolledsizes"));
}
