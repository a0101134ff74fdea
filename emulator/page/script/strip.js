// All steps in a row, above the scrubber: faults stand tall, and each kind has a shape of its own.

const FAULTS = new Set(["copy", "reuse", "zero_map", "zero_fill", "huge_map", "huge_fill", "huge_share", "huge_copy", "huge_reuse", "share", "file_map", "file_fill", "upgrade", "spurious", "refused", "out_of_memory"]);
const HEIGHT = 40;
const CROWDED = 250; // so many steps leave no room for broad strokes

function layStrip(model) {
  const strip = document.getElementById("strip");
  const width = 1000;
  strip.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  const paths = new Map();
  model.steps.forEach((step, place) => {
    const x = xOf(model, place, width);
    const top = FAULTS.has(step.kind) ? 6 : step.kind === "switch" ? 28 : 20;
    paths.set(step.kind, `${paths.get(step.kind) ?? ""}M${x.toFixed(2)},${top}V${HEIGHT - 4}`);
  });
  strip.classList.toggle("crowded", model.steps.length > CROWDED);
  const rare = [...paths].sort((a, b) => b[1].length - a[1].length); // what is rare is drawn last, above the rest
  for (const [kind, path] of rare) strip.append(draw("path", { d: path, class: kind }));
  strip.append(draw("path", { id: "here", d: "" }));
}

function xOf(model, place, width) {
  return 8 + (place * (width - 16)) / Math.max(1, model.steps.length - 1);
}

function showStrip(model) {
  document.getElementById("here").setAttribute("d", `M${xOf(model, model.at, 1000).toFixed(2)},0V${HEIGHT}`);
}
