// Drawing for every live picture: parts of SVG as text, axes with numbers, sliders with numbers. Nothing is fetched.
"use strict";

const Draw = {
  COLOURS: ["--blue", "--orange", "--purple", "--sky", "--red"],
  OUTPUT: "--green",

  // The colour of vector j of a neuron with k inputs; the output has one of its own.
  colour(j, k) {
    return `var(${j < k ? Draw.COLOURS[j % Draw.COLOURS.length] : Draw.OUTPUT})`;
  },

  label(j, k) {
    return j === k ? "w" : k === 1 ? "u" : `u${j + 1}`;
  },

  digits(x, n = 6) {
    return Number(x).toPrecision(n).replace(/e([+-])(\d)$/, "e$10$2");
  },

  svg(width, height, alt, parts) {
    return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${alt}">${parts.flat().join("")}</svg>`;
  },

  text(x, y, content, extra = "") {
    return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${extra}>${content}</text>`;
  },

  line(x1, y1, x2, y2, extra) {
    return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${extra}/>`;
  },

  curve(points, extra) {
    return `<polyline points="${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")}" fill="none" ${extra}/>`;
  },

  // Markers differ in shape as well as in colour.
  marker(j, k, x, y, size = 6) {
    const fill = `fill="${Draw.colour(j, k)}"`;
    if (j >= k) return `<path d="M${x} ${y - size}L${x + size} ${y + size}H${x - size}Z" ${fill}/>`;
    if (j % 3 === 1) return `<rect x="${x - size + 1}" y="${y - size + 1}" width="${2 * size - 2}" height="${2 * size - 2}" ${fill}/>`;
    if (j % 3 === 2) return `<path d="M${x} ${y - size}L${x + size} ${y}L${x} ${y + size}L${x - size} ${y}Z" ${fill}/>`;
    return `<circle cx="${x}" cy="${y}" r="${size - 1}" ${fill}/>`;
  },

  // Round numbers from low to high, about as many as wanted.
  ticks(low, high, wanted = 5) {
    const raw = (high - low) / wanted, unit = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((x) => x * unit).find((x) => x >= raw);
    const found = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) found.push(Number((i * step).toPrecision(12)));
    return found;
  },

  // Axes: {width, height, x: [low, high], y: [low, high], xlabel, ylabel, xticks, yticks} -> {parts, x(), y()}.
  axes({ width = 400, height = 260, x, y, xlabel, ylabel, xticks, yticks, left = 56, right = 12, top = 14, bottom = 46 }) {
    const across = width - left - right, down = height - top - bottom;
    const X = (v) => left + across * (v - x[0]) / (x[1] - x[0]), Y = (v) => top + down * (1 - (v - y[0]) / (y[1] - y[0]));
    const parts = [Draw.line(left, top + down, left + across, top + down, 'class="axis"'), Draw.line(left, top, left, top + down, 'class="axis"')];
    for (const [at, name = at] of (xticks || Draw.ticks(...x)).map((t) => [].concat(t))) {
      parts.push(Draw.line(X(at), top + down, X(at), top + down + 4, 'class="axis"'), Draw.text(X(at), top + down + 18, name, 'text-anchor="middle"'));
    }
    for (const [at, name = at] of (yticks || Draw.ticks(...y)).map((t) => [].concat(t))) {
      parts.push(Draw.line(left - 4, Y(at), left, Y(at), 'class="axis"'), Draw.text(left - 7, Y(at) + 4, name, 'text-anchor="end"'));
    }
    if (xlabel) parts.push(Draw.text(left + across / 2, height - 6, xlabel, 'text-anchor="middle"'));
    if (ylabel) parts.push(Draw.text(13, top + down / 2, ylabel, `text-anchor="middle" transform="rotate(-90 13 ${top + down / 2})"`));
    return { parts, x: X, y: Y, left, top, across, down };
  },

  // An arc at radius r from one angle to another (turns, counter-clockwise from the right), as a path.
  arc(cx, cy, r, from, by, extra) {
    const turn = Math.max(-0.9999, Math.min(0.9999, by)), at = (t) => [cx + r * Math.cos(2 * Math.PI * t), cy - r * Math.sin(2 * Math.PI * t)];
    const [x1, y1] = at(from), [x2, y2] = at(from + turn);
    return `<path d="M${x1.toFixed(1)} ${y1.toFixed(1)}A${r} ${r} 0 ${Math.abs(turn) > 0.5 ? 1 : 0} ${turn > 0 ? 0 : 1} ${x2.toFixed(1)} ${y2.toFixed(1)}" fill="none" ${extra}/>`;
  },

  // A slider and a number that are one value; calls change(value) now and whenever it moves.
  slider(host, { label, min, max, step, value }, change) {
    const row = document.createElement("label");
    row.className = "slider";
    const words = document.createElement("span"), range = document.createElement("input"), number = document.createElement("input");
    words.textContent = label;
    range.type = "range";
    number.type = "number";
    for (const each of [range, number]) Object.assign(each, { min, max, step, value });
    number.setAttribute("aria-label", `${label}, as a number`);
    row.append(words, range, number);
    host.append(row);
    const set = (from) => {
      const given = Number(from.value);
      if (!Number.isFinite(given)) return;
      const kept = Math.min(max, Math.max(min, given));
      if (range !== from) range.value = kept;
      if (number !== from) number.value = kept;
      change(kept);
    };
    range.addEventListener("input", () => set(range));
    number.addEventListener("input", () => set(number));
    change(value);
    return (next) => { range.value = number.value = next; };
  },
};
