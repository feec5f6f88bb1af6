// A map of tokens that can be moved and zoomed. Labels keep their size, so that crowded places open up.
import { make } from "./reader.js";
import { makeShape } from "./shapes.js";

const height = 560, margin = 28, nearestCount = 6, step = 40;

export function showMap(host, readout, [zoomIn, zoomOut, zoomReset], points, neighbours, isChinese) {
  const say = (english, chinese) => isChinese ? chinese : english;
  const picture = makeShape(host, "svg", { tabindex: 0, role: "group" });
  picture.dataset.arrows = "";
  picture.setAttribute("aria-label", say(
    "Map of the vocabulary. Tab chooses a token, the arrow keys move the map, plus and minus zoom. The table below has the same numbers.",
    "词表地图。Tab 键选择词元，方向键移动地图，加号和减号缩放。下方表格有同样的数值。"));
  const minX = Math.min(...points.map(point => point.x)), maxX = Math.max(...points.map(point => point.x));
  const minY = Math.min(...points.map(point => point.y)), maxY = Math.max(...points.map(point => point.y));
  let width = 0, zoom = 1, left = 0, top = 0, chosen = null, drag = null;
  const lines = makeShape(picture, "g", { class: "near" });
  const labels = points.map(point => {
    const label = makeShape(picture, "a", { href: neighbours + point.id, class: "token-point", "aria-label": point.name });
    // Larger than what is seen, for fingers.
    makeShape(label, "circle", { r: 11, fill: "transparent" });
    makeShape(label, "circle", { class: "kind-" + point.kind, r: 3.5 });
    makeShape(label, "text", { class: "kind-" + point.kind, x: 6, y: 4 }).textContent = point.name;
    label.onfocus = label.onpointerenter = () => choose(point);
    return label;
  });

  // The same scale in both directions: distances mean the same everywhere.
  function scale() {
    const spread = Math.max((maxX - minX) / (width - 2 * margin), (maxY - minY) / (height - 2 * margin));
    return zoom / (spread || 1);
  }

  const placeOf = point => [
    width / 2 + (point.x - (minX + maxX) / 2) * scale() + left,
    height / 2 - (point.y - (minY + maxY) / 2) * scale() + top,
  ];

  function draw() {
    width = Math.max(200, host.clientWidth);
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    picture.setAttribute("height", height);
    picture.classList.toggle("zoomed", zoom > 1);
    points.forEach((point, index) => {
      const [x, y] = placeOf(point), isOutside = x < -20 || x > width + 20 || y < -20 || y > height + 20;
      labels[index].setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      labels[index].setAttribute("visibility", isOutside ? "hidden" : "visible");
    });
    drawNear();
    drawNames();
  }

  const lengthOf = name => [...name].reduce((sum, letter) => sum + (letter > "\u2E80" ? 14 : 8), 4);

  // A name is shown where it covers no other one: the chosen token and its neighbours come first, then those at the edge.
  function drawNames() {
    const near = chosen ? [chosen, ...nearest(chosen)] : [], taken = [];
    const rank = index => near.includes(points[index]) ? 1e9 - near.indexOf(points[index]) : Math.hypot(points[index].x, points[index].y);
    for (const index of [...points.keys()].sort((one, other) => rank(other) - rank(one))) {
      const point = points[index], [x, y] = placeOf(point), length = lengthOf(point.name);
      const isRight = x + 6 + length < width, from = isRight ? x + 6 : x - 6 - length;
      const isFree = taken.every(box => from > box.to || from + length < box.from || Math.abs(y - box.y) > 13);
      const text = labels[index].lastChild;
      text.setAttribute("visibility", isFree ? "inherit" : "hidden");
      text.setAttribute("x", isRight ? 6 : -6);
      text.setAttribute("text-anchor", isRight ? "start" : "end");
      if (isFree) taken.push({ from, to: from + length, y });
    }
  }

  // On the map: what looks near may be far in the dimensions that a map does not have.
  function nearest(point) {
    const distance = other => Math.hypot(other.x - point.x, other.y - point.y);
    return points.filter(other => other !== point).sort((one, other) => distance(one) - distance(other)).slice(0, nearestCount);
  }

  function drawNear() {
    lines.replaceChildren();
    if (!chosen) return;
    const [x1, y1] = placeOf(chosen);
    for (const other of nearest(chosen)) {
      const [x2, y2] = placeOf(other);
      makeShape(lines, "line", { x1, y1, x2, y2 });
    }
  }

  function choose(point) {
    chosen = point;
    labels.forEach((label, index) => label.classList.toggle("chosen", points[index] === point));
    readout.textContent = "";
    make(readout, "b", point.name);
    readout.append(say(": nearest on the map are ", "：地图上最近的是 ") + nearest(point).map(other => other.name).join(" · "));
    drawNear();
    drawNames();
  }

  function zoomBy(factor, x = width / 2, y = height / 2) {
    const before = zoom;
    zoom = Math.max(1, Math.min(40, zoom * factor));
    const by = zoom / before;
    left = (left + width / 2 - x) * by + x - width / 2;
    top = (top + height / 2 - y) * by + y - height / 2;
    if (zoom === 1) left = top = 0;
    draw();
  }

  zoomIn.onclick = () => zoomBy(1.6);
  zoomOut.onclick = () => zoomBy(1 / 1.6);
  zoomReset.onclick = () => zoomBy(1 / zoom);
  picture.onwheel = event => {
    // The wheel scrolls the page unless a key says otherwise, as on other maps.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = picture.getBoundingClientRect();
    zoomBy(event.deltaY < 0 ? 1.25 : 0.8, event.clientX - box.x, event.clientY - box.y);
  };
  picture.onpointerdown = event => {
    if (event.button === 0 && zoom > 1) drag = { x: event.clientX - left, y: event.clientY - top, moved: false };
  };
  picture.onpointermove = event => {
    if (!drag) return;
    const x = event.clientX - drag.x, y = event.clientY - drag.y;
    if (!drag.moved && Math.hypot(x - left, y - top) < 5) return;
    drag.moved = true;
    picture.setPointerCapture(event.pointerId);
    [left, top] = [x, y];
    draw();
  };
  picture.onpointerup = picture.onpointercancel = () => setTimeout(() => drag = null);
  picture.addEventListener("click", event => {
    // The end of a move is no click on a token.
    if (drag?.moved) event.preventDefault();
  });
  picture.ondragstart = event => event.preventDefault();
  picture.onkeydown = event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key in moves) [left, top] = [left + moves[event.key][0], top + moves[event.key][1]];
    else if (event.key === "+" || event.key === "=") return zoomBy(1.6);
    else if (event.key === "-") return zoomBy(1 / 1.6);
    else return;
    event.preventDefault();
    draw();
  };
  const observer = new ResizeObserver(draw);
  observer.observe(host);
  return { dispose: () => observer.disconnect() };
}
