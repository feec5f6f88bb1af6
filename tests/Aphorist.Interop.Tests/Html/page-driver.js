// Runs the model of a page without a browser. The standard input is {"page": path, "calls": [...]}, the standard output the results.
const { readFileSync } = require("node:fs");
const { runInThisContext } = require("node:vm");

const { page, calls } = JSON.parse(readFileSync(0, "utf8"));
const html = readFileSync(page, "utf8");
const part = (start, end) => html.slice(html.indexOf(start) + start.length, html.indexOf(end, html.indexOf(start)));
const core = part("<script>", "</script>");
const names = "openModel, probabilitiesOf, choose, createRandom";
const { openModel, probabilitiesOf, choose, createRandom } = runInThisContext(`(() => { ${core}\nreturn { ${names} }; })()`);
const about = JSON.parse(part('id="description">', "</script>"));
const model = openModel(about, part('id="weights">', "</script>"));

// The probabilities before each token of a text, and after the last one.
function score({ ids }) {
  const reader = model.createReader(), results = [[...probabilitiesOf(reader.predict())]];
  for (const id of ids) {
    reader.read(id);
    results.push([...probabilitiesOf(reader.predict())]);
  }

  return results;
}

function write({ prompt, count, seed, ...options }) {
  const { ids } = model.tokenizer.encode(prompt), decoder = model.tokenizer.createDecoder(), random = createRandom(seed);
  const reader = model.createReader();
  const written = [];
  let text = "";
  for (const id of model.window > 0 ? ids.slice(-model.window) : ids) reader.read(id);
  for (let index = 0; index < count; index++) {
    const id = choose(reader.predict(), options, model.tokenizer.banned, options.temperature === 0 ? 0 : random());
    text += decoder.append(id);
    written.push(id);
    reader.read(id);
  }

  return text + model.tokenizer.endOf(written);
}

const functions = { score, write, encode: ({ text }) => model.tokenizer.encode(text) };
process.stdout.write(JSON.stringify(calls.map(call => functions[call.kind](call))));
