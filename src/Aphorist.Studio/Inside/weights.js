// Draws tensors on canvases, in the colours of the page, which change with the scheme.
import { tiles } from "./reader.js";

export function showWeights(host, pictures) {
  const ending = new AbortController(), { signal } = ending;
  const canvases = [...host.querySelectorAll("canvas")], loaded = [];
  for (const scale of host.querySelectorAll(".scale")) scale.style.background = tiles(-1, 0, 1);

  async function load(index) {
    try {
      const response = await fetch(pictures[index].address, { signal });
      if (!response.ok) return;
      loaded[index] = new Int8Array(await response.arrayBuffer());
      draw(index);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  function draw(index) {
    const canvas = canvases[index], { width, height } = canvas, values = loaded[index];
    // Another model may have this name by now.
    if (!values || values.length !== width * height) return;
    const style = getComputedStyle(host);
    const numbers = name => style.getPropertyValue(name).trim().split(/\s+/).map(Number);
    const hex = style.getPropertyValue("--page").trim(), page = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
    const colours = [numbers("--negative"), numbers("--positive")];
    const context = canvas.getContext("2d"), image = context.createImageData(width, height);
    values.forEach((value, place) => {
      const colour = colours[value < 0 ? 0 : 1], share = Math.min(1, Math.abs(value) / 127);
      for (let part = 0; part < 3; part++) image.data[4 * place + part] = page[part] + share * (colour[part] - page[part]);
      image.data[4 * place + 3] = 255;
    });
    context.putImageData(image, 0, 0);
    context.fillStyle = style.getPropertyValue("--ink");
    const blocks = pictures[index].blocks;
    const line = Math.max(1, Math.ceil(width / canvas.clientWidth));
    for (let block = 1; block < blocks; block++) context.fillRect(Math.round(block * width / blocks), 0, line, height);
    // Small tensors are enlarged, so that a value can be seen.
    canvas.style.height = height === 1 ? "18px" : Math.max(height, Math.min(6 * height, 200)) + "px";
  }

  const drawAll = () => canvases.forEach((_, index) => draw(index));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll, { signal });
  canvases.forEach((_, index) => load(index));
  return { dispose: () => ending.abort() };
}
