// The run, and the state after the step that is shown. A step holds the values that it changed; what they were before
// is worked out once, here, so that a step back costs what a step forward does.

const RUN = JSON.parse(document.getElementById("run").textContent);

class Model {
  constructor(run) {
    this.steps = run.steps;
    this.values = new Map(); // by key (emulator/page/view.py)
    this.at = -1;
    this.firstUse = new Map(); // by the number of a frame: the first step at which it is in use
    this.before = this.steps.map((step, place) => {
      const before = {};
      for (const key in step.d) {
        before[key] = this.values.get(key) ?? null;
        this.put(key, step.d[key]);
        const frame = key[0] === "f" ? Number(key.slice(1)) : NaN;
        if (frame >= 0 && !this.firstUse.has(frame)) this.firstUse.set(frame, place);
      }
      return before;
    });
    this.at = this.steps.length - 1;
  }

  put(key, value) {
    if (value === null) this.values.delete(key);
    else this.values.set(key, value);
  }

  move(key, value) {
    this.put(key, value);
    if (key[0] === "s") this.spacesChanged = true;
  }

  // Goes to a step; `spacesChanged` says then whether processes have come, or gone, or changed their address spaces.
  goTo(place) {
    this.spacesChanged = this.at === place;
    while (this.at < place) {
      this.at += 1;
      for (const key in this.step.d) this.move(key, this.step.d[key]);
    }
    while (this.at > place) {
      for (const key in this.was) this.move(key, this.was[key]);
      this.at -= 1;
    }
  }

  get step() {
    return this.steps[this.at];
  }

  // What the step has changed, as it was before, by key; null for what was not there.
  get was() {
    return this.before[this.at];
  }

  changed(key) {
    return key in this.was;
  }

  // [the rest of the key, value] of all parts of a kind.
  all(kind) {
    const found = [];
    for (const [key, value] of this.values) if (key[0] === kind) found.push([key.slice(1), value]);
    return found;
  }

  // The same for those that the step has taken away, with the values that they had.
  gone(kind) {
    const found = [];
    for (const key in this.step.d) {
      if (key[0] === kind && this.step.d[key] === null) found.push([key.slice(1), this.was[key]]);
    }
    return found;
  }

  // The processes in an address space, as it is or, if the step has taken it down, as it was.
  pids(space) {
    const found = this.values.get("s" + space) ?? this.was["s" + space];
    return found ? found[0] : [];
  }

  // The place of the step that holds event number `event`: the last that begins no later.
  placeOf(event) {
    let low = 0;
    let high = this.steps.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.steps[middle].n <= event) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
