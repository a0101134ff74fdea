// How elements are made, and what has the same look everywhere: numbers, owners, what is new and what was.

const OWNERS = 7; // colours and patterns in the style

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  return dress(element, attributes, children);
}

function draw(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  return dress(element, attributes, children);
}

function dress(element, attributes, children) {
  for (const name in attributes ?? {}) {
    if (attributes[name] !== undefined && attributes[name] !== false) element.setAttribute(name, attributes[name]);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function fill(id, ...children) {
  document.getElementById(id).replaceChildren(...children.flat(Infinity).filter((child) => child));
}

const hex = (number) => "0x" + number.toString(16);
const count = (number) => number.toLocaleString("en");
const counted = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

// The colour and pattern of a process, from its number alone: the same at every step.
const owner = (pid) => `own${(pid - 1) % OWNERS}`;

function chip(pid) {
  return make("span", { class: `chip ${owner(pid)}` }, `pid ${pid}`);
}

// A value that the step has changed: what it was, struck out, and what it is.
function change(was, now) {
  if (was === now) return now;
  return [make("del", {}, was), " ", make("ins", {}, now)];
}
