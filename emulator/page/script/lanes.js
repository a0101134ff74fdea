// A lane of time for each hart: who has it, what the kernel did in it, and who told whom to drop what.

const LANE = 62;
const NAME = 70; // width of the names of lanes
const MOST_LANES = 16;
const WIDEST = { event: 1.6, around: 8 }; // of what is shown, in times of the event
const MOST_BOXES = 1500;
let reach = "event";

function patterns() {
  const lines = ["", "M0,8L8,0", "M4,3.2v1.6", "M0,4H8", "M4,0V8", "M0,0L8,8", "M0,8L8,0M0,0L8,8"];
  return lines.map((path, place) =>
    draw("pattern", { id: `lane${place}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      draw("rect", { width: 8, height: 8, class: `own${place}` }), draw("path", { d: path, class: "line" })),
  );
}

// The cycles that are shown: [first, last].
function timeShown(model) {
  const [begin, end] = workOf(model.step);
  if (reach === "run") return [0, Math.max(...RUN.lanes.intervals.map((row) => row[4]), end)];
  const width = Math.max(end - begin, 100) * WIDEST[reach];
  return [Math.max(0, (begin + end - width) / 2), (begin + end + width) / 2];
}

// When a step's kernel work began and ended: a hart that took up a thread may have been idle before.
function workOf(step) {
  const idle = step.cost.find(([phase]) => RUN.phases[phase] === "idle");
  return [step.span[0] + (idle ? idle[1] : 0), step.span[1]];
}

function showLanes(model) {
  const field = document.getElementById("lane-field");
  const width = Math.max(field.clientWidth, 300);
  const [first, last] = timeShown(model);
  const x = (cycle) => NAME + ((Math.min(Math.max(cycle, first), last) - first) * (width - NAME - 8)) / (last - first);
  const seen = (begin, end) => end >= first && begin <= last;
  const intervals = RUN.lanes.intervals.filter(([, , , begin, end]) => seen(begin, end));
  const messages = RUN.lanes.messages.filter(([, , , begin, , , end]) => seen(begin, end));
  const harts = [...new Set([model.step.hart, ...intervals.map((row) => row[0]), ...messages.flatMap((row) => [row[2], ...row[7]])])];
  harts.sort((a, b) => a - b);
  const lanes = new Map(harts.slice(0, MOST_LANES).map((hart, place) => [hart, place * LANE]));
  const height = lanes.size * LANE + 26;
  field.setAttribute("viewBox", `0 0 ${width} ${height}`);
  field.style.height = `${height}px`;
  field.setAttribute("aria-label", `${counted(harts.length, "hart")}, cycles ${count(Math.round(first))} to ${count(Math.round(last))}`);
  field.replaceChildren(
    draw("defs", {}, patterns(), arrowHead("told-head"), arrowHead("answer-head")),
    ...[...lanes].map(([hart, top]) => draw("g", {}, draw("text", { x: 0, y: top + 33, class: "lane" }, `hart ${hart}`), draw("path", { class: "base", d: `M${NAME},${top + 44}H${width - 8}` }))),
    ...intervals.filter((row) => lanes.has(row[0])).slice(0, MOST_BOXES).map((row) => intervalBox(row, lanes, x)),
    ...kernelBoxes(model, lanes, x, seen),
    ...messages.map((row) => messageArrows(row, lanes, x)),
    ...ticks(first, last, x, height),
  );
}

function arrowHead(id) {
  return draw("marker", { id, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 6, markerHeight: 6, orient: "auto" }, draw("path", { d: "M0,0L10,5L0,10z" }));
}

function intervalBox([hart, pid, tid, begin, end], lanes, x) {
  const [left, right] = [x(begin), x(end)];
  const name = pid === tid ? `pid ${pid}` : `pid ${pid}, thread ${tid}`;
  const box = draw("rect", { x: left, y: lanes.get(hart) + 22, width: Math.max(right - left, 1), height: 22, fill: `url(#lane${(pid - 1) % OWNERS})` });
  return draw("g", {}, box, draw("title", {}, name), right - left > 7 * name.length ? draw("text", { x: left + 4, y: lanes.get(hart) + 16, class: "who" }, name) : "");
}

function kernelBoxes(model, lanes, x, seen) {
  const found = [];
  model.steps.forEach((step, place) => {
    const [begin, end] = workOf(step);
    if (lanes.has(step.hart) && seen(begin, end) && end > begin) found.push([step, place, begin, end]);
  });
  return found.slice(0, MOST_BOXES).map(([step, place, begin, end]) => {
    const top = lanes.get(step.hart) + 28;
    const box = draw("g", { class: `work${place === model.at ? " now" : ""}`, "data-place": place });
    let from = begin;
    for (const [phase, cycles] of step.cost) {
      const name = RUN.phases[phase];
      if (name === "idle") continue;
      const [left, right] = [x(from), x(from + cycles)];
      from += cycles;
      if (right <= left) continue;
      box.append(draw("rect", { x: left, y: top, width: Math.max(right - left, 0.7), height: 22 }));
      if (right - left > 8 * name.length) box.append(draw("text", { x: (left + right) / 2, y: top + 15 }, name));
    }
    box.append(draw("title", {}, `event ${step.n}: ${RUN.words[step.title[0]]}, ${counted(end - begin, "cycle")}`));
    return box;
  });
}

function messageArrows([number, cause, sender, , sent, dropped, wentOn, receivers], lanes, x) {
  const there = receivers.filter((hart) => lanes.has(hart) && lanes.has(sender));
  const edge = (hart, other) => lanes.get(hart) + (lanes.get(other) > lanes.get(hart) ? 50 : 22);
  return draw(
    "g",
    { class: "message" },
    there.map((hart) => [
      draw("path", { class: "told", d: `M${x(sent)},${edge(sender, hart)}L${x(dropped)},${edge(hart, sender)}`, "marker-end": "url(#told-head)" }),
      draw("path", { class: "answered", d: `M${x(dropped)},${edge(hart, sender)}L${x(wentOn)},${edge(sender, hart)}`, "marker-end": "url(#answer-head)" }),
    ]),
    draw("title", {}, `invalidation ${number} (${cause}): told ${receivers.map((hart) => `hart ${hart}`).join(", ")}`),
  );
}

function ticks(first, last, x, height) {
  const step = 10 ** Math.floor(Math.log10((last - first) / 3));
  const every = [1, 2, 5].map((times) => times * step).find((size) => (last - first) / size <= 6) ?? 10 * step;
  const found = [];
  for (let cycle = Math.ceil(first / every) * every; cycle <= last; cycle += every) {
    found.push(draw("text", { x: x(cycle), y: height - 6, class: "tick" }, `${count(Math.round(cycle))}`));
    found.push(draw("path", { d: `M${x(cycle)},${height - 22}v4`, class: "base" }));
  }
  return found;
}

for (const button of document.querySelectorAll("[data-reach]")) {
  button.addEventListener("click", () => {
    reach = button.dataset.reach;
    for (const other of document.querySelectorAll("[data-reach]")) other.setAttribute("aria-pressed", other === button);
    showLanes(model);
  });
}
document.getElementById("lane-field").addEventListener("click", (event) => {
  const box = event.target.closest("[data-place]");
  if (box) go(Number(box.dataset.place));
});
