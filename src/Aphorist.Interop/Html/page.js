"use strict";

// The page around the model: what it says, the controls, the text and its alternatives.
(() => {
  const slice = 12, shown = 8;
  const element = id => document.getElementById(id);
  const about = JSON.parse(element("description").textContent), { page } = about;

  const words = {
    en: {
      prompt: "Prompt", write: "Write", stop: "Stop", continue: "Continue", copy: "Copy", copied: "Copied",
      temperature: "Temperature", temperatureHelp: "Low: predictable text. High: more varied, more mistakes.",
      length: "Length", shade: "Shade what surprised the model", more: "More options",
      topK: "Top-k", topKHelp: "Keep only the k most likely tokens. 0: off.",
      topP: "Top-p",
      topPHelp: "Keep the smallest set of most likely tokens whose probabilities sum to this value. 1: off.",
      minP: "Min-p", minPHelp: "Remove tokens whose probability is below this fraction of the highest probability. 0: off.",
      seed: "Seed", seedHelp: "A whole number: the same seed gives the same text. Empty: a random one.",
      hint: "Click anywhere in the text, or use the arrow keys, to see what else the model expected there. Choose another one to continue "
        + "from there.",
      loading: "Loading the model…", text: "Text", choices: "What the model expected here", close: "Close",
      language: "中文", units: { characters: "characters", words: "tokens", bytes: "bytes" },
    },
    zh: {
      prompt: "文本开头", write: "开始写", stop: "停止", continue: "继续写", copy: "复制", copied: "已复制",
      temperature: "温度", temperatureHelp: "低：文本更可预测。高：更多样，错误也更多。",
      length: "长度", shade: "标出令模型意外之处", more: "更多选项",
      topK: "Top-k", topKHelp: "只保留概率最高的 k 个词元。0 表示关闭。",
      topP: "Top-p", topPHelp: "按概率从高到低保留词元，直到累计概率达到该值。1 表示关闭。",
      minP: "Min-p", minPHelp: "去除概率与最高概率之比低于该值的词元。0 表示关闭。",
      seed: "随机种子", seedHelp: "整数：种子相同，文本就相同。留空则随机。",
      hint: "点击文本中的任意位置，或使用方向键，查看模型在此处的其他预期。选择其他词元，即可从该处继续写。",
      loading: "正在加载模型……", text: "文本", choices: "模型在此处的预期", close: "关闭",
      language: "English", units: { characters: "个字符", words: "个词元", bytes: "个字节" },
    },
  };

  // An unfinished character at the end of the text, as U+FFFD.
  const end = document.createTextNode("");
  let language = page.language === "zh" || (page.language === "" && navigator.language.startsWith("zh")) ? "zh" : "en";
  let model, reader, decoder, random, seed, ids = [], tokens = [], selected = -1, run = 0, isRunning = false, started = 0, written = 0;

  const word = name => words[language][name];
  const count = number => number.toLocaleString(language);

  // ---- Words ----

  function describe() {
    const { kind, hiddenSize, layers = 1 } = about.architecture, corpus = about.training?.corpus, isChinese = language === "zh";
    const name = kind !== "convolution" ? kind.split("-")[0].toUpperCase() : isChinese ? "卷积" : "convolution";
    const number = layers === 1 ? "" : !isChinese ? `${layers} layers of ` : `${layers} 层${kind === "convolution" ? "" : " "}`;
    const shape = `${number}${name}(${hiddenSize})`;
    const size = count(page.parameters);
    return isChinese
      ? `${shape} 语言模型，共 ${size} 个参数${corpus ? `，训练文本为“${corpus}”` : ""}。`
        + "它就在此页面中运行，不联网，也不发送任何内容。"
      : `A language model: ${shape} with ${size} parameters${corpus ? `, trained on “${corpus}”` : ""}. `
        + "It runs in this page, offline: nothing is sent anywhere.";
  }

  function showWords() {
    document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
    for (const labelled of document.querySelectorAll("[data-word]")) labelled.textContent = word(labelled.dataset.word);
    element("about").textContent = describe();
    element("language").textContent = word("language");
    element("language").lang = language === "zh" ? "en" : "zh-Hans";
    element("copy").textContent = word("copy");
    element("text").setAttribute("aria-label", word("text"));
    element("close").setAttribute("aria-label", word("close"));
    element("footer").textContent = `Aphorist ${about.aphoristVersion}`;
    showProgress();
    showChoices();
  }

  function showProgress() {
    element("write").textContent = word(isRunning ? "stop" : "write");
    element("write").disabled = !model;
    element("continue").disabled = isRunning || tokens.length === 0;
    element("copy").disabled = tokens.length === 0;
    element("text").setAttribute("aria-busy", isRunning);
    if (!model) element("progress").textContent = word("loading");
    else if (tokens.length === 0) element("progress").textContent = "";
    else element("progress").textContent = `${count(tokens.length)} ${word("units")[about.tokenizer.kind]} · ${count(speed())}/s · ${word("seed")} ${seed}`;
  }

  function speed() {
    return Math.round(1000 * written / Math.max(1, (isRunning ? performance.now() : ended) - started));
  }

  // ---- Writing ----

  let ended = 0;

  function options() {
    const number = (id, least, most, other) => {
      const value = element(id).valueAsNumber;
      return value >= least && value <= most ? value : other;
    };
    return {
      temperature: number("temperature", 0, 2, 1), topK: Math.floor(number("topK", 0, Infinity, 0)),
      topP: number("topP", Number.MIN_VALUE, 1, 1), minP: number("minP", 0, 1, 0),
    };
  }

  // Starts a text after the prompt.
  function write() {
    const { ids: known, unknown } = model.tokenizer.encode(element("prompt").value);
    const list = unknown.slice(0, 20).map(visible).join(" ");
    element("unknown").textContent = unknown.length === 0 ? "" : language === "zh"
      ? `模型不认识这些字符，已略去：${list}`
      : `Left out, because the model does not know them: ${list}`;
    const wanted = element("seed").value.trim();
    seed = /^\d{1,20}$/.test(wanted) ? wanted : String(Math.floor(Math.random() * 2 ** 32));
    random = createRandom(seed);
    ids = known;
    tokens = [];
    select(-1);
    const prompt = document.createElement("span"), promptDecoder = model.tokenizer.createDecoder();
    prompt.className = "prompt";
    prompt.textContent = ids.map(promptDecoder.append).join("") + promptDecoder.flush();
    element("text").replaceChildren(prompt);
    for (const id of ["text", "hint"]) element(id).hidden = false;
    restart();
  }

  // Reads the text from its beginning and writes on.
  function restart() {
    reader = model.createReader();
    decoder = model.tokenizer.createDecoder();
    const all = [...ids, ...tokens.map(token => token.id)];
    for (const token of tokens) decoder.append(token.id);
    return advance(model.window > 0 ? all.slice(-model.window) : all);
  }

  // Reads tokens, then writes. The page stays responsive: it has its turn after each slice of time.
  async function advance(pending) {
    const mine = ++run, most = tokens.length + Math.min(100000, Math.max(1, Math.floor(element("length").valueAsNumber) || 400));
    isRunning = true;
    end.remove();
    [started, written] = [performance.now(), 0];
    showProgress();
    let turn = performance.now() + slice;
    const next = async () => {
      if (performance.now() < turn) return mine === run;
      showProgress();
      await new Promise(resolve => setTimeout(resolve));
      turn = performance.now() + slice;
      return mine === run;
    };
    for (const id of pending) {
      reader.read(id);
      if (!await next()) return;
    }

    while (tokens.length < most) {
      const logits = reader.predict(), probabilities = probabilitiesOf(logits);
      const id = choose(logits, options(), model.tokenizer.banned, random());
      add(id, probabilities[id], mostLikelyOf(probabilities));
      reader.read(id);
      written++;
      if (!await next()) return;
    }

    stop();
  }

  function stop() {
    run++;
    isRunning = false;
    ended = performance.now();
    end.data = model.tokenizer.endOf(tokens.map(token => token.id));
    element("text").append(end);
    showProgress();
  }

  function add(id, probability, mostLikely) {
    const span = document.createElement("span");
    span.className = `s${Math.min(10, Math.round(-Math.log2(probability)))}`;
    span.textContent = decoder.append(id);
    span.dataset.index = tokens.length;
    element("text").append(span);
    tokens.push({ id, probability, mostLikely, span });
  }

  function mostLikelyOf(probabilities) {
    const best = [];
    for (let id = 0; id < probabilities.length; id++) {
      const probability = probabilities[id];
      if (id === model.tokenizer.banned || (best.length === shown && probability <= best[shown - 1].probability)) continue;
      let place = best.length;
      while (place > 0 && best[place - 1].probability < probability) place--;
      best.splice(place, 0, { id, probability });
      best.length = Math.min(best.length, shown);
    }

    return best;
  }

  // ---- Alternatives ----

  function select(index) {
    tokens[selected]?.span.classList.remove("selected");
    selected = index;
    tokens[selected]?.span.classList.add("selected");
    tokens[selected]?.span.scrollIntoView({ block: "nearest" });
    showChoices();
  }

  function showChoices() {
    const token = tokens[selected];
    element("choices").hidden = !token;
    if (!token) return;
    const bits = (-Math.log2(token.probability)).toFixed(1);
    element("surprise").textContent = language === "zh"
      ? `“${display(token.id)}”：意外度 ${bits} 比特`
      : `“${display(token.id)}”: surprisal ${bits} bits`;
    const rows = token.mostLikely.some(other => other.id === token.id) ? token.mostLikely : [...token.mostLikely, token];
    element("list").replaceChildren(...rows.map(({ id, probability }) => {
      const item = document.createElement("li"), button = document.createElement("button"), place = selected;
      button.type = "button";
      button.className = "choice";
      if (id === token.id) button.setAttribute("aria-current", "true");
      for (const [name, text] of [["token", display(id)], ["bar", ""], ["number", percent(probability)]]) {
        const part = document.createElement("span");
        part.className = name;
        part.textContent = text;
        if (name === "bar") part.style.width = `${100 * probability}%`;
        button.append(part);
      }

      button.addEventListener("click", () => branch(place, id));
      item.append(button);
      return item;
    }));
  }

  const percent = probability => `${(100 * probability).toFixed(probability < 0.001 ? 3 : 1)} %`;

  function display(id) {
    if (model.tokenizer.isBytes && id > 127) return `\\x${id.toString(16).toUpperCase()}`;
    return visible(model.tokenizer.texts[id]);
  }

  function visible(text) {
    return text.replaceAll(" ", "␣").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  }

  // Replaces a token by another one, and writes on from there.
  function branch(index, id) {
    const { probability, mostLikely } = tokens[index];
    select(-1);
    for (const token of tokens.splice(index)) token.span.remove();
    decoder = model.tokenizer.createDecoder();
    for (const token of tokens) decoder.append(token.id);
    add(id, mostLikely.find(other => other.id === id)?.probability ?? probability, mostLikely);
    element("text").focus();
    restart();
  }

  // ---- Controls ----

  element("prompt").value = page.prompt;
  element("prompt").lang = element("text").lang = page.language === "zh" ? "zh-Hans" : page.language;
  element("temperature").value = page.temperature;
  const showTemperature = () => element("temperatureValue").textContent = element("temperature").valueAsNumber.toFixed(2);
  const showShades = () => element("text").classList.toggle("shaded", element("shade").checked);
  element("temperature").addEventListener("input", showTemperature);
  element("shade").addEventListener("change", showShades);
  element("write").addEventListener("click", () => isRunning ? stop() : write());
  element("continue").addEventListener("click", () => advance([]));
  element("language").addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    showWords();
  });
  element("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(element("text").textContent);
      element("copy").textContent = word("copied");
      setTimeout(() => element("copy").textContent = word("copy"), 1500);
    } catch {
      getSelection().selectAllChildren(element("text"));
    }
  });
  element("close").addEventListener("click", () => {
    select(-1);
    element("text").focus();
  });
  element("prompt").addEventListener("keydown", event => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !model) return;
    event.preventDefault();
    if (isRunning) stop();
    write();
  });
  element("text").addEventListener("click", event => {
    const index = event.target.dataset.index;
    if (index !== undefined && getSelection().isCollapsed) select(+index);
  });
  element("text").addEventListener("keydown", event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") select(-1);
    if (!step || tokens.length === 0) return;
    event.preventDefault();
    select(Math.max(0, Math.min(tokens.length - 1, selected < 0 ? tokens.length - 1 : selected + step)));
  });

  showWords();
  showTemperature();
  showShades();
  // After the first picture of the page.
  setTimeout(() => {
    try {
      model = openModel(about, element("weights").textContent);
      element("weights").remove();
    } catch (error) {
      element("unknown").textContent = language === "zh"
        ? `此浏览器无法运行该模型：${error.message}`
        : `This browser cannot run the model: ${error.message}`;
    }

    showProgress();
  });
})();
