// Elements of SVG.

export function makeShape(parent, name, attributes) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) shape.setAttribute(key, attributes[key]);
  parent.append(shape);
  return shape;
}
