const element = id => document.getElementById(id);
const data = JSON.parse(element("data").textContent);
const count = number => number.toLocaleString("en");

// Escapes invisible characters, and those that change the direction of the text.
const visible = piece => piece.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu,
  character => character === "\t" ? character : "\\u" + character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"));

// Colours for strengths from -1 to 1. Text on the darkest tile has a contrast of at least 4.5 in both colour schemes.
const darkest = 0.7;
const tile = strength => `rgb(var(--${strength < 0 ? "negative" : "positive"}) / ${Math.abs(strength * darkest).toFixed(3)})`;
const tiles = (...strengths) => `linear-gradient(90deg, ${strengths.map(tile).join(", ")})`;

// Shift extends a selection; the other keys belong to the browser.
const hasModifier = event => event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;

function make(parent, name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  parent.append(made);
  return made;
}

// The page's own words, to which each template adds. The value is the Chinese of the key, or the English and the Chinese of a long text.
const words = {
  "text": ["The text. The arrow keys move from character to character.", "文本。用方向键逐个字符移动。"],
  "character": "字符", "byte": "字节", "token": "词元",
};
let isChinese = data.language === "zh";

function say(key, ...values) {
  const entry = words[key] ?? key, [english, chinese] = Array.isArray(entry) ? entry : [key, entry];
  return (isChinese ? chinese : english).replace(/\{(\d)\}/g, (_, place) => values[place]);
}

// Says what the template itself has to say: texts of elements with data-say, and names of those with data-name.
function translate() {
  document.documentElement.lang = isChinese ? "zh-Hans" : "en";
  for (const part of document.querySelectorAll("[data-say]")) part.textContent = say(part.dataset.say);
  for (const part of document.querySelectorAll("[data-name]")) part.setAttribute("aria-label", say(part.dataset.name));
  for (const button of document.querySelectorAll("button[data-name]")) button.title = say(button.dataset.name);
  element("language").textContent = isChinese ? "English" : "中文";
  element("language").lang = isChinese ? "en" : "zh-Hans";
}

// An element with a function named facts has more to say. It says so under the mouse, and after a click or a tap until the next one. The
// arrow keys move from one token to the next: tokenElement returns the element of a token.
function makeTips(tokenElement) {
  const tip = element("tip"), text = element("text");
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
  });
  // The end of a selection is no click.
  document.addEventListener("click", event => {
    if (getSelection().isCollapsed && !event.target.closest("button, input, summary, a")) choose(ownerOf(event.target));
  });
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    choose(null);
    text.blur();
  });
  text.addEventListener("keydown", event => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0 || hasModifier(event)) return;
    event.preventDefault();
    event.stopPropagation();
    move(step);
  });
  addEventListener("resize", update);
  return { choose, update };
}
