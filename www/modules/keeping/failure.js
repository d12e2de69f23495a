// When the page's program has stopped for good: a sentence in the page, and a way to the text. It needs nothing of the
// program but the text that it hands over.

import { download } from "./files.js";

let guarded = false;

/** While something would be lost, the browser asks before the page goes. */
export function guard(would) {
  if (!guarded) addEventListener("beforeunload", (event) => guarded === "yes" && event.preventDefault());
  guarded = would ? "yes" : "no";
}

export function show(message, name, text) {
  guarded = "no";
  const panel = document.createElement("div");
  panel.className = "page-failure";
  panel.setAttribute("role", "alert");
  const paragraph = (words) => panel.append(Object.assign(document.createElement("p"), { textContent: words }));
  const button = (label, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    made.addEventListener("click", act);
    panel.append(made);
  };
  paragraph("This page has stopped: a mistake of its own, not of your policy. What you see no longer answers.");
  paragraph("The policy as it stands is below and can be saved. Reloading shows what this browser has kept.");
  button("Save the policy as a file", () => download(name, text));
  button("Reload", () => location.reload());
  const details = document.createElement("details");
  details.append(Object.assign(document.createElement("summary"), { textContent: "The policy, and what went wrong" }));
  for (const words of [message, text]) {
    details.append(Object.assign(document.createElement("pre"), { textContent: words, tabIndex: 0 }));
  }
  panel.append(details);
  document.body.prepend(panel);
  panel.scrollIntoView();
}
