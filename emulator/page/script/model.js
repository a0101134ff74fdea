// The run, and the state after the step that is shown. A step holds the values that it changed; what they were before
// is worked out once, here, so that a step back costs what a step forward does.

const RUN = JSON.parse(document.getElementById("run").textContent);

class Model {
  constructor(run) {
    this.steps = run.steps;
    this.values = new Map(); // by key (emulator/page/view.py)
    this.at = -1;
    this.frames = []; // by step: one more than the highest number of a frame that was in use so far
    let frames = 0;
    this.before = this.steps.map((step) => {
      const before = {};
      for (const key in step.d) {
        before[key] = this.values.get(key) ?? null;
        this.put(key, step.d[key]);
        if (key[0] === "f") frames = Math.max(frames, Number(key.slice(1)) + 1);
      }
      this.frames.push(frames);
      return before;
    });
    this.at = this.steps.length - 1;
  }

  put(key, value) {
    if (value === null) this.values.delete(key);
    else this.values.set(key, value);
  }

  goTo(place) {
    while (this.at < place) {
      this.at += 1;
      for (const key in this.step.d) this.put(key, this.step.d[key]);
    }
    while (this.at > place) {
      for (const key in this.was) this.put(key, this.was[key]);
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

  get framesSoFar() {
    return this.frames[this.at];
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
