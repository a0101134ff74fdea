// What is told of the step, as `pagewalk explain` does.

const STRONG = new Set(["frame", "done"]);

const named = (kind) => kind.replaceAll("_", " ");

function showStory(model) {
  const step = model.step;
  const [what, ...rest] = step.title.map((number) => RUN.words[number]);
  const rows = step.rows.map((numbers) => numbers.map((number) => RUN.words[number])).map(([label, words]) => [
    label ? make("dt", {}, label) : null,
    make("dd", { class: STRONG.has(label) ? "strong" : label ? undefined : "whole" }, words),
  ]);
  fill(
    "told",
    make("h2", {}, make("span", { class: `sign ${step.kind}`, "aria-hidden": "true" }), what, step.fault ? `: ${named(step.kind)}` : ""),
    make("p", { class: "where" }, rest.map((part) => make("span", {}, part))),
    make("dl", {}, rows),
    make("p", { class: "meaning" }, `${named(step.kind)}: ${RUN.meanings[step.kind]}`),
  );
}
