// Each process: its threads, its regions, and its page table as a tree of what is mapped.

const MOST_ROWS = 12; // entries of a table that are all shown; of more those at its ends and around a change
const ENDS = 2;
const MOST_CHANGES = 16;

function showProcesses(model) {
  const spaces = model.all("s").concat(model.gone("s")).sort((a, b) => a[1][0][0] - b[1][0][0]);
  const ended = model.all("p").filter(([, value]) => value[4] < 0);
  fill(
    "process-list",
    spaces.map(([number, value]) => spaceCard(model, number, value)),
    ended.map(([pid, value]) => make("article", { class: "ended" }, make("h3", {}, chip(Number(pid)), ` ${value[1]}: ended, not yet waited for`))),
  );
}

function spaceCard(model, number, value) {
  const gone = !model.values.has("s" + number);
  const names = value[0].map((pid) => {
    const process = model.values.get("p" + pid) ?? model.was["p" + pid];
    return make("span", {}, chip(pid), " ", process ? process[1] : "");
  });
  return make(
    "article",
    { class: `space ${owner(value[0][0])}${gone ? " gone" : ""}` },
    make("h3", {}, names, make("small", {}, gone ? "this address space was taken down" : threadWords(model, value[0]))),
    make("h4", {}, "Regions"),
    regionTable(model, number),
    make("h4", {}, `Page table, ASID ${value[1]}`),
    tableTree(model, number, value),
  );
}

function threadWords(model, pids) {
  const threads = model.all("q").filter(([, thread]) => pids.includes(thread[0]));
  return threads
    .map(([tid, [pid, state, waits, hart]]) => {
      const name = Number(tid) === pid ? "" : `thread ${tid} `;
      if (state === "running") return `${name}runs${RUN.harts > 1 ? ` on hart ${hart}` : ""}`;
      return name + (state === "blocked" ? `waits for ${waits}` : "is ready to run");
    })
    .join("; ");
}

// The parts of one space, those that the step has taken away too, by address: [address, key, value, what it was].
function partsOf(model, kind, space) {
  const own = ([rest]) => rest.split(":")[0] === space;
  const parts = model.all(kind).filter(own).map(([rest, value]) => [rest, value, false]);
  return parts.concat(model.gone(kind).filter(own).map(([rest, value]) => [rest, value, true]));
}

function regionTable(model, space) {
  const rows = partsOf(model, "r", space)
    .map(([rest, value, gone]) => ({ start: parseInt(rest.split(":")[1], 16), rest, value, gone }))
    .sort((a, b) => a.start - b.start)
    .map(({ rest, start, value, gone }) => {
      const before = model.was["r" + rest];
      const rights = before && !gone ? change(before[1], value[1]) : value[1];
      return make(
        "tr",
        { class: gone ? "gone" : model.changed("r" + rest) ? "changed" : undefined },
        make("td", { class: "mono" }, `${hex(start)}–0x${value[0]}`),
        make("td", { class: "mono" }, rights),
        make("td", {}, value[3] + (value[2] ? ", shared" : "")),
      );
    });
  return make("table", { class: "regions" }, make("tbody", {}, rows));
}

function tableTree(model, space, value) {
  const byLevel = new Map();
  for (const [rest, entry, gone] of partsOf(model, "e", space)) {
    const [, level, va] = rest.split(":");
    const found = byLevel.get(level) ?? [];
    found.push({ rest, va: parseInt(va, 16), entry, gone });
    byLevel.set(level, found);
  }
  for (const found of byLevel.values()) found.sort((a, b) => a.va - b.va);
  const top = value[3] - 1;
  const root = make("span", { class: "table" }, "root ", make("b", {}, hex(value[2])));
  return make("ul", { class: "tree" }, make("li", {}, root, branches(model, byLevel, top, 0, Infinity)));
}

// The entries of the table at `level` that is for the addresses from `start` to before `end`.
function branches(model, byLevel, level, start, end) {
  const own = (byLevel.get(String(level)) ?? []).filter(({ va }) => va >= start && va < end);
  const rows = runsOf(own, model).map((run) =>
    run.length === 1 ? branch(model, byLevel, level, run[0]) : make("li", { class: "more" }, `${count(run.length)} more pages`),
  );
  return make("ul", {}, rows);
}

// The rows of a table as runs: of one row, which is shown, or of several, which are counted.
function runsOf(rows, model) {
  if (rows.length <= MOST_ROWS) return rows.map((row) => [row]);
  const marked = rows.map((row, place) => (model.changed("e" + row.rest) ? place : -1)).filter((place) => place >= 0);
  const shown = new Set([...Array(ENDS).keys()].flatMap((place) => [place, rows.length - 1 - place]));
  for (const place of marked.slice(0, MOST_CHANGES)) for (const near of [place - 1, place, place + 1]) shown.add(near);
  const runs = [];
  rows.forEach((row, place) => {
    if (shown.has(place) || row.entry[2] || shown.has(place - 1) || !runs.length) runs.push([row]);
    else runs.at(-1).push(row);
  });
  return runs;
}

function branch(model, byLevel, level, { rest, va, entry, gone }) {
  const key = "e" + rest;
  const before = gone ? null : model.was[key];
  const state = gone ? "gone" : model.changed(key) ? "changed" : undefined;
  if (entry[2]) {
    const size = 4096 * 512 ** level;
    const name = make("span", { class: "table" }, `${hex(va)} → table `, make("b", {}, hex(entry[0])));
    return make("li", { class: state }, name, branches(model, byLevel, level - 1, va, va + size));
  }
  return make(
    "li",
    { class: `page ${state ?? ""}` },
    make("span", { class: "mono" }, hex(va)),
    " → ",
    make("b", { class: "mono" }, before ? change(hex(before[0]), hex(entry[0])) : hex(entry[0])),
    " ",
    make("span", { class: "flags mono" }, before ? change(before[1], entry[1]) : entry[1]),
  );
}
