// A training played back: weights that were stored while it ran, as 16-bit integers and one scale for each look.
"use strict";

const Playback = {
  // The network at one look of a stored run.
  frame(run, index) {
    const { k, p, m, looks } = run, { scale, weights } = looks[index], bytes = atob(weights);
    const view = new DataView(Uint8Array.from(bytes, (c) => c.charCodeAt(0)).buffer);
    const values = Float64Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true) * scale);
    return { k, p, m, u: values.slice(0, m * k * p), w: values.slice(m * k * p) };
  },

  // Margin (and accuracies) over the looks, with a mark at the one that is shown.
  curve(run, index) {
    const { looks } = run, names = Object.keys(run.curves), low = Math.max(-0.5, Math.min(0, ...names.flatMap((n) => run.curves[n])));
    const axes = Draw.axes({ width: 560, x: [0, looks.length - 1], y: [low, 1.08], xlabel: "look", ylabel: "share; margin / γ*" });
    const parts = [axes.parts, Draw.line(axes.x(0), axes.y(1), axes.x(looks.length - 1), axes.y(1), 'stroke="var(--red)" stroke-dasharray="6 4"')];
    names.forEach((name, n) => {
      const points = run.curves[name].map((v, i) => [axes.x(i), axes.y(Math.max(low, v))]);
      parts.push(Draw.curve(points, `stroke="${Draw.colour(n, 9)}" stroke-width="2"${n ? ` stroke-dasharray="${5 - n} 3"` : ""}`));
      parts.push(Draw.marker(n, 9, 330, 150 + 18 * n, 5), Draw.text(342, 154 + 18 * n, name));
    });
    parts.push(Draw.line(axes.x(index), axes.y(1.08), axes.x(index), axes.y(low), 'stroke="var(--ink)"'));
    return Draw.svg(560, 260, `${run.title}: ${names.map((n) => `${n} ${run.curves[n][index].toFixed(3)}`).join(", ")}`, parts);
  },
};
