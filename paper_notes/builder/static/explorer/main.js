// The explorer: one network is shown at a time (the exact one, a dropped file, a look of a training), and every picture
// shows it. The mathematics is in margin.js and account.js, exact verdicts in explorer_data.js (DATA).
"use strict";

const $ = (id) => document.getElementById(id);
const LIVE_WORK = 3e7; // multiplications that a drag may cost

const State = { base: null, shown: null, from: "exact", what: "", found: null, turns: [], input: [], frame: 0, timer: null };

// A table of more than three columns is stacked on a phone, as those of the notes are (tables.py).
function table(head, rows) {
  const stack = head?.length > 3;
  const role = (name) => stack ? ` role="${name}"` : "";
  const line = (cells) => `<tr${role("row")}>${cells.join("")}</tr>`;
  const heads = head ? line(head.map((x) => `<th${role("columnheader")}>${x}</th>`)) : "";
  const cell = (x, i) => `<td${role("cell")}${stack ? ` data-label="${head[i]}"` : ""}>${x}</td>`;
  return `<table${stack ? ' class="stack" role="table"' : ""}>${heads}${rows.map((row) => line(row.map(cell))).join("")}</table>`;
}

function integer(id) {
  const input = $(id), value = Number(input.value);
  if (input.value === "" || !Number.isInteger(value) || value < Number(input.min) || (input.max !== "" && value > Number(input.max))) {
    throw new Error(`${id} must be an integer from ${input.min}${input.max !== "" ? ` to ${input.max}` : " on"}; got "${input.value}"`);
  }
  return value;
}

// The number and its slider keep each other's limits and value.
function limit(id, least, most) {
  const number = $(id), range = document.querySelector(`[data-of="${id}"]`);
  for (const each of [number, range]) [each.min, each.max] = [least, most];
  if (Number(number.value) > most) number.value = most;
  if (Number(number.value) < least) number.value = least;
  range.value = number.value;
}

// Another network for every picture; from: exact, file or a stored run.
function adopt(net, from, what) {
  Object.assign(State, { base: net, from, what, turns: new Array(net.k + 1).fill(0) });
  State.input = Array.from({ length: net.k }, (_, j) => Math.min(State.input[j] ?? (3 * j + 3) % net.p, net.p - 1));
  State.found = FM.spectrum(net);
  inputControls();
  choose();
}

function adoptExact() {
  const k = integer("k"), p = integer("p"), method = $("method").value;
  stop();
  adopt(FM.network(k, p, method), "exact", method);
  if (State.input.every((x) => x === 0)) State.input[0] = 1;
}

// Frequency and neuron within what the network has; then draw.
function choose() {
  const { p } = State.base;
  limit("zeta", 1, Math.floor(p / 2));
  if (!of(integer("zeta")).length) $("zeta").value = State.found.neurons.find((n) => n.live)?.zeta ?? 1;
  limit("zeta", 1, Math.floor(p / 2));
  limit("neuron", 1, Math.max(1, of(integer("zeta")).length));
  phaseControls();
  draw();
}

// The neurons of a frequency, with their numbers in the network.
function of(zeta) {
  return State.found.neurons.map((n, index) => ({ ...n, index })).filter((n) => n.zeta === zeta && n.live);
}

function chosen() {
  const rows = of(integer("zeta"));
  return rows[Math.min(rows.length, integer("neuron")) - 1] ?? { ...State.found.neurons[0], index: 0 };
}

function turned() {
  const { base, turns } = State;
  if (turns.every((t) => t === 0)) return base;
  const net = FM.copy(base), neuron = chosen();
  for (const { index } of $("every").checked ? of(neuron.zeta) : [neuron]) {
    turns.forEach((t, j) => { if (t) FM.turn(net, index, j, neuron.zeta, t); });
  }
  return net;
}

function draw() {
  const neuron = chosen(), net = turned(), { zeta } = neuron;
  State.shown = net;
  const now = net === State.base ? State.found : FM.spectrum(net);
  const rows = of(zeta).map((n) => ({ ...now.neurons[n.index], index: n.index })), mine = { ...now.neurons[neuron.index], index: neuron.index };
  $("circle").innerHTML = NeuronView.circle(net, mine);
  $("design").innerHTML = NeuronView.design(net, rows.length ? rows : [mine], mine);
  $("design-caption").textContent = `All ${rows.length} neurons of frequency ${zeta}${net.k > 2 ? " by the first two of their phases (darker where several coincide)" : ""}; the ring marks the chosen one.`;
  $("waves").innerHTML = NeuronView.waves(net, mine);
  $("spectrum").innerHTML = NeuronView.spectrum(net, mine);
  $("masses").innerHTML = WholeView.masses(net, now.masses);
  const account = FM.account(net, LIVE_WORK);
  $("waterfall").innerHTML = WholeView.waterfall(account);
  drawLogits();
  summary(net, rows, account);
  widths();
  remember();
}

function drawLogits() {
  const { svg, said } = WholeView.logits(State.shown, State.input);
  $("logits").innerHTML = svg;
  $("logits-said").textContent = said;
}

function summary(net, rows, account) {
  const { k, p } = net, entry = DATA[`${k},${p}`], exact = State.from === "exact" && net === State.base;
  const measured = account.margin === null ? "too many inputs for a page" : `${account.margin.toFixed(12)} γ*, at the worst of ${p}<sup>${k}</sup> inputs`;
  const verdict = !exact ? "" : entry.maximum[State.what]
    ? '<span class="tag proved">proved</span> maximum-margin, in exact arithmetic'
    : '<span class="tag failed">failed</span> not maximum-margin';
  const name = document.createElement("span");
  name.textContent = { exact: net === State.base ? "the exact network" : "the exact network, with a hand turned", file: State.what }[State.from] ?? State.what;
  $("summary").innerHTML = table(null, [
    ["shown", `${name.outerHTML}${State.from === "exact" ? "" : ' <button type="button" id="back">Back to the exact network</button>'}`],
    ["task", `${k} ${k === 1 ? "input" : "inputs"} modulo ${p}`],
    ["maximum margin γ*", entry ? `${entry.gamma} = ${Draw.digits(FM.gamma(k, p), 9)}` : Draw.digits(FM.gamma(k, p), 9)],
    ["neurons", `${net.m} (${rows.length} at this frequency, where the theorem puts ${Draw.digits(FM.masses(k, p)[rows[0]?.zeta ?? 1], 4)} of the norm)`],
    ...(verdict ? [["exact verdict", verdict]] : []),
    ["margin, measured here", measured],
  ]);
  $("back")?.addEventListener("click", () => guarded(adoptExact));
}

function widths() {
  const { k, p } = State.base, entry = DATA[`${k},${p}`];
  $("widths-section").hidden = !entry;
  if (!entry) return;
  const { li24, minimal, best, necessary } = entry.width;
  $("widths").innerHTML = table(["network", "neurons"], [
    ["Li24's construction", li24],
    ["minimal construction", minimal],
    ...(best < minimal ? [["narrowest known", best]] : []),
    ["necessary (proved)", necessary],
  ]) + (entry.orders.length ? table(["order", "frequencies", "neurons for each", "lower bound by", "upper bound by"],
    entry.orders.map(([order, count, low, high, lowBy, highBy]) => [order, count, low === high ? low : `${low} to ${high}`, lowBy, highBy])) : "");
  const m = integer("m");
  $("enough").textContent = m >= best ? "Yes." : m < necessary ? "No: proved." : "Open: nothing is proved in between.";
}

// A slider for the phase of every vector of the neuron; a hand in the picture can be dragged instead.
let setPhase = [];
function phaseControls() {
  const neuron = chosen(), { k } = State.base;
  $("phases").replaceChildren();
  setPhase = [];
  let ready = false;
  State.turns = State.turns.length === k + 1 ? State.turns : new Array(k + 1).fill(0);
  neuron.phases.forEach((t, j) => {
    const value = Number((((t + State.turns[j]) % 1 + 1) % 1).toFixed(4));
    const label = `phase of ${Draw.label(j, k)}`;
    setPhase[j] = Draw.slider($("phases"), { label, min: 0, max: 1, step: 0.005, value }, (to) => {
      if (!ready) return;
      State.turns[j] = to - ((t % 1) + 1) % 1;
      draw();
    });
  });
  ready = true;
}

function inputControls() {
  const { k, p } = State.base;
  $("inputs").replaceChildren();
  let ready = false;
  for (let j = 0; j < k; j++) {
    Draw.slider($("inputs"), { label: k === 2 ? ["a", "b"][j] : `a${j + 1}`, min: 0, max: p - 1, step: 1, value: State.input[j] }, (v) => {
      State.input[j] = Math.round(v);
      if (!ready) return;
      drawLogits();
      remember();
    });
  }
  ready = true;
}

function remember() {
  const touched = State.turns.some((t) => t !== 0), run = State.from === "exact" || State.from === "file" ? null : State.from;
  Address.set({
    k: State.base.k, p: State.base.p, method: $("method").value, zeta: $("zeta").value, neuron: $("neuron").value, a: State.input.join(","),
    turns: touched ? State.turns.map((t) => Number(t.toFixed(4))).join(",") : null, every: touched && $("every").checked ? "1" : null,
    run, look: run ? State.frame : null,
  });
}

function guarded(work) {
  try {
    $("message").textContent = "";
    work();
  } catch (error) {
    $("message").textContent = error.message;
  }
}

// A hand of the circle under the pointer follows it.
function dragHands() {
  let held = null;
  const host = $("circle");
  host.addEventListener("pointerdown", (event) => {
    const hand = event.target.closest("[data-hand]");
    if (!hand) return;
    held = Number(hand.dataset.hand);
    host.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  host.addEventListener("pointermove", (event) => {
    if (held === null) return;
    const box = host.querySelector("svg").getBoundingClientRect(), unit = box.width / 410;
    const x = (event.clientX - box.left) / unit - 140, y = 140 - (event.clientY - box.top) / unit;
    const to = (Math.atan2(y, x) / (2 * Math.PI) + 1) % 1, neuron = State.found.neurons[chosen().index];
    State.turns[held] = to - ((neuron.phases[held] % 1) + 1) % 1;
    setPhase[held](Number(to.toFixed(4)));
    draw();
  });
  for (const name of ["pointerup", "pointercancel"]) host.addEventListener(name, () => { held = null; });
}

// Stored trainings.
function look(index) {
  const run = RUNS[$("run").value];
  State.frame = Math.max(0, Math.min(run.looks.length - 1, index));
  limit("look", 0, run.looks.length - 1);
  $("look").value = document.querySelector('[data-of="look"]').value = State.frame;
  const { step, phase } = run.looks[State.frame];
  adopt(Playback.frame(run, State.frame), $("run").value, `${run.title}: ${phase}, step ${step}`);
  $("curve").innerHTML = Playback.curve(run, State.frame);
  $("look-said").textContent = `${phase}, step ${step}`;
}

function stop() {
  clearInterval(State.timer);
  State.timer = null;
  $("play").textContent = "Play";
}

function play() {
  if (State.timer) return stop();
  const last = RUNS[$("run").value].looks.length - 1;
  look(State.from === $("run").value && State.frame < last ? State.frame : 0);
  $("play").textContent = "Stop";
  State.timer = setInterval(() => (State.frame >= last ? stop() : guarded(() => look(State.frame + 1))), 350);
}

function start() {
  const asked = Address.get();
  $("run").innerHTML = Object.entries(RUNS).map(([name, run]) => `<option value="${name}">${run.title}</option>`).join("");
  for (const id of ["k", "p", "zeta", "neuron"]) if (/^\d{1,9}$/.test(asked.get(id))) $(id).value = asked.get(id);
  if (["minimal", "li24"].includes(asked.get("method"))) $("method").value = asked.get("method");
  if (asked.has("a")) State.input = asked.get("a").split(",").map((x) => Math.max(0, Math.round(Number(x)) || 0));
  const numbers = (text) => text.split(",").map(Number);
  guarded(() => {
    for (const id of ["k", "p"]) limit(id, $(id).min, $(id).max);
    const run = asked.get("run");
    if (run && Object.hasOwn(RUNS, run)) {
      $("run").value = run;
      look(Math.round(Number(asked.get("look"))) || 0);
    } else {
      adoptExact();
      $("curve").innerHTML = Playback.curve(RUNS[$("run").value], 0);
    }
    const turns = asked.has("turns") ? numbers(asked.get("turns")) : [];
    if (turns.length === State.base.k + 1 && turns.every(Number.isFinite)) {
      State.turns = turns;
      $("every").checked = asked.get("every") === "1";
      phaseControls();
      draw();
    }
  });
}

for (const range of document.querySelectorAll("[data-of]")) {
  const number = $(range.dataset.of);
  range.addEventListener("input", () => { number.value = range.value; number.dispatchEvent(new Event("input")); });
  number.addEventListener("input", () => { range.value = number.value; });
}
for (const id of ["k", "p", "method"]) $(id).addEventListener("input", () => guarded(adoptExact));
for (const id of ["zeta", "neuron"]) $(id).addEventListener("input", () => guarded(() => { State.turns.fill(0); integer(id); choose(); }));
$("m").addEventListener("input", () => guarded(widths));
$("every").addEventListener("input", () => guarded(draw));
$("straighten").addEventListener("click", () => guarded(() => { State.turns.fill(0); phaseControls(); draw(); }));
$("run").addEventListener("input", () => guarded(() => { stop(); look(0); }));
$("look").addEventListener("input", () => guarded(() => { const to = integer("look"); stop(); look(to); }));
$("play").addEventListener("click", () => guarded(play));
$("controls").addEventListener("submit", (event) => event.preventDefault());
dragHands();
start();
