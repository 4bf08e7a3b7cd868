// The explorer's controls and pictures; the mathematics is in margin.js, exact verdicts in explorer_data.js (DATA).
"use strict";

const $ = (id) => document.getElementById(id);
const COLOURS = ["--blue", "--orange", "--purple", "--sky", "--red"];
const OUTPUT = "--green";
const colour = (j, k) => `var(${j < k ? COLOURS[j % COLOURS.length] : OUTPUT})`;
const label = (j, k) => (j < k ? (k === 1 ? "u" : `u${j + 1}`) : "w");
const digits = (x, n = 6) => Number(x).toPrecision(n).replace(/e([+-])(\d)$/, "e$10$2");

function svg(width, height, alt, parts) {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${alt}">${parts.join("")}</svg>`;
}

function text(x, y, content, extra = "") {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${extra}>${content}</text>`;
}

function table(head, rows) {
  const cells = (row, tag) => `<tr>${row.map((x) => `<${tag}>${x}</${tag}>`).join("")}</tr>`;
  return `<table>${head ? cells(head, "th") : ""}${rows.map((row) => cells(row, "td")).join("")}</table>`;
}

// A marker that differs in shape as well as in colour.
function marker(j, k, x, y, size = 6) {
  const fill = `fill="${colour(j, k)}"`;
  if (j >= k) return `<path d="M${x} ${y - size}L${x + size} ${y + size}H${x - size}Z" ${fill}/>`;
  if (j % 3 === 1) return `<rect x="${x - size + 1}" y="${y - size + 1}" width="${2 * size - 2}" height="${2 * size - 2}" ${fill}/>`;
  if (j % 3 === 2) return `<path d="M${x} ${y - size}L${x + size} ${y}L${x} ${y + size}L${x - size} ${y}Z" ${fill}/>`;
  return `<circle cx="${x}" cy="${y}" r="${size - 1}" ${fill}/>`;
}

function drawCircle(net, row) {
  const c = 130, k = net.k, parts = [`<circle cx="${c}" cy="${c}" r="100" class="axis"/>`];
  row.phases.forEach((t, j) => {
    const r = 100 - 11 * j, angle = 2 * Math.PI * t;
    const x = c + r * Math.cos(angle), y = c - r * Math.sin(angle);
    parts.push(`<line x1="${c}" y1="${c}" x2="${x}" y2="${y}" stroke="${colour(j, k)}" stroke-width="2"/>`, marker(j, k, x, y));
  });
  row.phases.forEach((t, j) => {
    parts.push(marker(j, k, 268, 30 + 22 * j), text(280, 34 + 22 * j, `${label(j, k)}: ${digits(t, 3)} turn`));
  });
  return svg(400, 260, `phases in turns: ${row.phases.map((t, j) => `${label(j, k)} ${digits(t, 3)}`).join(", ")}`, parts);
}

function drawDesign(net, rows, chosen) {
  const size = 200, left = 44, top = 14, parts = [`<rect x="${left}" y="${top}" width="${size}" height="${size}" class="axis"/>`];
  const at = (row) => [left + size * row.phases[0], top + size * (1 - (net.k > 1 ? row.phases[1] : 0.5))];
  for (const row of rows) {
    const [x, y] = at(row);
    parts.push(`<circle cx="${x}" cy="${y}" r="5" fill="var(--blue)" fill-opacity=".55"/>`);
  }
  const [x, y] = at(chosen);
  parts.push(`<circle cx="${x}" cy="${y}" r="9" fill="none" stroke="var(--red)" stroke-width="2.5"/>`);
  for (const tick of [0, 0.5, 1]) {
    parts.push(text(left + size * tick, top + size + 16, tick, 'text-anchor="middle"'));
    if (net.k > 1) parts.push(text(left - 8, top + size * (1 - tick) + 4, tick, 'text-anchor="end"'));
  }
  parts.push(text(left + size / 2, top + size + 34, "phase of u1 (turns)", 'text-anchor="middle"'));
  if (net.k > 1) parts.push(text(12, top + size / 2, "phase of u2", `text-anchor="middle" transform="rotate(-90 12 ${top + size / 2})"`));
  return svg(400, 260, `phase design: ${rows.length} neurons of this frequency by their phases`, parts);
}

function drawWaves(net, index, row) {
  const { k, p } = net, left = 20, width = 360, mid = 120, parts = [`<line x1="${left}" x2="${left + width}" y1="${mid}" y2="${mid}" class="axis"/>`];
  const x = (a) => left + width * a / (p - 1 || 1), y = (v) => mid - 90 * v / row.beta;
  for (let j = 0; j <= k; j++) {
    const line = [];
    for (let s = 0; s <= 240; s++) {
      const a = (p - 1) * s / 240;
      line.push(`${x(a).toFixed(1)},${y(row.beta * Math.cos(2 * Math.PI * (row.phases[j] + row.zeta * a / p))).toFixed(1)}`);
    }
    parts.push(`<polyline points="${line.join(" ")}" fill="none" stroke="${colour(j, k)}" stroke-opacity=".55"/>`);
    FM.vector(net, index, j).forEach((v, a) => parts.push(marker(j, k, x(a), y(v), 5)));
  }
  for (let a = 0; a < p; a += Math.ceil(p / 12)) parts.push(text(x(a), 232, a, 'text-anchor="middle"'));
  parts.push(text(left + width / 2, 252, "value of the input or output", 'text-anchor="middle"'));
  return svg(400, 260, `weights of the neuron: ${k + 1} sampled cosines of frequency ${row.zeta}`, parts);
}

function drawSpectrum(net, index) {
  const { k, p } = net, count = Math.floor(p / 2) + 1, left = 30, width = 350, base = 212, parts = [];
  const spectra = Array.from({ length: k + 1 }, (_, j) => FM.transform(FM.vector(net, index, j)).map((x) => x.power));
  const most = Math.max(...spectra.flat()), slot = width / count, bar = Math.min(14, 0.8 * slot / (k + 1));
  spectra.forEach((powers, j) => powers.forEach((power, zeta) => {
    const height = 180 * power / most, x = left + slot * (zeta + 0.5) + bar * (j - (k + 1) / 2);
    if (height > 0.5) parts.push(`<rect x="${x}" y="${base - height}" width="${bar * 0.92}" height="${height}" fill="${colour(j, k)}"/>`);
  }));
  parts.push(`<line x1="${left}" x2="${left + width}" y1="${base}" y2="${base}" class="axis"/>`);
  for (let zeta = 0; zeta < count; zeta++) parts.push(text(left + slot * (zeta + 0.5), base + 18, zeta, 'text-anchor="middle"'));
  parts.push(text(left + width / 2, 252, "frequency", 'text-anchor="middle"'));
  return svg(400, 260, "power of the neuron's vectors: one frequency only", parts);
}

function integer(id) {
  const input = $(id), value = Number(input.value);
  if (!Number.isInteger(value) || value < Number(input.min) || (input.max !== "" && value > Number(input.max))) {
    throw new Error(`${id} must be an integer from ${input.min}${input.max !== "" ? ` to ${input.max}` : " on"}; got "${input.value}"`);
  }
  return value;
}

function clamp(id, most) {
  $(id).max = most;
  if (Number($(id).value) > most) $(id).value = most;
}

function draw() {
  try {
    $("message").textContent = "";
    const k = integer("k"), p = integer("p"), method = $("method").value;
    clamp("zeta", Math.floor(p / 2));
    const zeta = integer("zeta"), net = FM.network(k, p, method), entry = DATA[`${k},${p}`];
    const rows = net.rows.filter((row) => row.zeta === zeta);
    clamp("neuron", rows.length - 1);
    const row = rows[Number($("neuron").value)], index = net.rows.indexOf(row);
    summary(net, entry, method, rows);
    $("circle").innerHTML = drawCircle(net, row);
    $("design").innerHTML = drawDesign(net, rows, row);
    $("design-caption").textContent = `The phase design: all ${rows.length} neurons of frequency ${zeta}`
      + `${k > 2 ? " (first two of the phases; darker where several coincide)" : ""}; the ring marks the chosen one.`;
    $("waves").innerHTML = drawWaves(net, index, row);
    $("spectrum").innerHTML = drawSpectrum(net, index);
    widths(entry);
  } catch (error) {
    $("message").textContent = error.message;
  }
}

function summary(net, entry, method, rows) {
  const { k, p } = net, gamma = FM.gamma(k, p);
  let measured = "too many inputs for a page";
  if (FM.work(net) < 3e7) measured = `${(FM.normalisedMargin(net).value / gamma).toFixed(12)} γ*, at the worst of ${p}<sup>${k}</sup> inputs`;
  $("summary").innerHTML = table(null, [
    ["maximum margin γ*", `${entry.gamma} = ${digits(gamma, 9)}`],
    ["neurons", `${net.m} (${rows.length} at this frequency, which carries ${digits(FM.masses(k, p)[rows[0].zeta], 4)} of the mass)`],
    ["exact verdict", entry.maximum[method]
      ? '<span class="tag proved">proved</span> maximum-margin, in exact arithmetic'
      : '<span class="tag failed">failed</span> not maximum-margin'],
    ["margin, measured here", measured],
  ]);
}

function widths(entry) {
  const { li24, minimal, best, necessary } = entry.width;
  $("widths").innerHTML = table(["", "neurons"], [
    ["Li24's construction", li24],
    ["minimal construction", minimal],
    ...(best < minimal ? [["narrowest known", best]] : []),
    ["necessary (proved)", necessary],
  ]) + (entry.orders.length ? table(["order", "frequencies", "neurons for each", "lower bound by", "upper bound by"],
    entry.orders.map(([order, count, low, high, lowBy, highBy]) => [order, count, low === high ? low : `${low} to ${high}`, lowBy, highBy])) : "");
  const m = integer("m");
  $("enough").textContent = m >= best ? "Yes." : m < necessary ? "No: proved." : "Open: nothing is proved in between.";
}

async function check(file) {
  try {
    if (file.size > FM.LARGEST_FILE) throw new Error("the file must be at most 256 MiB");
    $("verdict").innerHTML = "<p>Looking at every input…</p>";
    const net = FM.parse(await file.arrayBuffer());
    $("verdict").innerHTML = report(net);
  } catch (error) {
    $("verdict").innerHTML = "<p class=message></p>";
    $("verdict").firstChild.textContent = error.message;
  }
}

// The thresholds of `fourier-margin verify --trained`.
function report(net) {
  const { k, p } = net, { neurons, masses } = FM.spectrum(net), live = neurons.filter((n) => n.live);
  const found = FM.normalisedMargin(net), ratio = found.value / FM.gamma(k, p);
  const purity = Math.min(...live.map((n) => n.purity)), phase = FM.median(live.map((n) => Math.abs(n.phaseError)));
  const used = masses.filter((x, zeta) => zeta && x > 0).length, all = Math.floor(p / 2);
  const tag = (good) => `<span class="tag ${good ? "passed" : "failed"}">${good ? "passed" : "failed"}</span>`;
  return `<p>${net.m} neurons, ${live.length} of them live; k = ${k}, p = ${p}.</p>` + table(["", "found", "asked for", ""], [
    ["margin / γ*", ratio.toFixed(9), "at least 0.99", tag(ratio >= 0.99)],
    ["least share of one frequency in a live vector", purity.toFixed(6), "at least 0.99", tag(purity >= 0.99)],
    ["median error of the phase sums", `${digits(phase, 2)} turn`, "at most 0.001", tag(phase <= 1e-3)],
    ["frequencies used", `${used} of ${all}`, "all", tag(used === all)],
    ["masses of frequencies 1, 2, …", masses.slice(1).map((x) => x.toFixed(4)).join(" "), FM.masses(k, p).slice(1).map((x) => x.toFixed(4)).join(" "), ""],
  ]) + `<p class="small">Worst input: (${found.worst.join(", ")}). Measured in double precision; for bounds on the rounding, and for
    where the lost margin went, run <code>fourier-margin verify</code>.</p>`;
}

for (const id of ["k", "p", "method", "zeta", "neuron", "m"]) $(id).addEventListener("input", draw);
$("controls").addEventListener("submit", (event) => event.preventDefault());
$("file").addEventListener("change", (event) => event.target.files.length && check(event.target.files[0]));
for (const name of ["dragover", "drop"]) $("drop").addEventListener(name, (event) => event.preventDefault());
$("drop").addEventListener("drop", (event) => event.dataTransfer.files.length && check(event.dataTransfer.files[0]));
draw();
