// Physical memory: a tile for each frame that was ever in use, always on the same place. A tile has the colours and
// patterns of all who have the frame; one that is free is an outline, and one that never was in use so far is not there.

const SIZES = [[32, "large"], [160, "medium"], [Infinity, "small"]]; // for so many frames; small ones have no words
const WORDS = {
  kernel: "kernel",
  zeros: "zeros",
  table: "page table",
  program: "program",
  shared: "shared",
  index: "index",
  data: "data",
  held: "held",
};
const tiles = new Map(); // by the frame's number
const painted = new Map(); // what each shows: the frame's value, and whether it is marked

function layFrames(model) {
  const box = document.getElementById("tiles");
  const numbers = [...model.firstUse.keys()].sort((a, b) => a - b);
  box.className = SIZES.find(([most]) => numbers.length <= most)[1];
  for (const number of numbers) {
    const tile = make("div", { class: "tile", role: "listitem" });
    tiles.set(number, tile);
    box.append(tile);
  }
}

// The processes that have a frame, ascending, each once.
function pidsOf(model, value) {
  const found = new Set();
  for (const [space] of value[3]) for (const pid of model.pids(space)) found.add(pid);
  return [...found].sort((a, b) => a - b);
}

function whatHolds(value) {
  return value[0] === "table" ? `table L${value[2]}` : WORDS[value[0]];
}

function inWords(model, number, value) {
  if (!value) return `frame ${hex(number)}: free`;
  const pids = pidsOf(model, value).map((pid) => `pid ${pid}`);
  return `frame ${hex(number)}: ${whatHolds(value)}${pids.length ? ` of ${pids.join(", ")}` : ""}, ${counted(value[1], "reference")}`;
}

function paintTile(model, number) {
  const key = "f" + number;
  const value = model.values.get(key);
  const marked = model.changed(key) || (model.step.frames?.includes(number) ?? false);
  const before = painted.get(number);
  if (before && before[0] === value && before[1] === marked && !model.spacesChanged) return;
  painted.set(number, [value, marked]);
  const tile = tiles.get(number);
  const words = inWords(model, number, value);
  tile.className = `tile ${value ? value[0] : "free"}${marked ? " changed" : ""}`;
  tile.title = words;
  tile.setAttribute("aria-label", words);
  const bands = value ? pidsOf(model, value).map((pid) => make("span", { class: owner(pid) }, make("b", {}, pid))) : [];
  tile.replaceChildren(
    make("span", { class: "bands", "aria-hidden": "true" }, bands),
    make("span", { class: "name" }, hex(number)),
    make("span", { class: "holds" }, value ? whatHolds(value) : "free"),
    value && value[1] > 1 ? make("span", { class: "refs" }, `×${value[1]}`) : "",
  );
}

function showFrames(model) {
  if (!tiles.size) layFrames(model);
  for (const [number, tile] of tiles) {
    tile.hidden = model.firstUse.get(number) > model.at;
    paintTile(model, number);
  }
  const changed = document.querySelector("#tiles.small .changed");
  if (changed) changed.parentElement.scrollTop = changed.offsetTop - changed.parentElement.clientHeight / 2;
  showFrameChanges(model);
  showCopy(model);
}

function showFrameChanges(model) {
  const keys = Object.keys(model.was).filter((key) => key[0] === "f");
  const numbers = keys.map((key) => Number(key.slice(1))).sort((a, b) => a - b);
  const told = numbers.slice(0, 8).map((number) => {
    const [before, after] = [model.was["f" + number], model.values.get("f" + number)];
    return make("li", {}, make("b", {}, hex(number)), " ", frameWords(model, before), " → ", frameWords(model, after));
  });
  const kept = model.step.kind === "reuse" ? model.step.frames[0] : undefined;
  if (kept !== undefined && !numbers.includes(kept)) {
    const owners = frameWords(model, model.values.get("f" + kept));
    told.push(make("li", {}, make("b", {}, hex(kept)), " stays with ", owners, ": re-used, nothing copied"));
  }
  if (numbers.length > 8) told.push(make("li", {}, `and ${counted(numbers.length - 8, "more frame")}`));
  fill("frame-changes", told.length ? told : make("li", { class: "none" }, "No frame changed hands."));
}

function frameWords(model, value) {
  if (!value) return "free";
  const pids = pidsOf(model, value).map(chip);
  const pages = value[3].length + value[4];
  const more = pages > pids.length ? ` at ${pages} pages` : value[1] > 1 ? ` ×${value[1]}` : "";
  return make("span", {}, pids.length ? pids : whatHolds(value), more);
}

// The arrow from the frame that was copied to the copy.
function showCopy(model) {
  const arrow = document.getElementById("copy");
  arrow.replaceChildren();
  const step = model.step;
  if (step.kind !== "copy" || !step.frames) return;
  const box = document.getElementById("tiles").getBoundingClientRect();
  const [from, to] = step.frames.map((number) => tiles.get(number).getBoundingClientRect());
  const start = [from.left + from.width / 2 - box.left, from.bottom - 6 - box.top];
  const end = [to.left + to.width / 2 - box.left, (to.top > from.bottom ? to.top : to.bottom - 6) - box.top];
  const bend = Math.max(start[1], end[1]) + (to.top > from.bottom ? 0 : 34);
  arrow.append(
    draw("path", { d: `M${start} C${start[0]},${bend} ${end[0]},${to.top > from.bottom ? start[1] : bend} ${end}`, "marker-end": "url(#head)" }),
  );
}
