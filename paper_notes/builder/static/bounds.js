// Why one cosine wins: each inequality of the proof as a picture.  The dot is measured in the page, by the definition:
// every input, every output of a network that the slider makes; the curve is what the proof says.
"use strict";

const Bounds = {
  K: 2,
  P: 7,

  // One neuron (u, v, w) of norm 1 as a network; each vector is given by a function of its argument.
  neuron(u, v, w) {
    const p = Bounds.P, values = [u, v, w].map((f) => Array.from({ length: p }, (_, a) => f(a)));
    const norm = Math.sqrt(FM.sum(values.flat().map((x) => x * x)));
    return { k: 2, p, m: 1, u: Float64Array.from([...values[0], ...values[1]].map((x) => x / norm)), w: Float64Array.from(values[2].map((x) => x / norm)) };
  },

  // Mean over all inputs of (right output - mean of the wrong ones), in units of gamma*.
  worth(net) {
    const { k, p } = net, byOffset = FM.offsets(net);
    return FM.sum(byOffset.slice(1).map((x) => byOffset[0] - x)) / (p - 1) / FM.gamma(k, p);
  },

  cosine(zeta, turns, size = 1) {
    return (a) => size * Math.cos(2 * Math.PI * (turns + zeta * a / Bounds.P));
  },
};

// Each picture: the slider, the network at s, the curve of the proof, and what to say.
Bounds.PICTURES = {
  phase: {
    slider: { label: "error of the output phase, in turns", min: -0.5, max: 0.5, step: 0.01, value: 0.15 },
    net: (s) => Bounds.neuron(Bounds.cosine(1, 0.1), Bounds.cosine(1, 0.25), Bounds.cosine(1, 0.35 + s)),
    curve: (s) => Math.cos(2 * Math.PI * s),
    xlabel: "error of the output phase (turns)",
  },
  balance: {
    slider: { label: "share of the energy in the output vector w", min: 0, max: 1, step: 0.01, value: 0.7 },
    net: (s) => Bounds.neuron(Bounds.cosine(1, 0.1, Math.sqrt((1 - s) / 2)), Bounds.cosine(1, 0.25, Math.sqrt((1 - s) / 2)), Bounds.cosine(1, 0.35, Math.sqrt(s))),
    curve: (s) => Math.sqrt(27 * s) * (1 - s) / 2,
    xlabel: "share of the energy in w",
  },
  concentration: {
    slider: { label: "share of the energy at frequency 1, the rest at 2", min: 0, max: 1, step: 0.01, value: 0.6 },
    net: (s) => {
      const both = (t1, t2) => (a) => Bounds.cosine(1, t1, Math.sqrt(s))(a) + Bounds.cosine(2, t2, Math.sqrt(1 - s))(a);
      return Bounds.neuron(both(0.1, 0.4), both(0.25, 0.15), both(0.35, 0.55));
    },
    curve: (s) => s ** 1.5 + (1 - s) ** 1.5,
    xlabel: "share of the energy at frequency 1",
  },
  constant: {
    slider: { label: "share of the energy in a constant", min: 0, max: 1, step: 0.01, value: 0.3 },
    net: (s) => {
      const lifted = (t) => (a) => Bounds.cosine(1, t, Math.sqrt(2 * (1 - s)))(a) + Math.sqrt(s);
      return Bounds.neuron(lifted(0.1), lifted(0.25), lifted(0.35));
    },
    curve: (s) => (1 - s) ** 1.5,
    xlabel: "share of the energy in a constant",
  },
};

Bounds.waves = (net) => {
  const { p } = net, most = Math.max(...net.u, ...net.w, -Math.min(...net.u, ...net.w));
  const axes = Draw.axes({ x: [0, p - 1], y: [-1, 1], xlabel: "a, b or c", ylabel: "weight (largest = 1)", xticks: Array.from({ length: p }, (_, a) => a) });
  const parts = [axes.parts, Draw.line(axes.x(0), axes.y(0), axes.x(p - 1), axes.y(0), 'class="axis"')];
  for (let j = 0; j <= 2; j++) {
    const values = [...FM.vector(net, 0, j)].map((x) => x / most);
    parts.push(Draw.curve(values.map((v, a) => [axes.x(a), axes.y(v)]), `stroke="${Draw.colour(j, 2)}" stroke-opacity=".5"`));
    values.forEach((v, a) => parts.push(Draw.marker(j, 2, axes.x(a), axes.y(v), 5)));
  }
  return Draw.svg(400, 260, "the three weight vectors of the neuron at this setting", parts);
};

Bounds.single = (host, name) => {
  const { slider, net, curve, xlabel } = Bounds.PICTURES[name];
  const grid = Array.from({ length: 101 }, (_, i) => slider.min + (slider.max - slider.min) * i / 100);
  return (s) => {
    const now = net(s), worth = Bounds.worth(now);
    const axes = Draw.axes({ x: [slider.min, slider.max], y: name === "phase" ? [-1.1, 1.1] : [0, 1.1], xlabel, ylabel: "worth of the neuron / γ*" });
    const parts = [axes.parts, Draw.line(axes.x(slider.min), axes.y(1), axes.x(slider.max), axes.y(1), 'stroke="var(--red)" stroke-dasharray="6 4"')];
    parts.push(Draw.curve(grid.map((t) => [axes.x(t), axes.y(curve(t))]), 'stroke="var(--blue)" stroke-width="2"'));
    parts.push(`<circle cx="${axes.x(s)}" cy="${axes.y(worth)}" r="6" fill="var(--orange)" stroke="var(--page)"/>`);
    host.innerHTML = `<div>${Bounds.waves(now)}</div><div>${Draw.svg(400, 260, `worth of the neuron against the ${xlabel}; at ${s} it is ${worth.toFixed(3)}`, parts)}</div>`;
    return `This neuron is worth ${worth.toFixed(3)} γ*, summed over all 49 inputs; the inequality allows ${curve(s).toFixed(3)}.`;
  };
};

// The least is at most the mean: the optimal network with its frequencies' masses made unequal.
Bounds.worst = (host) => (s) => {
  const p = Bounds.P, net = FM.network(2, p, "minimal"), masses = [0, s, (1 - s) / 2, (1 - s) / 2];
  net.rows.forEach(({ zeta }, i) => {
    const factor = Math.cbrt(masses[zeta] * (p - 1) / 2);
    for (let j = 0; j <= 2; j++) FM.vector(net, i, j).forEach((x, a, v) => { v[a] = x * factor; });
  });
  const gamma = FM.gamma(2, p), byOffset = FM.offsets(net), gaps = byOffset.slice(1).map((x) => (byOffset[0] - x) / gamma);
  const least = Math.min(...gaps), mean = FM.sum(gaps) / gaps.length;
  const axes = Draw.axes({ width: 560, x: [0.5, p - 0.5], y: [0, 2], xlabel: "wrong answer: right answer + ...", ylabel: "lead of the right answer / γ*", xticks: [1, 2, 3, 4, 5, 6] });
  const bars = gaps.map((g, i) => `<rect x="${axes.x(i + 0.7)}" y="${axes.y(g)}" width="${axes.x(1.3) - axes.x(0.7)}" height="${Math.max(0, axes.y(0) - axes.y(g))}" fill="var(${g < least + 1e-9 ? "--red" : "--sky"})"/>`);
  const mark = (v, colour, words) => Draw.line(axes.x(0.5), axes.y(v), axes.x(p - 0.5), axes.y(v), `stroke="var(${colour})" stroke-width="2" stroke-dasharray="6 4"`) + Draw.text(axes.x(p - 0.5) - 4, axes.y(v) - 6, words, 'text-anchor="end"');
  host.innerHTML = `<div>${Draw.svg(560, 260, `lead of the right answer over each of six wrong ones: least ${least.toFixed(3)}, mean ${mean.toFixed(3)}`, [axes.parts, bars, mark(mean, "--ink", "mean")])}</div>`;
  return `Mean ${mean.toFixed(3)} γ*; the worst wrong answer, which is the margin, ${least.toFixed(3)} γ*. They agree when the three masses do.`;
};

for (const host of document.querySelectorAll('[data-play="bound"]')) {
  const name = host.dataset.bound, controls = document.createElement("div"), pictures = document.createElement("div"), said = document.createElement("p");
  controls.className = "sliders";
  pictures.className = "pair";
  said.setAttribute("role", "status");
  host.replaceChildren(controls, pictures, said);
  const worst = name === "worst", draw = worst ? Bounds.worst(pictures) : Bounds.single(pictures, name);
  const slider = worst ? { label: "mass of frequency 1, the other two share the rest", min: 0, max: 1, step: 0.01, value: 0.5 } : Bounds.PICTURES[name].slider;
  Draw.slider(controls, slider, (s) => { said.textContent = draw(s); });
}
