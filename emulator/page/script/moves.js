// Going back and forth: buttons, keys, the scrubber, and the address of the page.

const model = new Model(RUN);
const VIEWS = [showStory, showSource, showFrames, showProcesses, showTlbs, showCosts, showLanes, showStrip];
const scrubber = document.getElementById("scrubber");
const help = document.getElementById("help");

function go(place) {
  if (!model.steps.length) return;
  const wanted = Math.min(Math.max(place, 0), model.steps.length - 1);
  model.goTo(wanted);
  for (const view of VIEWS) view(model);
  const step = model.step;
  scrubber.value = wanted;
  scrubber.setAttribute("aria-valuetext", `event ${step.n}: ${RUN.words[step.title[0]]}`);
  document.getElementById("number").textContent = `event ${step.n} of ${model.steps.at(-1).n}`;
  if (location.hash !== `#event=${step.n}`) history.replaceState(null, "", `#event=${step.n}`);
}

function fault(direction) {
  let place = model.at + direction;
  while (place >= 0 && place < model.steps.length && !model.steps[place].fault) place += direction;
  if (place >= 0 && place < model.steps.length) go(place);
}

function follow() {
  const found = /^#event=(\d+)$/.exec(location.hash);
  go(found ? model.placeOf(Number(found[1])) : 0);
}

const MOVES = {
  first: () => go(0),
  back: () => go(model.at - 1),
  forward: () => go(model.at + 1),
  last: () => go(model.steps.length - 1),
  "previous-fault": () => fault(-1),
  "next-fault": () => fault(1),
  help: () => (help.open ? help.close() : help.showModal()),
};
const KEYS = {
  ArrowLeft: "back",
  ArrowRight: "forward",
  Home: "first",
  End: "last",
  n: "next-fault",
  p: "previous-fault",
  "?": "help",
};

document.addEventListener("keydown", (event) => {
  const move = KEYS[event.key];
  if (!move || event.ctrlKey || event.metaKey || event.altKey || (help.open && move !== "help")) return;
  event.preventDefault();
  MOVES[move]();
});
for (const button of document.querySelectorAll("[data-move]")) {
  button.addEventListener("click", () => MOVES[button.dataset.move]());
}
scrubber.max = model.steps.length - 1;
scrubber.addEventListener("input", () => go(Number(scrubber.value)));
document.getElementById("strip").addEventListener("click", (event) => {
  const box = event.currentTarget.getBoundingClientRect();
  go(Math.round(((event.clientX - box.left) / box.width) * (model.steps.length - 1)));
});
addEventListener("hashchange", follow);
addEventListener("resize", () => {
  if (!model.steps.length) return;
  showCopy(model);
  showLanes(model);
});

if (RUN.left_out) {
  const words = document.getElementById("left-out");
  words.textContent = `The run went on: ${counted(RUN.left_out, "event")} after these are left out.`;
  words.hidden = false;
}
// Where several harts run, time is half of the story.
if (RUN.harts > 1 && RUN.harts <= 4) document.querySelector("main").classList.add("timed");
if (model.steps.length) {
  layStrip(model);
  follow();
} else {
  document.getElementById("number").textContent = "no event";
}
