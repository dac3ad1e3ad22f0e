// What to try in the player. The player says when a task is done; the tab keeps the ticks.
const KEPT = "unrolled_one_step";

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return []; // no storage, or something else in it
  }
}

function tick(place) {
  place.classList.add("seen");
  place.querySelector(".mark").textContent = "\u2713";
}

export default function ({ parentElement: root }) {
  const places = Object.fromEntries([...root.querySelectorAll("[data-task]")].map((place) => [place.dataset.task, place]));
  for (const task of kept()) if (places[task]) tick(places[task]);
  const show = ({ detail: { task, words } }) => {
    tick(places[task]);
    const done = places[task].querySelector(".done");
    done.hidden = false;
    done.innerHTML = "<b>Done.</b> ";
    done.append(words);
    try {
      sessionStorage.setItem(KEPT, JSON.stringify([...new Set([...kept(), task])]));
    } catch {
      // Without storage the ticks last as long as the page.
    }
  };
  // This function is called again and again, but each instance has only one listener.
  window.removeEventListener("unrolledtask", root.show);
  root.show = show;
  window.addEventListener("unrolledtask", show);
  return () => window.removeEventListener("unrolledtask", root.show);
}
