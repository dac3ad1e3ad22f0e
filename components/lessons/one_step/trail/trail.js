// Marks the task as done once the player has followed a number to where it begins.
export default function ({ parentElement: root }) {
  const [task, done] = root.querySelectorAll("p");
  const show = ({ detail }) => {
    task.classList.add("seen");
    task.querySelector(".mark").textContent = "\u2713";
    done.hidden = false;
    done.innerHTML = "<b>Done.</b> ";
    done.append(`${detail}.`);
  };
  // One listener an instance, however often this function is called again.
  window.removeEventListener("unrolledtrail", root.show);
  root.show = show;
  window.addEventListener("unrolledtrail", show);
  return () => window.removeEventListener("unrolledtrail", root.show);
}
