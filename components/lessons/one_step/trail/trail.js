// Marks the task as done when a visitor has followed a number in the player to its origin.
export default function ({ parentElement: root }) {
  const [task, done] = root.querySelectorAll("p");
  const show = ({ detail }) => {
    task.classList.add("seen");
    task.querySelector(".mark").textContent = "\u2713";
    done.hidden = false;
    done.innerHTML = "<b>Done.</b> ";
    done.append(`${detail}.`);
  };
  // This function is called again and again, but each instance has only one listener.
  window.removeEventListener("unrolledtrail", root.show);
  root.show = show;
  window.addEventListener("unrolledtrail", show);
  return () => window.removeEventListener("unrolledtrail", root.show);
}
