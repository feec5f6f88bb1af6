// Drives a running server with the official client. OpenAiClientTests.cs starts the servers and this file, and describes them
// in the environment variable APHORIST_TEST.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import OpenAI, {
  APIConnectionError, APIError, AuthenticationError, BadRequestError, NotFoundError, RateLimitError,
} from 'openai';

const setup = JSON.parse(process.env.APHORIST_TEST);
const model = 'tiny';

/** The names of the fields in the bodies of all requests, by the path of the request. */
const sent = { '/v1/completions': new Set(), '/v1/chat/completions': new Set() };

const clientOf = (server, { fetch: send = fetch, ...options } = {}) => new OpenAI({
  baseURL: new URL('v1', server).href, apiKey: 'none', maxRetries: 0, timeout: 30_000, ...options,
  fetch: (url, init) => {
    const names = sent[new URL(url).pathname];
    if (names) Object.keys(JSON.parse(init.body)).forEach(name => names.add(name));
    return send(url, init);
  },
});
const client = clientOf(setup.address);
const complete = fields => client.completions.create({ model, ...fields });

/** Reads a stream with the client, and compares the number of its chunks with the number of frames that the server sent. */
async function stream(fields, create = (c, body) => c.completions.create(body)) {
  let raw = Promise.resolve('');
  const counting = clientOf(setup.address, {
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      if (!response.ok) return response;
      const [forClient, forCount] = response.body.tee();
      raw = new Response(forCount).text();
      return new Response(forClient, response);
    },
  });
  const chunks = [];
  for await (const chunk of await create(counting, { model, ...fields, stream: true })) chunks.push(chunk);
  const frames = (await raw).split('\n').filter(line => line.startsWith('data:'));
  assert.equal(frames.pop(), 'data: [DONE]');
  assert.deepEqual(chunks, frames.map(frame => JSON.parse(frame.slice('data:'.length))));
  return chunks;
}

/** The choices of a stream, put together from its chunks. */
function join(chunks) {
  const choices = [];
  for (const { index, text, finish_reason, logprobs } of chunks.flatMap(chunk => chunk.choices)) {
    const choice = choices[index] ??= { index, text: '', finish_reason: null, logprobs: null };
    assert.equal(choice.finish_reason, null, 'A frame follows the last one of its choice.');
    choice.text += text;
    choice.finish_reason = finish_reason;
    if (!logprobs) continue;
    choice.logprobs ??= { tokens: [], token_logprobs: [], top_logprobs: [], text_offset: [] };
    for (const name of Object.keys(choice.logprobs)) choice.logprobs[name].push(...logprobs[name]);
  }
  return choices;
}

/** Expects a request to fail with an error of the client's class, the status, and the field that is wrong. */
async function refused(promise, type, status, param) {
  await assert.rejects(promise, error => {
    assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
    assert.equal(error.status, status);
    assert.equal(typeof error.error.message, 'string');
    assert.equal(typeof error.type, 'string');
    if (param !== undefined) assert.equal(error.param?.replace(/\[\d+\]$/, ''), param); // The field, or an item of its list.
    return true;
  });
}

const badRequest = (fields, param) => refused(complete(fields), BadRequestError, 400, param);

describe('completions', () => {
  for (const { name, fields, text } of setup.cases) {
    test(`${name} gives the text of the library`, async () => {
      const answer = await complete(fields);
      const [choice, ...others] = answer.choices;
      assert.equal(others.length, 0);
      assert.deepEqual(choice, { index: 0, text, finish_reason: 'length', logprobs: null });
    });

    test(`${name} gives the same text as a stream`, async () => {
      const [choice] = join(await stream(fields));
      assert.deepEqual(choice, { index: 0, text, finish_reason: 'length', logprobs: null });
    });
  }

  test('an answer has all fields', async () => {
    const before = Math.floor(Date.now() / 1000) - 1;
    const { id, object, created, model: name, system_fingerprint, choices, usage } = await complete({ prompt: 'the cat', max_tokens: 5 });
    assert.match(id, /^cmpl-/);
    assert.equal(object, 'text_completion');
    assert.ok(created >= before && created <= Date.now() / 1000 + 1);
    assert.equal(name, model);
    assert.match(system_fingerprint, /./);
    assert.equal(choices.length, 1);
    assert.deepEqual([usage.prompt_tokens, usage.completion_tokens, usage.total_tokens], [7, 5, 12]);
  });

  test('the frames of a stream are the same object', async () => {
    const chunks = await stream({ prompt: 'the cat', max_tokens: 5000 });
    assert.ok(chunks.length > 1);
    const [{ id, created, system_fingerprint }] = chunks;
    for (const chunk of chunks) {
      assert.equal(chunk.object, 'text_completion');
      assert.deepEqual([chunk.id, chunk.created, chunk.model, chunk.system_fingerprint], [id, created, model, system_fingerprint]);
      assert.ok(chunk.usage == null);
    }
  });
});

describe('model', () => {
  test('without a name, the only model answers', async () => {
    const answer = await client.completions.create({ prompt: 'the', max_tokens: 1 });
    assert.equal(answer.model, model);
  });

  for (const name of ['unknown', '../tiny', '/etc/passwd', 'tiny.safetensors', '']) {
    test(`'${name}' is not found`, () => refused(
      client.completions.create({ model: name, prompt: 'the' }), NotFoundError, 404, 'model'));
  }
});

describe('prompt', () => {
  const settings = { max_tokens: 20, seed: 3 };

  test('null and the empty string start from a zero state', async () => {
    for (const prompt of [null, '']) {
      const answer = await complete({ ...settings, prompt });
      assert.equal(answer.choices[0].text, setup.emptyPromptText);
      assert.equal(answer.usage.prompt_tokens, 0);
    }
  });

  test('ids give the text of their string', async () => {
    const text = (await complete({ ...settings, prompt: setup.prompts[0] })).choices[0].text;
    assert.equal((await complete({ ...settings, prompt: setup.promptIds[0] })).choices[0].text, text);
  });

  test('strings and lists of ids give the texts of each, in their order', async () => {
    const expected = [];
    for (const prompt of setup.prompts) expected.push((await complete({ ...settings, prompt })).choices[0].text);
    for (const prompt of [setup.prompts, setup.promptIds]) {
      const answer = await complete({ ...settings, prompt });
      assert.deepEqual(answer.choices.map(choice => [choice.index, choice.text]), expected.map((text, index) => [index, text]));
      assert.deepEqual(join(await stream({ ...settings, prompt })).map(choice => choice.text), expected);
    }
  });

  test('an unknown character is refused with its position', async () => {
    await badRequest({ prompt: 'the ☃' }, 'prompt');
    await assert.rejects(complete({ prompt: 'the ☃' }), /☃.*\b[45]\b/s);
  });

  test('an id that is not in the vocabulary is refused', async () => {
    for (const id of [-1, setup.vocabularySize, 2 ** 40, 1.5]) await badRequest({ prompt: [id] }, 'prompt');
  });
});

describe('max_tokens', () => {
  test('is 16 by default', async () => {
    const answer = await complete({ prompt: 'the' });
    assert.equal(answer.usage.completion_tokens, 16);
    assert.equal(answer.choices[0].finish_reason, 'length');
  });

  test('0 gives an empty text', async () => {
    const answer = await complete({ prompt: 'the', max_tokens: 0 });
    assert.deepEqual([answer.choices[0].text, answer.choices[0].finish_reason], ['', 'length']);
  });

  for (const max_tokens of [-1, 1e9, 1.5, 'many'])
    test(`${max_tokens} is refused`, () => badRequest({ prompt: 'the', max_tokens }, 'max_tokens'));
});

describe('numbers out of their ranges are refused', () => {
  for (const [field, values] of Object.entries({
    temperature: [-1, 'NaN'], top_p: [-0.1, 1.1], n: [0, -1, 1e9], frequency_penalty: [-2.1, 2.1, 'high'], presence_penalty: [-2.1, 2.1],
    top_k: [1.5, 'many'], repeat_last_n: [-2, 1e9], min_p: [-0.1, 1.1], typical_p: [1.1], repeat_penalty: [-1, 0.9],
    logprobs: [-1, 1000],
  })) {
    for (const value of values) test(`${field}: ${value}`, () => badRequest({ prompt: 'the', [field]: value }, field));
  }
});

describe('n and best_of', () => {
  const fields = { max_tokens: 20, seed: 7 };

  test('text i of a prompt has the seed plus i', async () => {
    const expected = [];
    for (const prompt of setup.prompts) {
      for (let i = 0; i < 3; i++) expected.push((await complete({ ...fields, prompt, seed: fields.seed + i })).choices[0].text);
    }
    const answer = await complete({ ...fields, prompt: setup.prompts, n: 3 });
    assert.deepEqual(answer.choices.map(choice => choice.index), expected.map((_, index) => index));
    assert.deepEqual(answer.choices.map(choice => choice.text), expected);
    assert.equal(new Set(expected).size, expected.length);
    assert.deepEqual(join(await stream({ ...fields, prompt: setup.prompts, n: 3 })).map(choice => choice.text), expected);
  });

  test('best_of equal to n changes nothing', async () => {
    const plain = await complete({ ...fields, prompt: 'the', n: 2 });
    assert.deepEqual((await complete({ ...fields, prompt: 'the', n: 2, best_of: 2 })).choices, plain.choices);
  });

  test('best_of larger than n returns the most likely texts', async () => {
    const all = (await complete({ ...fields, prompt: 'the', n: 6, logprobs: 0 })).choices
      .map(({ text, logprobs }) => ({ text, sum: logprobs.token_logprobs.reduce((sum, value) => sum + value, 0) }))
      .sort((a, b) => b.sum - a.sum);
    const best = await complete({ ...fields, prompt: 'the', n: 2, best_of: 6 });
    assert.deepEqual(best.choices.map(choice => choice.text), all.slice(0, 2).map(choice => choice.text));
    assert.deepEqual(best.choices.map(choice => choice.index), [0, 1]);
  });

  test('best_of is refused below n and in a stream', async () => {
    await badRequest({ prompt: 'the', n: 2, best_of: 1 }, 'best_of');
    await badRequest({ prompt: 'the', best_of: 2, stream: true }, 'best_of');
  });
});

describe('stop', () => {
  const { fields, stop, text } = setup.stop;

  test('a string ends the text and is not part of it', async () => {
    const { choices: [choice] } = await complete({ ...fields, stop });
    assert.deepEqual([choice.text, choice.finish_reason], [text, 'stop']);
    assert.deepEqual(join(await stream({ ...fields, stop }))[0], choice);
  });

  test('16 sequences are possible, and the first one that is complete ends the text', async () => {
    const { choices: [choice] } = await complete({ ...fields, stop: [...Array(15).fill('aaaaaaaa'), stop] });
    assert.deepEqual([choice.text, choice.finish_reason], [text, 'stop']);
  });

  for (const count of [17, 1000])
    test(`${count} sequences are refused`, () => badRequest({ ...fields, stop: Array(count).fill('a') }, 'stop'));

  test('a number is refused', () => badRequest({ ...fields, stop: 1 }, 'stop'));
});

describe('stream_options', () => {
  test('include_usage adds a frame without choices', async () => {
    const chunks = await stream({ prompt: ['the', 'a'], max_tokens: 10, stream_options: { include_usage: true } });
    const last = chunks.pop();
    assert.deepEqual(last.choices, []);
    assert.deepEqual([last.usage.prompt_tokens, last.usage.completion_tokens, last.usage.total_tokens], [4, 20, 24]);
    assert.ok(chunks.every(chunk => chunk.choices.length === 1 && chunk.usage == null));
  });

  test('are refused without stream', () => badRequest({ prompt: 'the', stream_options: { include_usage: true } }, 'stream_options'));
});

describe('logprobs', () => {
  const fields = { prompt: 'the 🦊', max_tokens: 40, seed: 1 };

  for (const count of [0, 1, 5, setup.vocabularySize]) {
    test(`${count} alternatives`, async () => {
      const { choices: [choice] } = await complete({ ...fields, logprobs: count });
      const { tokens, token_logprobs, top_logprobs, text_offset } = choice.logprobs;
      assert.equal(tokens.join(''), choice.text);
      assert.equal(tokens.length, fields.max_tokens);
      assert.equal(token_logprobs.length, tokens.length);
      assert.ok(token_logprobs.every(value => value <= 0));
      let offset = [...fields.prompt].length;
      assert.deepEqual(text_offset, tokens.map(token => (offset += [...token].length) - [...token].length));
      assert.equal(top_logprobs?.length, tokens.length);
      top_logprobs.forEach((alternatives, index) => {
        // The most likely tokens and, if it is not one of them, the token itself.
        const values = Object.values(alternatives).sort((a, b) => b - a);
        const own = alternatives[tokens[index]];
        assert.ok(Math.abs(own - token_logprobs[index]) < 1e-6);
        assert.equal(values.length, count > 0 && own >= values[count - 1] ? count : count + 1);
      });
      if (count === setup.vocabularySize) {
        for (const alternatives of top_logprobs) {
          const total = Object.values(alternatives).reduce((sum, value) => sum + Math.exp(value), 0);
          assert.ok(Math.abs(total - 1) < 1e-4, `The probabilities sum to ${total}.`);
        }
      }
      assert.deepEqual(join(await stream({ ...fields, logprobs: count }))[0].logprobs, choice.logprobs);
    });
  }

  test('are those of the model, whatever the sampling', async () => {
    const { choices: [choice] } = await complete({ ...fields, logprobs: 0, temperature: 0 });
    const scored = await complete({ prompt: fields.prompt + choice.text, max_tokens: 0, echo: true, logprobs: 0 });
    const expected = scored.choices[0].logprobs.token_logprobs.slice(-fields.max_tokens);
    choice.logprobs.token_logprobs.forEach((value, index) => assert.ok(Math.abs(value - expected[index]) < 1e-4));
  });

  test('more than the vocabulary has are refused', () => badRequest({ ...fields, logprobs: setup.vocabularySize + 1 }, 'logprobs'));
});

describe('echo', () => {
  test('the log-probabilities of the prompt sum to its score', async () => {
    for (const { text, logProbability } of setup.scores) {
      const { choices: [choice], usage } = await complete({ prompt: text, max_tokens: 0, echo: true, logprobs: 0 });
      const [first, ...others] = choice.logprobs.token_logprobs;
      assert.equal(first, null);
      assert.equal(choice.text, text);
      assert.equal(choice.logprobs.tokens.join(''), text);
      assert.deepEqual([usage.prompt_tokens, usage.completion_tokens], [[...text].length, 0]);
      const sum = others.reduce((total, value) => total + value, 0);
      assert.ok(Math.abs(sum - logProbability) < 1e-4, `${sum} is not ${logProbability}.`);
    }
  });

  test('the prompt comes before the text', async () => {
    const fields = { prompt: 'the 🦊', max_tokens: 10, seed: 1, logprobs: 2 };
    const { choices: [plain] } = await complete(fields);
    const { choices: [echoed] } = await complete({ ...fields, echo: true });
    assert.equal(echoed.text, fields.prompt + plain.text);
    assert.deepEqual(echoed.logprobs.token_logprobs.slice(5), plain.logprobs.token_logprobs);
    assert.deepEqual(echoed.logprobs.text_offset, [...echoed.text].map((_, index) => index));
    assert.deepEqual([echoed.logprobs.token_logprobs[0], echoed.logprobs.top_logprobs[0]], [null, null]);
    assert.deepEqual(join(await stream({ ...fields, echo: true }))[0], echoed);
  });

  test('without logprobs, too', async () => {
    const fields = { prompt: ['the', 'a'], max_tokens: 5, seed: 1, n: 2 };
    const plain = await complete(fields);
    const echoed = await complete({ ...fields, echo: true });
    assert.deepEqual(echoed.choices.map(({ text }) => text), plain.choices.map(({ index, text }) => fields.prompt[index >> 1] + text));
  });
});

describe('logit_bias', () => {
  test('an id that is not in the vocabulary is refused', () => badRequest({ prompt: 'the', logit_bias: { 100000: 1 } }, 'logit_bias'));
  test('a text instead of an id is refused', () => badRequest({ prompt: 'the', logit_bias: { the: 1 } }, 'logit_bias'));
});

const ignoredFields = { user: 'someone', metadata: { a: 'b' }, store: true, cache_prompt: true, id_slot: 1 };
const refusedFields = {
  suffix: 'the end', grammar: 'root ::= "a"', json_schema: {}, response_format: { type: 'json_object' },
  tools: [{ type: 'function', function: { name: 'f' } }],
};

describe('other fields', () => {
  const fields = { prompt: 'the cat', max_tokens: 30, seed: 5 };
  const withResponse = extra => complete({ ...fields, ...extra }).withResponse();
  const names = (response, field) => [...response.headers.values()].some(value => value.split(/[\s,]+/).includes(field));

  for (const [field, value] of Object.entries(ignoredFields)) {
    test(`${field} is ignored`, async () => {
      const { data, response } = await withResponse({ [field]: value });
      assert.equal(data.choices[0].text, (await complete(fields)).choices[0].text);
      assert.ok(!names(response, field));
    });
  }

  test('an unknown field is ignored and named in a header', async () => {
    const { data, response } = await withResponse({ mirostat: 2 });
    assert.equal(data.choices[0].text, (await complete(fields)).choices[0].text);
    assert.ok(names(response, 'mirostat'));
  });

  for (const [field, value] of Object.entries(refusedFields))
    test(`${field} is refused`, () => badRequest({ ...fields, [field]: value }, field));
});

describe('chat', () => {
  const prompt = 'the cat';
  const settings = { max_tokens: 40, seed: 11 };
  const messages = [{ role: 'system', content: 'This is not read.' }, { role: 'user', content: prompt }];
  const chat = fields => client.chat.completions.create({ model, messages, ...settings, ...fields });
  const expected = () => complete({ ...settings, prompt }).then(answer => answer.choices[0].text);

  test('the last message is the prompt', async () => {
    const answer = await chat({});
    assert.equal(answer.object, 'chat.completion');
    assert.match(answer.id, /^chatcmpl-/);
    const [choice] = answer.choices;
    assert.deepEqual([choice.index, choice.finish_reason, choice.message.role], [0, 'length', 'assistant']);
    assert.equal(choice.message.content, await expected());
    assert.deepEqual([answer.usage.prompt_tokens, answer.usage.completion_tokens], [prompt.length, settings.max_tokens]);
  });

  for (const { name, fields: { prompt: content, ...fields }, text } of setup.cases) {
    test(`${name} gives the text of the library`, async () => {
      const { choices: [choice] } = await chat({ ...fields, messages: [{ role: 'user', content }] });
      assert.equal(choice.message.content, text);
    });
  }

  test('a stop sequence ends the text', async () => {
    const { fields: { prompt: content, ...fields }, stop, text } = setup.stop;
    const { choices: [choice] } = await chat({ ...fields, messages: [{ role: 'user', content }], stop });
    assert.deepEqual([choice.message.content, choice.finish_reason], [text, 'stop']);
  });

  test('the text of a message may be in parts', async () => {
    const parts = [{ role: 'user', content: [{ type: 'text', text: 'the ' }, { type: 'text', text: 'cat' }] }];
    assert.equal((await chat({ messages: parts })).choices[0].message.content, await expected());
  });

  test('a stream has the same text', async () => {
    const chunks = await stream(
      { messages, ...settings, stream_options: { include_usage: true } }, (c, body) => c.chat.completions.create(body));
    const last = chunks.pop();
    assert.deepEqual([last.choices, last.usage.completion_tokens], [[], settings.max_tokens]);
    assert.ok(chunks.every(chunk => chunk.object === 'chat.completion.chunk'));
    assert.equal(chunks[0].choices[0].delta.role, 'assistant');
    assert.equal(chunks.map(chunk => chunk.choices[0].delta.content ?? '').join(''), await expected());
    assert.equal(chunks.at(-1).choices[0].finish_reason, 'length');
  });

  test('logprobs are those of a completion', async () => {
    const { choices: [choice] } = await chat({ logprobs: true, top_logprobs: 2 });
    const { choices: [completion] } = await complete({ ...settings, prompt, logprobs: 2 });
    const { content } = choice.logprobs;
    assert.deepEqual(content.map(entry => entry.token), completion.logprobs.tokens);
    assert.deepEqual(content.map(entry => entry.logprob), completion.logprobs.token_logprobs);
    assert.ok(content.every(entry => entry.top_logprobs.length === 2));
  });

  test('max_completion_tokens is another name of max_tokens', async () => {
    const answer = await chat({ max_tokens: undefined, max_completion_tokens: 7 });
    assert.equal(answer.usage.completion_tokens, 7);
  });

  test('n gives different texts', async () => {
    const { choices } = await chat({ n: 3 });
    assert.equal(new Set(choices.map(choice => choice.message.content)).size, 3);
  });

  test('the helpers of the client read a stream', async () => {
    const runner = client.chat.completions.stream({ model, messages, ...settings });
    assert.equal(await runner.finalContent(), await expected());
  });

  for (const field of Object.keys(ignoredFields)) {
    test(`${field} is ignored`, async () => {
      const answer = await chat({ [field]: ignoredFields[field] });
      assert.equal(answer.choices[0].message.content, await expected());
    });
  }

  for (const field of Object.keys(refusedFields))
    test(`${field} is refused`, () => refused(chat({ [field]: refusedFields[field] }), BadRequestError, 400, field));

  test('a wrong request is refused', async () => {
    await refused(chat({ messages: [] }), BadRequestError, 400, 'messages');
    await refused(chat({ messages: 'the cat' }), BadRequestError, 400, 'messages');
    await refused(chat({ model: 'unknown' }), NotFoundError, 404, 'model');
  });
});

describe('models', () => {
  test('are listed', async () => {
    const { data, object } = await client.models.list();
    assert.equal(object, 'list');
    assert.deepEqual(data.map(entry => [entry.id, entry.object, typeof entry.created]), [[model, 'model', 'number']]);
  });

  test('are described', async () => assert.equal((await client.models.retrieve(model)).id, model));

  test('an unknown one is not found', () => refused(client.models.retrieve('unknown'), NotFoundError, 404));
});

describe('errors', () => {
  test('an unknown path is NotFoundError', () => refused(client.embeddings.create({ model, input: 'the' }), NotFoundError, 404));

  test('a missing or wrong key is AuthenticationError', async () => {
    await refused(clientOf(setup.keyAddress, { apiKey: 'wrong' }).models.list(), AuthenticationError, 401);
    await refused(
      clientOf(setup.keyAddress, { defaultHeaders: { authorization: null } }).completions.create({ model, prompt: 'the' }),
      AuthenticationError, 401);
    const answer = await clientOf(setup.keyAddress, { apiKey: setup.key }).completions.create({ model, prompt: 'the' });
    assert.equal(answer.choices.length, 1);
  });

  test('a closed port is APIConnectionError', async () => {
    const server = createServer();
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await new Promise(resolve => server.close(resolve));
    await assert.rejects(clientOf(`http://127.0.0.1:${port}/`).models.list(), APIConnectionError);
  });

  test('a full queue is RateLimitError, and a retry after the given time succeeds', async () => {
    const full = clientOf(setup.queueAddress);
    const stop = new AbortController();
    const fields = { model, prompt: 'the', seed: 1 };
    const endless = { ...fields, n: 64, max_tokens: setup.endless };
    // The first piece of a stream says that its texts are there. After these, there is room for 64 more.
    for (let texts = 64; texts < setup.texts; texts += 64) {
      const stream = await full.completions.create({ ...endless, stream: true }, { signal: stop.signal });
      await stream[Symbol.asyncIterator]().next();
    }
    const attempts = [];
    const retrying = clientOf(setup.queueAddress, {
      maxRetries: 2,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        attempts.push({ at: performance.now(), status: response.status, after: Number(response.headers.get('retry-after')) });
        stop.abort(); // Now there is room.
        return response;
      },
    });
    let answer;
    try {
      // One of these two waits, and the other one is refused.
      const both = [1, 2].map(() => full.completions.create(endless, { signal: stop.signal }));
      both.forEach(request => request.catch(() => {}));
      await refused(Promise.race(both), RateLimitError, 429);
      answer = await retrying.completions.create({ ...fields, max_tokens: 1 });
    } finally {
      stop.abort();
    }

    assert.equal(answer.choices.length, 1);
    assert.deepEqual(attempts.map(attempt => attempt.status), [429, 200]);
    const [first, second] = attempts;
    assert.ok(first.after >= 1, `Retry-After is ${first.after}.`);
    assert.ok(second.at - first.at > first.after * 1000 - 50, 'The client did not wait.');
  });

  test('an error inside of a stream is APIError', async () => {
    const chunks = await clientOf(setup.timeoutAddress).completions.create(
      { model, prompt: 'the', max_tokens: setup.endless, stream: true });
    let characters = 0;
    await assert.rejects(async () => {
      for await (const chunk of chunks) characters += chunk.choices[0].text.length;
    }, error => error instanceof APIError && !(error instanceof APIConnectionError));
    assert.ok(characters > 0);
  });
});

test('a stream that the client aborts ends', async () => {
  const chunks = await clientOf(setup.queueAddress).completions.create({ model, prompt: 'the', max_tokens: setup.endless, stream: true });
  let count = 0;
  for await (const _ of chunks) {
    if (++count === 3) chunks.controller.abort();
  }
  assert.ok(count >= 3);
});

// The last test: it needs the requests of all others.
test('the client has sent every field of the protocol, and one that is unknown', () => {
  const sorted = (...names) => [...new Set(names)].sort();
  assert.deepEqual(sorted(...sent['/v1/completions']), sorted(...setup.fields.completions, 'mirostat'));
  assert.deepEqual(sorted(...sent['/v1/chat/completions']), sorted(...setup.fields.chat));
});
