// The gates, the candidate and the state of one cell over a part of the text, a strip for each, above the characters.
import { make, visible } from "./reader.js";
import { makeShape } from "./shapes.js";

const step = 14, stripHeight = 44, gap = 14;

const names = {
  input: "输入门", forget: "遗忘门", output: "输出门", reset: "重置门", update: "更新门",
  candidate: "候选值", cell: "细胞状态 c", hidden: "输出 h",
};
const englishNames = { input: "input gate", forget: "forget gate", output: "output gate", reset: "reset gate", update: "update gate" };
const states = ["candidate", "cell", "hidden"];

export function showTrace(host, data, isChinese, load) {
  const say = (english, chinese) => isChinese ? chinese : english;
  const nameOf = signal => isChinese ? names[signal.name] : englishNames[signal.name] ?? signal.name;
  const panel = document.createElement("section");
  panel.className = "panel trace";
  panel.dataset.arrows = "";
  panel.setAttribute("aria-label", say("One cell over time", "一个神经元随时间的变化"));
  // Until there is something to show.
  panel.hidden = true;
  host.querySelector("#reading").append(panel);
  const title = make(panel, "h2", "");
  const unit = isChinese ? { character: "字符", byte: "字节", token: "词元" }[data.unit] : data.unit;
  // An RNN has no gates.
  const gates = data.gates.length === 0 ? "" : say(
    "A gate near 1 is open and near 0 closed. The candidate is the new value that the open gates let in; the forget or update gate " +
      "decides how much of the old one stays. ",
    "门接近 1 表示打开，接近 0 表示关闭。候选值是打开的门让进来的新值；遗忘门或更新门决定旧值保留多少。");
  make(panel, "p", say(
    `What happens inside this cell as the model reads, ${unit} by ${unit}. ${gates}Click a ${unit} in the text to see what happens around it.`,
    `模型逐个${unit}阅读时，这个神经元内部发生了什么。${gates}点击文中的${unit}，可以查看它前后的情况。`), { class: "quiet small" });
  const steps = make(panel, "div", "", { class: "row" });
  const previous = make(steps, "button", "◀", { "aria-label": say("Earlier in the text", "前面的文本") });
  const place = make(steps, "span", "", { class: "number" });
  const next = make(steps, "button", "▶", { "aria-label": say("Later in the text", "后面的文本") });
  const picture = makeShape(panel, "svg", { role: "img" });
  const details = make(panel, "details", "");
  make(details, "summary", say("The numbers as a table", "以表格显示数值"));
  const scroller = make(details, "div", "", { class: "trace-table", tabindex: "0", role: "group", "aria-label": say("Table", "表格") });
  const table = make(scroller, "table", "");
  const tokens = data.pieces.length;
  let signals = null, cell = 0, first = 0, chosen = -1, timer = 0, asked = 0;

  const columns = () => Math.max(8, Math.min(tokens, Math.floor((panel.clientWidth - 40) / step)));

  function show(newCell) {
    cell = newCell;
    clearTimeout(timer);
    // Only the cell at which the user stays.
    timer = setTimeout(read, signals ? 150 : 0);
  }

  async function read() {
    // A call that the server ends has no numbers.
    const mine = ++asked, loaded = await load(cell).catch(() => null);
    if (mine !== asked || !loaded) return;
    signals = loaded;
    panel.hidden = false;
    if (chosen < 0) first = liveliest() - Math.floor(columns() / 2);
    draw();
  }

  // Where the cell changes most there is something to see.
  function liveliest() {
    const values = signals.find(signal => signal.name === "cell")?.values ?? signals.at(-1).values;
    let best = 0, most = 0;
    for (let token = 1; token < values.length; token++) {
      const change = Math.abs(values[token] - values[token - 1]);
      if (change > most) [best, most] = [token, change];
    }

    return best;
  }

  function goTo(token) {
    chosen = token;
    const width = columns();
    if (token < first || token >= first + width) first = token - Math.floor(width / 2);
    draw();
  }

  function draw() {
    if (!signals || !panel.isConnected) return;
    const width = columns(), last = Math.max(0, tokens - width);
    first = Math.max(0, Math.min(first, last));
    const end = Math.min(tokens, first + width);
    title.textContent = say("Cell", "神经元") + ` ${Math.floor(cell / data.units)}:${cell % data.units}`;
    place.textContent = `${first + 1}–${end}`;
    previous.disabled = first === 0;
    next.disabled = first === last;
    drawPicture(first, end);
    if (details.open) fillTable(first, end);
  }

  function drawPicture(first, end) {
    const width = (end - first) * step, height = signals.length * (stripHeight + gap + 14) + 22;
    picture.replaceChildren();
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    picture.setAttribute("width", width);
    picture.setAttribute("height", height);
    picture.setAttribute("aria-label", say("Lines of: ", "曲线：") + signals.map(nameOf).join(say(", ", "、")) + say(". The table has the numbers.", "。数值见表格。"));
    if (chosen >= first && chosen < end)
      makeShape(picture, "rect", { class: "here", x: (chosen - first) * step, y: 0, width: step, height });
    signals.forEach((signal, index) => {
      const isState = states.includes(signal.name), top = index * (stripHeight + gap + 14) + 14;
      const part = signal.values.slice(first, end), largest = isState ? Math.max(1, ...part.map(Math.abs)) : 1, least = isState ? -largest : 0;
      const yOf = value => top + stripHeight - (value - least) / (largest - least) * stripHeight;
      makeShape(picture, "text", { class: "name", x: 0, y: top - 3 }).textContent =
        `${nameOf(signal)}  ${least === 0 ? "0" : `−${largest.toFixed(largest > 1 ? 1 : 0)}`} … ${largest.toFixed(largest > 1 ? 1 : 0)}`;
      makeShape(picture, "rect", { class: "strip", x: 0, y: top, width, height: stripHeight });
      if (isState) makeShape(picture, "line", { class: "zero", x1: 0, x2: width, y1: yOf(0), y2: yOf(0) });
      const points = part.map((value, column) => `${(column + 0.5) * step},${yOf(value).toFixed(1)}`).join(" ");
      makeShape(picture, "polyline", { class: isState ? "state" : "gate", points });
    });
    for (let token = first; token < end; token++) {
      const letter = makeShape(picture, "text", { class: "letter", x: (token - first + 0.5) * step, y: height - 6 });
      letter.textContent = shortened(token);
    }
  }

  // One letter for each token: words have more than fits.
  function shortened(token) {
    const piece = data.pieces[token];
    return piece === "\n" ? "↵" : piece === " " ? "␣" : piece === "" ? "·" : [...visible(piece)][piece.startsWith(" ") && piece.length > 1 ? 1 : 0];
  }

  function fillTable(first, end) {
    table.replaceChildren();
    const head = make(make(table, "thead", ""), "tr", "");
    make(head, "th", say("Token", "词元"), { scope: "col" });
    for (const signal of signals) make(head, "th", nameOf(signal), { scope: "col" });
    const body = make(table, "tbody", "");
    for (let token = first; token < end; token++) {
      const row = make(body, "tr", "");
      make(row, "th", `${token + 1} ${data.pieces[token] === "\n" ? "↵" : visible(data.pieces[token])}`, { scope: "row" });
      for (const signal of signals) make(row, "td", signal.values[token].toFixed(2).replace("-", "−"));
    }
  }

  function move(direction) {
    first += direction * Math.max(1, columns() - 4);
    draw();
  }

  previous.onclick = () => move(-1);
  next.onclick = () => move(1);
  details.ontoggle = draw;
  const observer = new ResizeObserver(draw);
  observer.observe(panel);
  return {
    show,
    goTo,
    dispose() {
      clearTimeout(timer);
      asked++;
      observer.disconnect();
    },
  };
}
