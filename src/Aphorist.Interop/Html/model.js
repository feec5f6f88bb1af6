"use strict";

// A model in plain script: weights, forward pass, tokenizer and sampling. Nothing here knows the page, so tests run it without one.

// Opens the model. `about` is the description of a model file (docs/model-file.md) with the names and shapes of the tensors, and
// `encoded` is their values in Base64.
function openModel(about, encoded) {
  const tensors = readTensors(about.tensors, encoded);
  return {
    about,
    tokenizer: createTokenizer(about),
    window: about.trainedMode === "window" ? about.architecture.window : 0,
    createReader: () => createReader(about, tensors),
  };
}

// ---- Weights ----

// A vector is 32-bit floats. A matrix has a 32-bit factor for each row, and 16-bit integers that it multiplies.
function readTensors(list, encoded) {
  const bytes = decodeBase64(encoded);
  const tensors = new Map();
  let place = 0;
  for (const { name, shape } of list) {
    const rows = shape[0], columns = shape.slice(1).reduce((product, size) => product * size, 1);
    const values = new Float32Array(rows * columns);
    const floats = new Float32Array(bytes.buffer, place, rows);
    place += 4 * rows;
    if (shape.length === 1) {
      values.set(floats);
    } else {
      const integers = new Int16Array(bytes.buffer, place, rows * columns);
      for (let row = 0, index = 0; row < rows; row++)
        for (let column = 0; column < columns; column++, index++) values[index] = floats[row] * integers[index];
      place += 2 * rows * columns + 2 * (rows * columns % 2);
    }

    tensors.set(name, { values, rows, columns });
  }

  return tensors;
}

function decodeBase64(text) {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array(text.length / 4 * 3 - padding);
  const slice = 1 << 16;
  for (let from = 0, place = 0; from < text.length; from += slice) {
    const part = atob(text.slice(from, from + slice));
    for (let index = 0; index < part.length; index++) bytes[place++] = part.charCodeAt(index);
  }

  return bytes;
}

function transpose({ values, rows, columns }) {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column];
  return { values: result, rows: columns, columns: rows };
}

// ---- Forward pass ----

// sums[t][o] += dot(kernel[o], x[t]) for the rows o of the kernel from `first` to `end`, and for `count` texts t. Four texts share the
// reading of a row of the kernel; of one text, four rows are independent sums, which the processor computes at the same time.
function addProducts(kernel, first, end, x, count, sums, width) {
  const columns = kernel.columns, values = kernel.values;
  let text = 0;
  for (; text + 4 <= count; text += 4) {
    const x0 = text * columns, x1 = x0 + columns, x2 = x1 + columns, x3 = x2 + columns;
    for (let row = first; row < end; row++) {
      const start = row * columns;
      let a = 0, b = 0, c = 0, d = 0;
      for (let column = 0; column < columns; column++) {
        const weight = values[start + column];
        a += weight * x[x0 + column];
        b += weight * x[x1 + column];
        c += weight * x[x2 + column];
        d += weight * x[x3 + column];
      }

      const place = text * width + row;
      sums[place] += a;
      sums[place + width] += b;
      sums[place + 2 * width] += c;
      sums[place + 3 * width] += d;
    }
  }

  for (; text < count; text++) addProduct(values, columns, first, end, x, text * columns, sums, text * width);
}

function addProduct(values, columns, first, end, x, from, sums, to) {
  let row = first;
  for (; row + 4 <= end; row += 4) {
    const w0 = row * columns, w1 = w0 + columns, w2 = w1 + columns, w3 = w2 + columns;
    let a = 0, b = 0, c = 0, d = 0;
    for (let column = 0; column < columns; column++) {
      const input = x[from + column];
      a += values[w0 + column] * input;
      b += values[w1 + column] * input;
      c += values[w2 + column] * input;
      d += values[w3 + column] * input;
    }

    sums[to + row] += a;
    sums[to + row + 1] += b;
    sums[to + row + 2] += c;
    sums[to + row + 3] += d;
  }

  for (; row < end; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += values[row * columns + column] * x[from + column];
    sums[to + row] += sum;
  }
}

function fillRows(target, row, count) {
  for (let text = 0; text < count; text++) target.set(row, text * row.length);
}

const tanh = x => 2 / (1 + Math.exp(-2 * x)) - 1;
const sigmoid = x => 1 / (1 + Math.exp(-x));
const hardSigmoid = x => Math.max(0, Math.min(1, 0.2 * x + 0.5));
const relu = x => Math.max(0, x);

// Reads the tokens of one text and predicts the next one. A model of windows predicts from a zero state over its last tokens. The windows of
// successive tokens overlap, so there is a state for each of the last tokens, which started with that token; all states read a new token
// together, and the oldest one predicts.
function createReader(about, tensors) {
  const shape = about.architecture;
  const isWindow = about.trainedMode === "window", rows = isWindow ? shape.window : 1;
  const embedding = tensors.get("embedding.weight");
  const decoder = tensors.get("decoder.weight") ?? embedding, bias = tensors.get("decoder.bias").values;
  const layers = Array.from({ length: shape.layers ?? 1 }, (_, layer) =>
    (shape.kind === "convolution" ? createConvolution : createRecurrent)(shape, tensors, layer, rows));
  const logits = new Float64Array(bias.length), vectors = new Float64Array(embedding ? rows * embedding.columns : 0);
  const outputs = layers.at(-1).outputs;
  let position = 0;

  function clear(row) {
    for (const layer of layers) layer.clear(row);
  }

  return {
    read(id) {
      if (isWindow) clear(position % rows);
      position++;
      const count = Math.min(position, rows);
      let input = null;
      if (embedding) {
        input = vectors;
        fillRows(vectors, embedding.values.subarray(id * embedding.columns, (id + 1) * embedding.columns), count);
      }

      for (const layer of layers) {
        layer.advance(id, input, count);
        input = layer.outputs;
      }
    },
    // The logits of the next token. They are valid until the next call.
    predict() {
      const oldest = isWindow && position >= rows ? position % rows : 0, size = shape.hiddenSize;
      logits.set(bias);
      addProduct(decoder.values, size, 0, bias.length, outputs, oldest * size, logits, 0);
      return logits;
    },
  };
}

// What follows the units of each layer: layer normalization, and the sum with the input of the layer.
function createOutput(tensors, layer, size, addsInput) {
  const gain = tensors.get(`layer_norm.weight_l${layer}`)?.values, shift = tensors.get(`layer_norm.bias_l${layer}`)?.values;
  return (hidden, input, outputs, count) => {
    for (let start = 0; start < count * size; start += size) {
      let mean = 0, variance = 0;
      if (gain) {
        for (let unit = 0; unit < size; unit++) mean += hidden[start + unit] / size;
        for (let unit = 0; unit < size; unit++) variance += (hidden[start + unit] - mean) ** 2 / size;
      }

      const scale = 1 / Math.sqrt(variance + 1e-5);
      for (let unit = 0; unit < size; unit++) {
        const value = hidden[start + unit];
        const output = gain ? gain[unit] * (value - mean) * scale + shift[unit] : value;
        outputs[start + unit] = addsInput ? output + input[start + unit] : output;
      }
    }
  };
}

function createRecurrent(shape, tensors, layer, rows) {
  const size = shape.hiddenSize, kind = shape.kind.split("-")[0];
  const name = part => tensors.get(`${kind}.${part}_l${layer}`);
  const recurrent = name("weight_hh"), width = recurrent.rows;
  const readsTokens = layer === 0 && !tensors.has("embedding.weight");
  const kernel = readsTokens ? transpose(name("weight_ih")) : name("weight_ih");
  const bias = (name("bias") ?? name("bias_ih")).values, recurrentBias = name("bias_hh")?.values;
  const isHard = kind === "lstm" ? shape.gates === "hard-sigmoid" : shape.kind.includes("hard-sigmoid");
  const gate = isHard ? hardSigmoid : sigmoid, resetsBefore = shape.kind.includes("reset-before");
  const activation = shape.kind.startsWith("rnn-relu") ? relu : tanh;
  const hidden = new Float64Array(rows * size), cells = new Float64Array(kind === "lstm" ? rows * size : 0);
  const sums = new Float64Array(rows * width), recurrentSums = new Float64Array(kind === "gru" ? rows * width : 0);
  const scaled = new Float64Array(resetsBefore ? rows * size : 0);
  const outputs = new Float64Array(rows * size);
  const finish = createOutput(tensors, layer, size, layer > 0 && shape.kind.endsWith("-residual"));
  const steps = { lstm: lstmStep, gru: gruStep, rnn: rnnStep };

  function lstmStep(count) {
    addProducts(recurrent, 0, width, hidden, count, sums, width);
    for (let text = 0; text < count; text++) {
      for (let unit = 0, z = text * width, place = text * size; unit < size; unit++, z++, place++) {
        cells[place] = gate(sums[z + size]) * cells[place] + gate(sums[z]) * tanh(sums[z + 2 * size]);
        hidden[place] = gate(sums[z + 3 * size]) * tanh(cells[place]);
      }
    }
  }

  function gruStep(count) {
    fillRows(recurrentSums, recurrentBias, count);
    addProducts(recurrent, 0, resetsBefore ? 2 * size : width, hidden, count, recurrentSums, width);
    if (resetsBefore) {
      for (let text = 0; text < count; text++)
        for (let unit = 0, z = text * width, place = text * size; unit < size; unit++, z++, place++)
          scaled[place] = gate(sums[z] + recurrentSums[z]) * hidden[place];
      addProducts(recurrent, 2 * size, width, scaled, count, recurrentSums, width);
    }

    for (let text = 0; text < count; text++) {
      for (let unit = 0, z = text * width, place = text * size; unit < size; unit++, z++, place++) {
        const reset = resetsBefore ? 1 : gate(sums[z] + recurrentSums[z]);
        const update = gate(sums[z + size] + recurrentSums[z + size]);
        const candidate = tanh(sums[z + 2 * size] + reset * recurrentSums[z + 2 * size]);
        hidden[place] = (1 - update) * candidate + update * hidden[place];
      }
    }
  }

  function rnnStep(count) {
    addProducts(recurrent, 0, width, hidden, count, sums, width);
    for (let place = 0; place < count * size; place++) hidden[place] = activation(sums[place]);
  }

  return {
    outputs,
    clear(row) {
      for (const state of [hidden, cells, outputs]) state.fill(0, row * size, (row + 1) * size);
    },
    advance(id, input, count) {
      // All texts read the same token, so the first layer's sums of it are the same.
      const same = layer === 0 ? 1 : count;
      fillRows(sums, bias, same);
      if (!readsTokens) addProducts(kernel, 0, width, input, same, sums, width);
      else for (let place = 0; place < width; place++) sums[place] += kernel.values[id * width + place];
      for (let text = same; text < count; text++) sums.copyWithin(text * width, 0, width);
      steps[kind](count);
      finish(hidden, input, outputs, count);
    },
  };
}

function createConvolution(shape, tensors, layer, rows) {
  const size = shape.hiddenSize, width = 2 * size, reach = shape.kernelSize, dilation = reach ** layer;
  const stored = tensors.get(`convolution.${layer}.weight`), bias = tensors.get(`convolution.${layer}.bias`).values;
  const readsTokens = layer === 0 && !tensors.has("embedding.weight");
  const kernel = readsTokens ? transpose(stored) : stored;
  // The last inputs of each text, in a ring: tokens, or vectors of the length `step`.
  const slots = (reach - 1) * dilation + 1, step = readsTokens ? 1 : stored.columns / reach;
  const past = readsTokens ? new Int32Array(rows * slots).fill(-1) : new Float64Array(rows * slots * step);
  const gathered = new Float64Array(readsTokens ? 0 : rows * stored.columns);
  const sums = new Float64Array(rows * width), hidden = new Float64Array(rows * size), outputs = new Float64Array(rows * size);
  const finish = createOutput(tensors, layer, size, false);
  let time = 0;

  function addTokens(text) {
    for (let j = 0; j < reach; j++) {
      const token = past[text * slots + slotOf(j)];
      if (token < 0) continue;
      const from = (token * reach + j) * width;
      for (let place = 0; place < width; place++) sums[text * width + place] += kernel.values[from + place];
    }
  }

  // The kernel has its positions side by side: all inputs of a column are, too.
  function gather(text) {
    for (let j = 0; j < reach; j++) {
      const from = (text * slots + slotOf(j)) * step, to = text * stored.columns + j;
      for (let column = 0; column < step; column++) gathered[to + column * reach] = past[from + column];
    }
  }

  function slotOf(j) {
    return (time + slots - (reach - 1 - j) * dilation) % slots;
  }

  return {
    outputs,
    clear(row) {
      past.fill(readsTokens ? -1 : 0, row * slots * step, (row + 1) * slots * step);
      outputs.fill(0, row * size, (row + 1) * size);
    },
    advance(id, input, count) {
      time = (time + 1) % slots;
      fillRows(sums, bias, count);
      for (let text = 0; text < count; text++) {
        const to = (text * slots + time) * step;
        if (readsTokens) {
          past[to] = id;
          addTokens(text);
        } else {
          for (let column = 0; column < step; column++) past[to + column] = input[text * step + column];
          gather(text);
        }
      }

      if (!readsTokens) addProducts(kernel, 0, width, gathered, count, sums, width);
      for (let text = 0; text < count; text++) {
        for (let unit = 0, z = text * width, place = text * size; unit < size; unit++, z++, place++)
          hidden[place] = tanh(sums[z]) * sigmoid(sums[z + size]) + (layer > 0 ? input[place] : 0);
      }

      finish(hidden, input, outputs, count);
    },
  };
}

// ---- Tokenizer ----

function createTokenizer(about) {
  const { kind, vocabulary, tokens } = about.tokenizer;
  const isBytes = kind === "bytes", isWords = kind === "words";
  const texts = isBytes ? Array.from({ length: 256 }, (_, id) => id < 128 ? String.fromCharCode(id) : "\ufffd")
    : isWords ? tokens : [...vocabulary];
  const ids = new Map(texts.map((text, id) => [text, id]));
  // U+FFFD in a text is as unknown as any other word.
  if (isWords) ids.delete("\ufffd");

  // Returns the ids of a text, and the characters that are left out because the model does not know them. Words have an unknown token.
  function encode(text) {
    const normalized = normalize(text, about.normalization.lowercase);
    if (isBytes) return { ids: [...new TextEncoder().encode(normalized)], unknown: [] };
    const encoded = [], unknown = new Set();
    for (const token of isWords ? normalized.match(wordPattern) ?? [] : normalized) {
      const id = ids.get(token), rest = token.slice(1);
      if (id !== undefined) encoded.push(id);
      else if (!isWords) unknown.add(token);
      else if (token.length > 1 && token.startsWith(" ")) encoded.push(ids.get(" ") ?? 0, ids.get(rest) ?? 0);
      else encoded.push(0);
    }

    return { ids: encoded, unknown: [...unknown] };
  }

  // Decodes ids that arrive one at a time: `append` and `flush` return the text that is certain.
  function createDecoder() {
    if (!isBytes) return { append: id => texts[id], flush: () => "" };
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return { append: id => decoder.decode(Uint8Array.of(id), { stream: true }), flush: () => decoder.decode() };
  }

  // What follows the text of a decoder if no more ids follow: U+FFFD for an unfinished character, of which at most three bytes are there.
  function endOf(ids) {
    const decoder = createDecoder();
    for (const id of isBytes ? ids.slice(-3) : []) decoder.append(id);
    return decoder.flush();
  }

  return { texts, encode, createDecoder, endOf, banned: isWords ? 0 : -1, isBytes };
}

// Line feeds end lines, half a surrogate pair is no character, and the rules of lower case are those of Unicode, without a language.
function normalize(text, lowercase) {
  const normalized = text.replace(/\r\n?/g, "\n").replace(/\p{Surrogate}/gu, "\ufffd");
  return lowercase ? normalized.toLowerCase() : normalized;
}

// A word with the space before it, or any character. Scripts without spaces between words have no words.
const wordPattern = (() => {
  const unspaced = "\\u3005-\\u3007\\u3021-\\u302f\\u3031-\\u3035\\u3038-\\u303c\\u3041-\\u30ff\\u31f0-\\u31ff\\u3400-\\u9fff\\uf900-\\ufaff"
    + "\\uff66-\\uff9f\\u{1aff0}-\\u{1b16f}\\u{20000}-\\u{3ffff}\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff";
  const first = `(?![${unspaced}])[\\p{L}\\p{Nd}]`, next = `['\\u2019\\u200c\\u200d]?(?![${unspaced}])[\\p{L}\\p{Nd}\\p{M}]`;
  return new RegExp(` ?${first}(?:${next})*|[^]`, "gu");
})();

// ---- Sampling ----

// Returns the probabilities of all tokens: the model's own, before any sampling option.
function probabilitiesOf(logits) {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const weights = logits.map(logit => Math.exp(logit - largest)), sum = weights.reduce((a, b) => a + b);
  return weights.map(weight => weight / sum);
}

// Chooses a token: the most likely one at temperature 0, else one of those that pass the filters, drawn with `uniform` from [0, 1).
function choose(logits, { temperature, topK = 0, topP = 1, minP = 0 }, banned, uniform) {
  let best = banned === 0 ? 1 : 0;
  for (let id = best + 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
  if (temperature === 0) return best;
  const weights = logits.map((logit, id) => id === banned ? 0 : Math.exp((logit - logits[best]) / temperature));
  const keepsFew = topK > 0 && topK < weights.length;
  let ids = [...weights.keys()];
  if (keepsFew || topP < 1 || minP > 0) ids.sort((a, b) => weights[b] - weights[a] || a - b);
  const total = () => ids.reduce((sum, id) => sum + weights[id], 0);
  if (keepsFew) ids = ids.slice(0, topK);
  if (topP < 1) {
    let missing = topP * total();
    const end = ids.findIndex(id => (missing -= weights[id]) <= 0);
    if (end >= 0) ids = ids.slice(0, end + 1);
  }

  if (minP > 0) ids = ids.filter(id => weights[id] >= minP * weights[ids[0]]);
  let remaining = uniform * total();
  return ids.find(id => (remaining -= weights[id]) < 0) ?? best;
}

// The random numbers of a seed: Philox4x32-10 of Salmon, Moraes, Dror and Shaw (2011), as Aphorist uses it for texts.
function createRandom(seed) {
  const sampling = 5, key = BigInt.asUintN(64, BigInt(seed));
  const multiplyHigh = (a, b) => {
    const a0 = a & 0xffff, a1 = a >>> 16, b0 = b & 0xffff, b1 = b >>> 16;
    const middle = a1 * b0 + Math.floor(a0 * b0 / 65536), lower = a0 * b1 + middle % 65536;
    return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(lower / 65536)) >>> 0;
  };
  let draws = 0;
  return () => {
    let c0 = draws++ >>> 0, c1 = 0, c2 = sampling, c3 = 0, k0 = Number(key & 0xffffffffn), k1 = Number(key >> 32n);
    for (let round = 0; round < 10; round++) {
      const h0 = multiplyHigh(0xd2511f53, c0), l0 = Math.imul(0xd2511f53, c0);
      const h1 = multiplyHigh(0xcd9e8d57, c2), l1 = Math.imul(0xcd9e8d57, c2);
      [c0, c1, c2, c3] = [(h1 ^ c1 ^ k0) >>> 0, l1 >>> 0, (h0 ^ c3 ^ k1) >>> 0, l0 >>> 0];
      k0 = (k0 + 0x9e3779b9) >>> 0;
      k1 = (k1 + 0xbb67ae85) >>> 0;
    }

    return (c1 * 2 ** 21 + (c0 >>> 11)) / 2 ** 53;
  };
}
