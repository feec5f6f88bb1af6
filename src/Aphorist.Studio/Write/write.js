// The page "Write": selecting units of the text by mouse and keys, and what only a browser can do.
const key = "aphorist-write";
let page, observer, place = 0, isMoving = false, follows = true, timer;

export function start(reference) {
  page = reference;
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("scroll", onScroll, true);
  observer = new MutationObserver(onChange);
  observer.observe(document.getElementById("main"), { childList: true, subtree: true, attributes: true, attributeFilter: ["data-place"] });
  onChange();
}

export function stop() {
  observer.disconnect();
  document.removeEventListener("keydown", onKey);
  document.removeEventListener("click", onClick);
  document.removeEventListener("scroll", onScroll, true);
}

export const save = text => { try { sessionStorage.setItem(key, text); } catch { /* It is full: the text is not kept. */ } };
export const load = () => encode(sessionStorage.getItem(key));
export const read = input => encode(input.value);

export async function copy(sheet) {
  try {
    await navigator.clipboard.writeText(sheet.textContent);
    return true;
  } catch {
    // Without https only the old way works.
    getSelection().selectAllChildren(sheet);
    return document.execCommand("copy");
  }
}

export function download(sheet, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([sheet.textContent], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// Long texts go to the server as streams, which must not be empty: a space comes first.
const encode = text => new TextEncoder().encode(` ${text ?? ""}`);
const sheetOf = () => document.querySelector("div.sheet");
const lengthOf = sheet => +sheet.dataset.length;

function unitAt(sheet, index) {
  for (const block of sheet.children) {
    const unit = block.children[index - block.dataset.start];
    if (unit) return unit;
  }
  return sheet.lastElementChild;
}

const indexOf = unit => +unit.parentElement.dataset.start + [].indexOf.call(unit.parentElement.children, unit);

// Marks the selected unit. Blazor knows nothing of the attribute, so it never takes it away.
function mark(sheet) {
  const unit = unitAt(sheet, place);
  if (unit.hasAttribute("data-at")) return;
  for (const old of sheet.querySelectorAll("[data-at]")) old.removeAttribute("data-at");
  unit.setAttribute("data-at", "");
}

function onChange() {
  const sheet = sheetOf();
  if (!sheet) return;
  if (!isMoving) place = +sheet.dataset.place;
  mark(sheet);
  if (follows && sheet.querySelector(".end.live") && place >= lengthOf(sheet)) sheet.scrollTop = sheet.scrollHeight;
}

function onScroll(event) {
  const sheet = event.target;
  if (sheet === sheetOf()) follows = sheet.scrollHeight - sheet.scrollTop - sheet.clientHeight < 80;
}

function select(sheet, index) {
  place = Math.max(0, Math.min(lengthOf(sheet), index));
  mark(sheet);
  unitAt(sheet, place).scrollIntoView({ block: "nearest" });
  isMoving = true;
  // A key that is held moves faster than the model reads.
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const asked = place;
    await page.invokeMethodAsync("Select", asked);
    if (asked === place) isMoving = false;
  }, 60);
}

function onClick(event) {
  const sheet = event.target.closest?.("div.sheet");
  if (!sheet || !getSelection().isCollapsed) return;
  const unit = event.target.closest("[data-start] > span");
  select(sheet, unit ? indexOf(unit) : lengthOf(sheet));
}

// The unit above or below: the nearest one in the next line.
function vertical(sheet, way) {
  const from = unitAt(sheet, place).getClientRects()[0], x = from.left;
  let line = null, best = place;
  for (let index = place + way; index >= 0 && index <= lengthOf(sheet); index += way) {
    const box = unitAt(sheet, index).getClientRects()[0];
    if (!box || Math.abs(box.top - from.top) < 4) continue;
    if (line && Math.abs(box.top - line.top) > 4) break;
    if (!line || Math.abs(box.left - x) < Math.abs(line.left - x)) [line, best] = [box, index];
  }
  return best;
}

function onKey(event) {
  const sheet = sheetOf(), control = event.ctrlKey || event.metaKey, name = event.key;
  if (event.altKey) return;
  if (control && name === "Enter") return act(event, "Toggle");
  if (event.target.matches("input:not([type=range]), textarea, select")) return;
  if (control && name.toLowerCase() === "z") return act(event, event.shiftKey ? "RedoAsync" : "UndoAsync");
  if (control && name.toLowerCase() === "y") return act(event, "RedoAsync");
  if (control || !sheet || event.target.matches("input")) return;
  if (name >= "1" && name <= "9" && name.length === 1) {
    clearTimeout(timer);
    isMoving = false;
    return act(event, "Choose", place, +name - 1);
  }
  if (name === "Escape" && sheet.querySelector(".end.live")) return act(event, "Stop");
  if (event.target !== sheet) return;
  const target = { ArrowLeft: () => place - 1, ArrowRight: () => place + 1, ArrowUp: () => vertical(sheet, -1), ArrowDown: () => vertical(sheet, 1),
    Home: () => 0, End: () => lengthOf(sheet), Escape: () => lengthOf(sheet) }[name];
  if (target) {
    event.preventDefault();
    select(sheet, target());
  } else if (name === "Enter") act(event, "Edit");
}

function act(event, method, ...values) {
  event.preventDefault();
  follows = true;
  page.invokeMethodAsync(method, ...values);
}
