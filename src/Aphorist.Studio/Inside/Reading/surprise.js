import { count, createView, hasModifier, make, tile, tiles, visible } from "./reader.js";

const surpriseWords = {
  "{0} read by {1}": "{1} 读 {0}",
  "surprisal explained": [
    "The surprisal of a {0} is −log₂ of its probability, given the text before it: 1 bit for a probability of 1/2, 10 bits for about " +
      "1/1000. Point at a {0}, or tap it, to see what the model expected there.",
    "{0}的意外度是 −log₂ p，其中 p 是模型根据前文给它的概率：概率为 1/2 时是 1 比特，约 1/1000 时是 10 比特。" +
      "指向或点击一个{0}，可以看到模型在那里的预测。",
  ],
  "ranking": ["Most surprising passages, in bits per character", "最出乎意料的段落（每字符比特数）"],
  "line {0}": "第 {0} 行",
  "surprisal": "意外度",
  "surprisal − expected": "意外度 − 期望值",
  "0 bits": "0 比特",
  "{0} bits and more": "{0} 比特以上",
  "{0} bits less": "低 {0} 比特",
  "{0} bits more": "高 {0} 比特",
  "{0}   {1} {2}": "{0}   第 {2} 个{1}",
  "{0} bits, probability {1}": "{0} 比特，概率 {1}",
  "{0} of them for the spelling of an unknown word": "其中 {0} 比特用于拼写一个未知词",
  "rank {0} of {1}, {2} bits expected": "在 {1} 个中排第 {0}，期望 {2} 比特",
  "cut": ["The page ends here, after {0} of {1} {2}s.", "页面到此为止：共 {1} 个{2}，显示了前 {0} 个。"],
};

// Shows a text coloured by its surprisal. The data: see ScorePage.cs. Lists have one item per token.
export function showSurprise(root, data, isChinese) {
  const view = createView(root, data, surpriseWords, isChinese), { element, say } = view;

  const tokens = data.pieces.length;

  // One row per line. A token with line breaks has a span in each of its rows.
  function makeText() {
    const spans = data.pieces.map(() => []), facts = function () { return factsOf(this.token); };
    const makeRow = () => make(element("text"), "div", "", { class: "line", dir: "auto" });
    let row = makeRow();
    data.pieces.forEach((piece, token) => {
      const lines = piece.split("\n");
      lines.forEach((line, index) => {
        const isEnd = index < lines.length - 1, text = visible(line) || (isEnd ? "" : piece === "" ? "·" : "");
        if (text !== "" || isEnd) {
          const span = make(row, "span", text, piece === "" ? { class: "end" } : {});
          if (isEnd) make(span, "span", "↵", { class: "end" });
          span.token = token;
          span.facts = facts;
          spans[token].push(span);
        }

        if (isEnd) row = makeRow();
      });
    });
    if (row.childNodes.length === 0) row.remove();
    return spans;
  }

  const spans = makeText();
  const tips = view.makeTips(token => spans[token]?.[0]);

  // The two colourings. Each maps a token to a number from -1 to 1.
  const colourings = {
    surprise: {
      of: token => data.bits[token] / data.scale,
      colours: tiles(0, 1), least: "0 bits", most: "{0} bits and more",
    },
    unexpected: {
      of: token => (data.bits[token] - data.expected[token]) / data.scale,
      colours: tiles(-1, 0, 1), least: "{0} bits less", most: "{0} bits more",
    },
  };

  let shown = "surprise";

  function show(name) {
    shown = name;
    const colouring = colourings[name];
    for (let token = 0; token < tokens; token++) {
      const colour = tile(Math.max(-1, Math.min(1, colouring.of(token))));
      for (const span of spans[token]) span.style.backgroundColor = colour;
    }

    element("scale").style.background = colouring.colours;
    element("least").textContent = say(colouring.least, data.scale);
    element("most").textContent = say(colouring.most, data.scale);
    for (const other in colourings) element(other).setAttribute("aria-pressed", other === name);
  }

  function makePassages() {
    for (const passage of data.passages) {
      const link = make(make(element("passages"), "li", ""), "a", "", { href: `#token-${passage.first}` });
      make(link, "span", passage.bits.toFixed(2));
      passage.label = make(link, "span", "");
      make(link, "span", visible(passage.text.replace(/\s+/g, " ")), { class: "quoted", lang: element("text").lang, dir: "auto" });
      // A link to the address that the page already has changes nothing by itself.
      link.onclick = event => {
        if (!hasModifier(event) && location.hash === link.hash) goToPassage();
      };
      // Only the fragment changes, also on a page with a base address.
      link.addEventListener("click", event => {
        if (hasModifier(event)) return;
        event.preventDefault();
        location.hash = link.hash;
      });
    }

    element("ranking").hidden = data.passages.length === 0;
  }

  // Underlines the passage in the URL, scrolls to it and chooses its first token, from where the arrow keys move.
  function goToPassage() {
    for (const span of root.querySelectorAll(".marked")) span.classList.remove("marked");
    const passage = data.passages.find(one => location.hash === `#token-${one.first}`);
    if (!passage) return;
    const marked = spans.slice(passage.first, passage.first + passage.length).flat();
    for (const span of marked) span.classList.add("marked");
    element("text").focus({ preventScroll: true });
    marked[0].scrollIntoView({ block: "center" });
    tips.choose(marked[0]);
  }

  function factsOf(token) {
    const likely = data.likely[token], lines = [], bits = data.bits[token];
    lines.push(say("{0}   {1} {2}", visible(data.names[data.ids[token]]), say(data.unit), count(token + 1)));
    lines.push(say("{0} bits, probability {1}", bits.toFixed(2), (2 ** -bits).toPrecision(3)));
    if (token in data.spelling) lines.push(say("{0} of them for the spelling of an unknown word", data.spelling[token].toFixed(2)));
    const rank = count(data.ranks[token]), expected = data.expected[token].toFixed(2);
    lines.push(say("rank {0} of {1}, {2} bits expected", rank, count(data.vocabulary), expected), "");
    for (let place = 0; place < likely.length; place += 2) {
      const isActual = likely[place] === data.ids[token];
      lines.push(`${isActual ? "▸" : " "} ${likely[place + 1].toFixed(3)}  ${visible(data.names[likely[place]])}`);
    }

    return lines.join("\n");
  }

  function showWords() {
    view.translate(say("{0} read by {1}", data.text, data.model));
    element("explanation").textContent = say("surprisal explained", say(data.unit));
    element("cut").textContent = say("cut", count(tokens), count(data.total), say(data.unit));
    for (const passage of data.passages) passage.label.textContent = say("line {0}", count(passage.line));
    show(shown);
    tips.update();
  }

  element("cut").hidden = tokens === data.total;
  element("surprise").onclick = () => show("surprise");
  element("unexpected").onclick = () => show("unexpected");
  addEventListener("hashchange", goToPassage, { signal: view.signal });

  makePassages();
  view.start(showWords);
  goToPassage();
  return view;
}
