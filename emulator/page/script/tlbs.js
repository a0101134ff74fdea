// What each hart remembers of page tables.

const MOST_ENTRIES = 24; // of a TLB that are shown, changed ones first

function showTlbs(model) {
  const harts = model.all("h").sort((a, b) => a[0] - b[0]);
  const entries = model.all("t").map((found) => [...found, false]).concat(model.gone("t").map((found) => [...found, true]));
  fill("tlb-list", harts.map(([number, hart]) => hartCard(model, number, hart, entries.filter(([rest]) => rest.split(":")[0] === number))));
}

function hartCard(model, number, [pid, , asid, ghosts], entries) {
  const names = [...new Set(entries.map(([rest]) => rest.split(":")[1]))].sort();
  return make(
    "article",
    {},
    make("h3", {}, `Hart ${number} `, pid ? chip(pid) : make("small", {}, "idle"), make("small", {}, `ASID ${asid}`)),
    names.map((name) => tlbTable(model, name, entries.filter(([rest]) => rest.split(":")[1] === name))),
    make("p", { class: "none" }, names.length ? "" : "No TLB entry.", ghosts ? ` ${count(ghosts)} dropped, the places not filled since.` : ""),
  );
}

function tlbTable(model, name, entries) {
  const rows = entries.map(([rest, value, gone]) => {
    const [, , asid, va, size] = rest.split(":");
    return { key: "t" + rest, asid, va: parseInt(va, 16), size: parseInt(size, 16), value, gone };
  });
  rows.sort((a, b) => a.va - b.va || a.asid - b.asid);
  const changed = rows.filter((row) => model.changed(row.key));
  const shown = rows.length > MOST_ENTRIES ? changed.slice(0, MOST_ENTRIES) : rows;
  return make(
    "table",
    { class: "tlb" },
    make("caption", {}, name.toUpperCase().replace(/I$/, " instructions").replace(/D$/, " data")),
    make("tbody", {}, shown.map((row) => tlbRow(model, row))),
    shown.length < rows.length ? make("tfoot", {}, make("tr", {}, make("td", { colspan: 4 }, `${count(rows.length - shown.length)} more`))) : "",
  );
}

const KINDS = { grants: "", pointer: "to a table", stale: "stale", negative: "nothing there" };

function tlbRow(model, { key, asid, va, value, gone }) {
  const before = gone ? null : model.was[key];
  const state = gone ? "gone" : model.changed(key) ? "changed" : "";
  return make(
    "tr",
    { class: `${state} ${value[2]}` },
    make("td", { class: "mono" }, hex(va)),
    make("td", {}, value[3] ? "all" : `ASID ${asid}`),
    make("td", { class: "mono" }, value[2] === "negative" ? "" : [hex(value[0]), " ", before ? change(before[1], value[1]) : value[1]]),
    make("td", { class: "mark" }, gone ? "dropped" : KINDS[value[2]]),
  );
}
