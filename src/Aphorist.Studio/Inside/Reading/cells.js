import { count, createView, hasModifier, make, tile, tiles, visible } from "./reader.js";
import { makeShape } from "./shapes.js";

const cellWords = {
  "Cells of {0} reading {1}": "{0} 读 {1} 时的神经元",
  "{0} {1}": "第 {1} 个{0}",
  "cells": [
    "A cell is one number in the model's memory that changes with every {0} it reads.",
    "神经元是模型记忆中的一个数，模型每读一个{0}，这个数就变化一次。",
  ],
  "colours": [
    "Each {0} has the colour of this number just after it was read: red is positive, blue is negative, and pale is close to 0.",
    "每个{0}的颜色表示刚读完它时这个数的大小：红色为正，蓝色为负，颜色越浅越接近 0。",
  ],
  "finding": [
    "The correlation of cell {0} with “{1}” (green line) is {2}. " +
      "Near +1, the text is redder where the line is stronger; near −1, it is bluer there; near 0, the two are unrelated.",
    "神经元 {0} 与“{1}”（绿线）的相关系数是 {2}。接近 +1 时，绿线越深的地方越红；接近 −1 时，绿线越深的地方越蓝；接近 0 时，两者没有关系。",
  ],
  "no finding": ["Cell {0}. Choose a feature to underline it in the text.", "神经元 {0}。选择一个特征，文中就会用绿线标出它。"],
  "choice": ["Features and the cells that follow them most closely", "文本特征，以及与之最相关的神经元"],
  "Cells": "神经元",
  "Previous cell (left arrow outside the text)": "上一个神经元（在文本之外按左方向键）",
  "Cell, as layer:unit": "神经元，写作“层:编号”",
  "Next cell (right arrow outside the text)": "下一个神经元（在文本之外按右方向键）",
  "does not occur in this text": "在这段文本中没有出现",
  "tanh(c) after each token": "每一步之后的 tanh(c)",
  "h after each token": "每一步之后的 h",
  "output at each token": "每一步的输出",
  "Gate saturation": "门的饱和",
  "gates": [
    "Each dot is a cell. Horizontal: the fraction of tokens at which its gate is nearly closed (below 0.1). Vertical: the fraction at " +
      "which it is nearly open (above 0.9). A dot in the lower left corner is a gate that is mostly in between. Click or tap a dot to " +
      "see its cell.",
    "每个点是一个神经元。横轴：门几乎关闭（小于 0.1）的步数所占的比例；纵轴：门几乎打开（大于 0.9）的步数所占的比例。" +
      "左下角的点表示门大多处于中间状态。点击一个点，可以查看它的神经元。",
  ],
  "nearly closed →": "几乎关闭 →",
  "↑ nearly open": "↑ 几乎打开",
  "{0} gates of layer {1}": "第 {1} 层的{0}",
  "layer {0}, {1}": "第 {0} 层，{1}",
  "all cells: closed {0}, open {1}": "全部神经元：关闭 {0}，打开 {1}",
  "cell {0}: closed {1}, open {2}": "神经元 {0}：关闭 {1}，打开 {2}",
  "input": "输入门", "forget": "遗忘门", "output": "输出门", "reset": "重置门", "update": "更新门",
  "cell {0}  {1}": "神经元 {0}  {1}",
};

// Shows the activations of one cell over a text. The data: see InspectionPage.cs. onCell receives the number of the cell that is shown.
export function showCells(root, data, isChinese, onCell = () => {}) {
  const view = createView(root, data, cellWords, isChinese), { element, say } = view;

  // Activations and features are base64 bytes, one per token; activations are stored cell by cell.
  const bytesOf = base64 => Uint8Array.from(atob(base64), unit => unit.charCodeAt(0));
  const activations = new Int8Array(bytesOf(data.activations).buffer);
  const tokens = data.pieces.length, cells = data.layers * data.units;
  for (const feature of data.features) feature.track = bytesOf(feature.values);

  const nameOf = cell => `${Math.floor(cell / data.units)}:${cell % data.units}`;
  const scaleOf = cell => data.scales[Math.floor(cell / data.units)];
  const valueAt = (cell, token) => activations[cell * tokens + token] / 127 * scaleOf(cell);
  const titleOfFeature = feature => view.isChinese ? feature.nameInChinese : feature.name;
  const meaningOf = feature => view.isChinese ? feature.meaningInChinese : feature.meaning;
  const signed = number => (number < 0 ? "−" : "+") + Math.abs(number).toFixed(2);
  const isWide = matchMedia("(min-width: 50.01rem)");

  let cell = 0, marked = -1;

  function makeText() {
    const text = element("text");
    const facts = function () { return factsOf(this.token); };
    data.pieces.forEach((piece, token) => {
      const span = make(text, "span", "");
      span.token = token;
      span.facts = facts;
      if (piece === "") make(span, "span", "·", { class: "end" });
      piece.split("\n").forEach((line, index) => {
        if (index > 0) {
          make(span, "span", "⏎", { class: "end" });
          span.append("\n");
        }
        span.append(visible(line));
      });
    });
    return [...text.children];
  }

  const spans = makeText();
  const tips = view.makeTips(token => spans[token]);

  function colour() {
    for (let token = 0; token < tokens; token++) {
      const strength = activations[cell * tokens + token] / 127;
      const mark = marked < 0 ? 0 : data.features[marked].track[token] / 255, style = spans[token].style;
      style.backgroundColor = strength === 0 ? "" : tile(strength);
      style.boxShadow = mark === 0 ? "" : `inset 0 -2px rgb(var(--mark) / ${mark.toFixed(3)})`;
    }
  }

  function makeFeatures() {
    const strengthOf = feature => Math.abs(feature.best[0]?.correlation ?? 0);
    for (const feature of [...data.features].sort((one, other) => strengthOf(other) - strengthOf(one))) {
      const index = data.features.indexOf(feature);
      const box = make(element("features"), "div", "", { class: "feature" });
      const head = make(box, "div", "", { class: "head" });
      feature.button = make(head, "button", "");
      feature.own = make(head, "span", "");
      feature.button.onclick = () => show(cell, marked === index ? -1 : index);
      feature.note = make(box, "p", "", { class: "quiet" });
      const list = make(box, "div", "", { class: "cells" });
      for (const best of feature.best) {
        const button = make(list, "button", nameOf(best.cell));
        make(button, "span", signed(best.correlation), { class: "r" });
        button.cell = best.cell;
        button.onclick = () => {
          // On a narrow screen the list would hide the text.
          if (!isWide.matches) element("choice").open = false;
          show(best.cell, index);
        };
      }
    }
  }

  function makePlots() {
    for (const gate of data.gates) {
      const figure = make(element("plots"), "figure", "");
      gate.plot = makeShape(figure, "svg", { viewBox: "-4 -4 112 116", role: "img" });
      makeShape(gate.plot, "path", { d: "M0 0 V100 H100 Z" });
      const dots = gate.left.map((left, unit) => {
        const dot = makeShape(gate.plot, "circle", { cx: 100 * left, cy: 100 - 100 * gate.right[unit], r: 2.2 });
        dot.cell = gate.layer * data.units + unit;
        dot.facts = () => `${titleOf(gate)}\n${sharesOf(gate, dot.cell)}`;
        return dot;
      });
      gate.closed = makeShape(gate.plot, "text", { x: 100, y: 110, "text-anchor": "end" });
      gate.open = makeShape(gate.plot, "text", { x: 3, y: 6 });
      gate.caption = make(figure, "figcaption", "");
      // Dots are small: the nearest one counts.
      gate.plot.onclick = event => {
        const distanceOf = dot => {
          const box = dot.getBoundingClientRect();
          return Math.hypot(box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY);
        };
        const nearest = dots.reduce((best, dot) => distanceOf(dot) < distanceOf(best) ? dot : best);
        event.stopPropagation();
        show(nearest.cell, marked);
        tips.choose(nearest);
      };
    }

    element("gates").hidden = data.gates.length === 0;
  }

  const titleOf = gate => data.layers > 1 ? say("layer {0}, {1}", gate.layer, say(gate.gate)) : say(gate.gate);

  function sharesOf(gate, cell) {
    const unit = cell % data.units;
    return say("cell {0}: closed {1}, open {2}", nameOf(cell), gate.left[unit].toFixed(2), gate.right[unit].toFixed(2));
  }

  function showGate(gate) {
    const mean = shares => (shares.reduce((sum, share) => sum + share, 0) / shares.length).toFixed(2);
    gate.plot.setAttribute("aria-label", say("{0} gates of layer {1}", say(gate.gate), gate.layer));
    gate.closed.textContent = say("nearly closed →");
    gate.open.textContent = say("↑ nearly open");
    gate.caption.textContent = "";
    make(gate.caption, "b", titleOf(gate));
    make(gate.caption, "div", say("all cells: closed {0}, open {1}", mean(gate.left), mean(gate.right)));
    if (Math.floor(cell / data.units) === gate.layer) make(gate.caption, "div", sharesOf(gate, cell));
  }

  function showFeature(feature) {
    const correlation = feature.correlations[cell], isMarked = feature === data.features[marked];
    feature.own.textContent = correlation === null ? "" : signed(correlation);
    feature.button.textContent = titleOfFeature(feature);
    feature.button.setAttribute("aria-pressed", isMarked);
    feature.note.textContent = feature.best.length === 0 ? say("does not occur in this text") : meaningOf(feature);
    feature.note.hidden = feature.best.length > 0 && !isMarked;
  }

  function findingOf(feature) {
    const correlation = feature?.correlations[cell] ?? null;
    return correlation === null
      ? say("no finding", nameOf(cell))
      : say("finding", nameOf(cell), titleOfFeature(feature), signed(correlation));
  }

  function show(newCell, newMarked) {
    cell = (newCell + cells) % cells;
    marked = newMarked;
    element("cell").value = nameOf(cell);
    element("least").textContent = signed(-scaleOf(cell));
    element("most").textContent = signed(scaleOf(cell));
    element("finding").textContent = findingOf(data.features[marked]);
    data.features.forEach(showFeature);
    data.gates.forEach(showGate);
    for (const button of root.querySelectorAll(".cells button")) button.setAttribute("aria-pressed", button.cell === cell);
    for (const dot of root.querySelectorAll(".plots circle")) dot.classList.toggle("chosen", dot.cell === cell);
    colour();
    tips.update();
    history.replaceState(history.state, "", location.href.split("#")[0] + "#" + nameOf(cell));
    onCell(cell);
  }

  function showWords() {
    view.translate(say("Cells of {0} reading {1}", data.model, data.text));
    const explanation = [say("cells", say(data.unit)), say("colours", say(data.unit))];
    element("explanation").textContent = explanation.join(view.isChinese ? "" : " ");
    element("meaning").textContent = say(data.meaning);
    show(cell, marked);
  }

  // Parses a cell from the field or the URL: layer:unit, or the number among all cells.
  function parse(text) {
    const [, layer, unit] = /^\s*(?:(\d+)\s*:)?\s*(\d+)\s*$/.exec(text) ?? [];
    const number = layer === undefined ? Number(unit) : Number(layer) * data.units + Number(unit);
    return (layer === undefined || Number(unit) < data.units) && number < cells ? number : -1;
  }

  function factsOf(token) {
    const feature = data.features[marked];
    const fact = feature ? `\n${titleOfFeature(feature)} ${Math.round(feature.track[token] / 255 * feature.most)}` : "";
    return `${say("cell {0}  {1}", nameOf(cell), signed(valueAt(cell, token)))}\n${say("{0} {1}", say(data.unit), count(token + 1))}${fact}`;
  }

  element("previous").onclick = () => show(cell - 1, marked);
  element("next").onclick = () => show(cell + 1, marked);
  element("cell").onchange = () => {
    const chosen = parse(element("cell").value);
    show(chosen < 0 ? cell : chosen, marked);
  };
  document.addEventListener("keydown", event => {
    if (event.target.closest?.("input, select, textarea, [data-arrows]") || hasModifier(event)) return;
    if (event.key === "ArrowLeft") show(cell - 1, marked);
    if (event.key === "ArrowRight") show(cell + 1, marked);
  }, { signal: view.signal });

  element("choice").open = isWide.matches;
  makeFeatures();
  makePlots();
  element("scale").style.background = tiles(-1, 0, 1);
  // The page begins with the cell that follows a feature most closely, or with the one in the URL and the feature that it follows.
  function closestFeature(cell) {
    const strengths = data.features.map(feature => Math.abs(feature.correlations[cell] ?? 0)), strongest = Math.max(0, ...strengths);
    return strongest === 0 ? -1 : strengths.indexOf(strongest);
  }

  const askedCell = () => parse(location.hash.slice(1));
  const asked = askedCell();
  [cell, marked] = asked < 0 ? [data.strongest.cell, data.strongest.feature] : [asked, closestFeature(asked)];
  addEventListener("hashchange", () => {
    const asked = askedCell();
    if (asked < 0) show(cell, marked);
    else show(asked, closestFeature(asked));
  }, { signal: view.signal });
  view.start(showWords);
  return { ...view, tips, pieces: data.pieces };
}
