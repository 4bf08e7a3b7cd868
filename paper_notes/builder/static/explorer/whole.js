// The whole network in three pictures: its outputs for one input, where its margin goes, the mass of each frequency.
"use strict";

const WholeView = {
  // All outputs for one input; the right one stands out by colour and by a triangle.
  logits(net, input) {
    const { k, p } = net, scale = FM.gamma(k, p) * FM.mass(net), label = FM.sum(input) % p;
    const values = [...FM.logits(net, input)].map((x) => x / scale), low = Math.min(0, ...values), high = Math.max(0, ...values) || 1;
    const step = Math.ceil(p / 16), ticks = Array.from({ length: p }, (_, c) => c).filter((c) => c % step === 0);
    const axes = Draw.axes({ x: [-0.6, p - 0.4], y: [low * 1.1, high * 1.15], xlabel: "answer c", ylabel: "output / γ*", xticks: ticks });
    const width = 0.75 * axes.across / p;
    const bars = values.map((v, c) => `<rect x="${axes.x(c) - width / 2}" y="${Math.min(axes.y(v), axes.y(0))}" width="${width}" `
      + `height="${Math.abs(axes.y(v) - axes.y(0))}" fill="var(${c === label ? "--green" : "--sky"})"/>`);
    const mark = Draw.marker(k, k, axes.x(label), axes.y(Math.max(0, values[label])) - 9, 5);
    const margin = FM.lead(label, values);
    return {
      svg: Draw.svg(400, 260, `outputs for the inputs ${input.join(" and ")}: the right answer ${label} has ${values[label].toFixed(3)}`,
        [axes.parts, Draw.line(axes.x(-0.6), axes.y(0), axes.x(p - 0.4), axes.y(0), 'class="axis"'), bars, mark]),
      said: `${input.join(" + ")} = ${label} modulo ${p}: ${margin > 0 ? "right" : "WRONG"}, margin at this input ${margin.toFixed(4)} γ*.`,
    };
  },

  // From gamma* down to the margin, one bar for what each inequality of the proof costs.
  waterfall({ margin, losses }) {
    const low = Math.min(0, margin === null ? 0 : margin) * 1.05, left = 168, width = 440, row = 24, rows = losses.length + 2;
    const x = (v) => left + (width - left - 66) * (v - low) / (1 - low), parts = [];
    const bar = (i, from, to, name, value, colour) => {
      parts.push(Draw.text(left - 8, 17 + row * i, name, 'text-anchor="end"'));
      parts.push(`<rect x="${x(Math.min(from, to))}" y="${5 + row * i}" width="${Math.max(1, x(Math.max(from, to)) - x(Math.min(from, to)))}" height="16" fill="var(${colour})"/>`);
      parts.push(Draw.text(width - 60, 17 + row * i, value));
    };
    bar(0, 0, 1, "γ*", "1.0000", "--sky");
    let at = 1;
    losses.forEach((loss, i) => {
      bar(i + 1, at, at - loss, FM.LOSSES[i], loss < 5e-5 ? "0" : `−${loss.toFixed(4)}`, "--orange");
      at -= loss;
    });
    if (margin !== null) bar(rows - 1, 0, margin, "margin", margin.toFixed(4), margin > 0 ? "--green" : "--red");
    const base = 10 + row * rows;
    for (const tick of Draw.ticks(low, 1)) {
      parts.push(Draw.line(x(tick), 2, x(tick), base, 'stroke="var(--line)"'), Draw.text(x(tick), base + 14, tick, 'text-anchor="middle"'));
    }
    parts.push(Draw.text(x(0.5), base + 30, "in units of γ*", 'text-anchor="middle"'));
    const said = losses.map((loss, i) => `${FM.LOSSES[i]} ${loss.toFixed(4)}`).join(", ");
    return Draw.svg(width, base + 36, `from gamma* to the margin ${margin === null ? "" : margin.toFixed(4)}: ${said}`, parts);
  },

  // Mass of every frequency beside the theorem's.
  masses(net, masses) {
    const ideal = FM.masses(net.k, net.p), count = ideal.length - 1, high = Math.max(...masses.slice(1), ...ideal.slice(1)) * 1.1;
    const step = Math.ceil(count / 12), ticks = Array.from({ length: count }, (_, i) => i + 1).filter((z) => (z - 1) % step === 0);
    const axes = Draw.axes({ x: [0.4, count + 0.6], y: [0, high], xlabel: "frequency", ylabel: "share of the norm", xticks: ticks });
    const width = 0.7 * axes.across / count;
    const bars = masses.slice(1).map((q, i) => `<rect x="${axes.x(i + 1) - width / 2}" y="${axes.y(q)}" width="${width}" height="${axes.y(0) - axes.y(q)}" fill="var(--blue)"/>`);
    const marks = ideal.slice(1).map((q, i) => Draw.line(axes.x(i + 1) - width * 0.65, axes.y(q), axes.x(i + 1) + width * 0.65, axes.y(q), 'stroke="var(--red)" stroke-width="2.5"'));
    return Draw.svg(400, 260, `mass of the ${count} frequencies; the theorem's as lines`, [axes.parts, bars, marks]);
  },
};
