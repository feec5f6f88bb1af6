// What the views of a text have in common: cells.js and surprise.js. They are modules of the studio and parts of self-contained files.

export const count = number => number.toLocaleString("en");

// Escapes invisible characters, and those that change the direction of the text.
export const visible = piece => piece.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu,
  character => character === "\t" ? character : "\\u" + character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"));

// Colours for strengths from -1 to 1. Text on the darkest tile has a contrast of at least 4.5 in both colour schemes.
const darkest = 0.7;
export const tile = strength => `rgb(var(--${strength < 0 ? "negative" : "positive"}) / ${Math.abs(strength * darkest).toFixed(3)})`;
export const tiles = (...strengths) => `linear-gradient(90deg, ${strengths.map(tile).join(", ")})`;

// Shift extends a selection; the other keys belong to the browser.
export const hasModifier = event => event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;

export function make(parent, name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  parent.append(made);
  return made;
}

const commonWords = {
  "text": ["The text. The arrow keys move from character to character.", "文本。用方向键逐个字符移动。"],
  "character": "字符", "byte": "字节", "token": "词元",
};

// A view in an element. A file has its title and its button for the language around the view, and is in the language of the text at first;
// the studio has a language of its own. The view's own words: the value is the Chinese of the key, or the English and the Chinese of a
// long text. Listeners with the signal end with the view.
export function createView(root, data, viewWords, isChinese = data.language === "zh") {
  const words = { ...commonWords, ...viewWords };
  const ending = new AbortController(), signal = ending.signal;
  const element = id => root.querySelector("#" + id);
  const isFile = element("language") !== null;

  function say(key, ...values) {
    const entry = words[key] ?? key, [english, chinese] = Array.isArray(entry) ? entry : [key, entry];
    return (view.isChinese ? chinese : english).replace(/\{(\d)\}/g, (_, place) => values[place]);
  }

  // Says what the markup has to say: texts of elements with data-say, and names of those with data-name.
  function translate(title) {
    for (const part of root.querySelectorAll("[data-say]")) part.textContent = say(part.dataset.say);
    for (const part of root.querySelectorAll("[data-name]")) part.setAttribute("aria-label", say(part.dataset.name));
    for (const button of root.querySelectorAll("button[data-name]")) button.title = say(button.dataset.name);
    element("facts").textContent = view.isChinese ? data.factsInChinese : data.facts;
    if (!isFile) return;
    document.documentElement.lang = view.isChinese ? "zh-Hans" : "en";
    document.title = element("title").textContent = title;
    element("language").textContent = view.isChinese ? "English" : "中文";
    element("language").lang = view.isChinese ? "en" : "zh-Hans";
  }

  // Shows everything that has words, now and when the language changes.
  function start(showWords) {
    if (isFile) {
      element("language").onclick = () => {
        view.isChinese = !view.isChinese;
        showWords();
      };
    }

    showWords();
  }

  const view = { isChinese, element, say, translate, start, signal, makeTips: tokenElement => makeTips(view, tokenElement), dispose: () => ending.abort() };
  return view;
}

// An element with a function named facts has more to say. It says so under the mouse, and after a click or a tap until the next one. The
// arrow keys move from one token to the next: tokenElement returns the element of a token. choose reports the element to onChoose.
function makeTips({ element, signal }, tokenElement) {
  const tip = element("tip"), text = element("text"), tips = { choose, update, onChoose: () => {} };
  let chosen = null;

  function ownerOf(target) {
    while (target && !target.facts) target = target.parentElement;
    return target;
  }

  function place(owner, left, top, bottom) {
    tip.hidden = !owner;
    if (!owner) return;
    tip.textContent = owner.facts();
    tip.style.left = tip.style.top = "0";
    const right = document.documentElement.clientWidth - tip.offsetWidth - 8, fits = bottom + tip.offsetHeight + 12 <= innerHeight;
    tip.style.left = scrollX + Math.max(8, Math.min(left, right)) + "px";
    tip.style.top = scrollY + Math.max(0, fits ? bottom + 8 : top - tip.offsetHeight - 8) + "px";
  }

  function choose(owner) {
    chosen?.classList.remove("told");
    chosen = owner;
    chosen?.classList.add("told");
    update();
    if (chosen?.token !== undefined) tips.onChoose(chosen.token);
  }

  function update() {
    const box = chosen?.getClientRects()[0];
    place(box && chosen, box?.left, box?.top, box?.bottom);
  }

  function move(step) {
    const next = tokenElement(chosen?.token === undefined ? 0 : chosen.token + step);
    if (!next) return;
    next.scrollIntoView({ block: "nearest" });
    choose(next);
  }

  document.addEventListener("pointermove", event => {
    if (event.pointerType === "mouse" && !chosen) place(ownerOf(event.target), event.clientX + 6, event.clientY, event.clientY + 10);
  }, { signal });
  // The end of a selection is no click.
  document.addEventListener("click", event => {
    if (getSelection().isCollapsed && !event.target.closest("button, input, summary, a, [data-arrows]")) choose(ownerOf(event.target));
  }, { signal });
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    choose(null);
    text.blur();
  }, { signal });
  text.addEventListener("keydown", event => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0 || hasModifier(event)) return;
    event.preventDefault();
    event.stopPropagation();
    move(step);
  }, { signal });
  addEventListener("resize", update, { signal });
  return tips;
}
