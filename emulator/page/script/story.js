// What is told of the step, as `pagewalk explain` does.

const STRONG = new Set(["frame", "done"]);

function showStory(model) {
  const step = model.step;
  const [what, ...rest] = step.title.map((number) => RUN.words[number]);
  const rows = step.rows.map((numbers) => numbers.map((number) => RUN.words[number])).map(([label, words]) => [
    label ? make("dt", {}, label) : null,
    make("dd", { class: STRONG.has(label) ? "strong" : label ? undefined : "whole" }, words),
  ]);
  fill(
    "told",
    make("h2", { class: `kind ${step.kind}` }, make("span", { class: "what" }, what), " "),
    make("p", { class: "where" }, rest.map((part) => make("span", {}, part))),
    make("dl", {}, rows),
    make("p", { class: "meaning" }, `${step.kind.replaceAll("_", " ")}: ${RUN.meanings[step.kind]}`),
  );
}
