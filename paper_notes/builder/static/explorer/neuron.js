// One neuron in four pictures: hands whose angles add, its place among its frequency's neurons, its weights, its spectrum.
"use strict";

const NeuronView = {
  // Hands of the inputs, arcs that add their angles, and the gap to the hand of the output.
  circle(net, neuron) {
    const c = 140, { k } = net, parts = [`<circle cx="${c}" cy="${c}" r="112" class="axis"/>`];
    for (const [turn, name] of [[0, "0"], [0.25, "¼"], [0.5, "½"], [0.75, "¾"]]) {
      const x = c + 127 * Math.cos(2 * Math.PI * turn), y = c - 127 * Math.sin(2 * Math.PI * turn);
      parts.push(Draw.text(x, y + 4, name, 'text-anchor="middle"'));
    }
    const near = (t) => t - Math.round(t);
    let sum = 0;
    neuron.phases.slice(0, k).forEach((t, j) => {
      parts.push(Draw.arc(c, c, 26 + 9 * j, sum, near(t), `stroke="${Draw.colour(j, k)}" stroke-width="6"`));
      sum += near(t);
    });
    const gap = near(neuron.phases[k] - sum);
    if (Math.abs(gap) > 0.002) parts.push(Draw.arc(c, c, 26 + 9 * k, sum, gap, 'stroke="var(--red)" stroke-width="6" stroke-dasharray="5 3"'));
    neuron.phases.forEach((t, j) => {
      const r = 108 - 9 * j, x = c + r * Math.cos(2 * Math.PI * t), y = c - r * Math.sin(2 * Math.PI * t);
      parts.push(Draw.line(c, c, x, y, `stroke="${Draw.colour(j, k)}" stroke-width="2"`));
      parts.push(`<g class="hand" data-hand="${j}">${Draw.marker(j, k, x, y, 9)}</g>`);
    });
    neuron.phases.forEach((t, j) => {
      parts.push(Draw.marker(j, k, 290, 40 + 22 * j), Draw.text(302, 44 + 22 * j, `${Draw.label(j, k)}: ${(t - Math.floor(t)).toFixed(3)} turn`));
    });
    parts.push(Draw.text(284, 54 + 22 * (k + 1), `gap: ${Math.abs(gap).toFixed(3)} turn`, Math.abs(gap) > 0.002 ? 'style="fill:var(--bad)"' : ""));
    const words = neuron.phases.map((t, j) => `${Draw.label(j, k)} ${t.toFixed(3)}`).join(", ");
    return Draw.svg(410, 280, `phases in turns: ${words}; the output is ${gap.toFixed(3)} from the sum of the inputs`, parts);
  },

  // All neurons of the frequency by their first two phases.
  design(net, neurons, chosen) {
    const axes = Draw.axes({ x: [0, 1], y: [0, 1], xlabel: `phase of ${Draw.label(0, net.k)} (turns)`,
      ylabel: net.k > 1 ? "phase of u2 (turns)" : "", yticks: net.k > 1 ? undefined : [] });
    const wrapped = (t) => (((t % 1) + 1) % 1 > 1 - 1e-9 ? 0 : ((t % 1) + 1) % 1);
    const at = (n) => [axes.x(wrapped(n.phases[0])), axes.y(net.k > 1 ? wrapped(n.phases[1]) : 0.5)];
    const dots = neurons.map((n) => `<circle cx="${at(n)[0]}" cy="${at(n)[1]}" r="5" fill="var(--blue)" fill-opacity=".55"/>`);
    const ring = `<circle cx="${at(chosen)[0]}" cy="${at(chosen)[1]}" r="9" fill="none" stroke="var(--red)" stroke-width="2.5"/>`;
    return Draw.svg(400, 260, `phase design: ${neurons.length} neurons of this frequency by their phases`, [axes.parts, dots, ring]);
  },

  // Its weights, and the wave of its frequency in each vector.
  waves(net, neuron) {
    const { k, p } = net, { index, zeta } = neuron, vectors = Array.from({ length: k + 1 }, (_, j) => FM.vector(net, index, j));
    const most = Math.max(1e-300, ...vectors.flatMap((v) => [...v].map(Math.abs)));
    const axes = Draw.axes({ x: [0, Math.max(1, p - 1)], y: [-1.05, 1.05], xlabel: "value of the input or output", ylabel: "weight (largest = 1)" });
    const parts = [axes.parts, Draw.line(axes.x(0), axes.y(0), axes.x(Math.max(1, p - 1)), axes.y(0), 'class="axis"')];
    vectors.forEach((v, j) => {
      const { re, im } = FM.transform(v)[zeta], size = (2 * zeta === p ? 1 : 2) / p / most;
      const wave = (a) => size * (re * Math.cos(2 * Math.PI * zeta * a / p) - im * Math.sin(2 * Math.PI * zeta * a / p));
      const line = Array.from({ length: 241 }, (_, s) => (p - 1) * s / 240).map((a) => [axes.x(a), axes.y(wave(a))]);
      parts.push(Draw.curve(line, `stroke="${Draw.colour(j, k)}" stroke-opacity=".55"`));
      [...v].forEach((x, a) => parts.push(Draw.marker(j, k, axes.x(a), axes.y(x / most), p > 40 ? 3 : 5)));
    });
    return Draw.svg(400, 260, `weights of the neuron, and ${k + 1} cosines of frequency ${zeta}`, parts);
  },

  // Share of the power of each vector at each frequency, the constant included.
  spectrum(net, neuron) {
    const { k, p } = net, count = Math.floor(p / 2) + 1;
    const step = Math.ceil(count / 12), ticks = Array.from({ length: count }, (_, z) => z).filter((z) => z % step === 0);
    const axes = Draw.axes({ x: [-0.5, count - 0.5], y: [0, 1.02], xlabel: "frequency", ylabel: "share of the vector's power", xticks: ticks });
    const slot = axes.across / count, bar = Math.min(14, 0.85 * slot / (k + 1)), parts = [axes.parts];
    for (let j = 0; j <= k; j++) {
      const powers = FM.transform(FM.vector(net, neuron.index, j)).map((x) => x.power), all = FM.sum(powers) || 1;
      powers.forEach((power, zeta) => {
        const top = axes.y(power / all), height = axes.y(0) - top;
        if (height > 0.5) parts.push(`<rect x="${axes.x(zeta) + bar * (j - (k + 1) / 2)}" y="${top}" width="${bar * 0.92}" height="${height}" fill="${Draw.colour(j, k)}"/>`);
      });
    }
    return Draw.svg(400, 260, `share of power at each frequency; least share at frequency ${neuron.zeta}: ${neuron.purity.toFixed(3)}`, parts);
  },
};
