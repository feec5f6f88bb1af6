const element = id => document.getElementById(id);
const data = JSON.parse(element("data").textContent);

// Escapes invisible characters, and those that change the direction of the text.
const visible = piece => piece.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu,
  character => character === "\t" ? character : "\\u" + character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"));

function make(parent, name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  parent.append(made);
  return made;
}
