// The source, with the line that the step is about. Each source is laid out once, when a step first stands in it.

const NEAR = 8; // lines before and after it that are printed
const laidOut = new Map();

function layOut(number) {
  if (!laidOut.has(number)) {
    const source = RUN.sources[number];
    const lines = source.lines.map(([line, text]) =>
      make("li", { "data-line": line }, make("span", { class: "number" }, source.listing ? hex(line) : line), text || " "),
    );
    laidOut.set(number, make("ol", { class: "code", tabindex: 0, "aria-label": source.name }, lines));
  }
  return laidOut.get(number);
}

function showSource(model) {
  const at = model.step.at;
  const title = document.getElementById("source-name");
  const box = document.getElementById("lines");
  if (!at) {
    title.textContent = "Source";
    fill("lines", make("p", { class: "none" }, "No line of a program led to this event."));
    return;
  }
  const list = layOut(at[0]);
  if (box.firstElementChild !== list) box.replaceChildren(list);
  title.textContent = RUN.sources[at[0]].name;
  for (const near of list.querySelectorAll(".near")) near.removeAttribute("class");
  list.querySelector("[aria-current]")?.removeAttribute("aria-current");
  const line = list.querySelector(`[data-line="${at[1]}"]`);
  if (line) {
    line.setAttribute("aria-current", "true");
    list.scrollTop = line.offsetTop - list.clientHeight / 2;
    const lines = [...list.children];
    const place = lines.indexOf(line);
    for (const near of lines.slice(Math.max(place - NEAR, 0), place + NEAR + 1)) near.setAttribute("class", "near");
  }
}
