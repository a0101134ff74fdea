// What the step cost, by phase, longest bar first in the order in which phases are told.

function showCosts(model) {
  const cost = model.step.cost;
  const sum = cost.reduce((all, [, cycles]) => all + cycles, 0);
  const most = Math.max(1, ...cost.map(([, cycles]) => cycles));
  const rows = cost.map(([phase, cycles]) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, RUN.phases[phase]),
      make("td", { class: "bar" }, make("span", { style: `width:${(100 * cycles) / most}%` })),
      make("td", { class: "mono" }, count(cycles)),
    ),
  );
  fill("cost-sum", `${count(sum)} cycles`);
  fill("cost-bars", make("tbody", {}, rows.length ? rows : make("tr", {}, make("td", { class: "none" }, "It took no time."))));
}
