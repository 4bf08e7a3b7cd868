// Two hands add: the hand of a, the hand of b, and the hand of their sum, which goes round.
"use strict";

(() => {
  for (const host of document.querySelectorAll('[data-play="clock"]')) {
    const p = Number(host.dataset.p), value = { a: 3, b: 6 };
    const controls = document.createElement("div"), picture = document.createElement("div"), said = document.createElement("p");
    said.setAttribute("role", "status");
    controls.className = "sliders";
    host.replaceChildren(controls, picture, said);

    const draw = () => {
      const { a, b } = value, c = 150, r = 110, parts = [`<circle cx="${c}" cy="${c}" r="${r}" class="axis"/>`];
      const at = (n, radius) => [c + radius * Math.sin(2 * Math.PI * n / p), c - radius * Math.cos(2 * Math.PI * n / p)];
      for (let n = 0; n < p; n++) {
        const [x, y] = at(n, r + 17);
        parts.push(Draw.text(x, y + 4, n, `text-anchor="middle"${n === (a + b) % p ? ' font-weight="700"' : ""}`));
      }
      const hand = (n, radius, colour, name) => {
        const [x, y] = at(n, radius);
        parts.push(Draw.line(c, c, x, y, `stroke="var(${colour})" stroke-width="4" stroke-linecap="round"`));
        parts.push(`<circle cx="${x}" cy="${y}" r="10" fill="var(--page)" stroke="var(${colour})" stroke-width="2"/>`, Draw.text(x, y + 4, name, 'text-anchor="middle"'));
      };
      // Clockwise from the top: an arc of n/p of a turn.
      const arc = (from, by, radius, colour) => parts.push(Draw.arc(c, c, radius, 0.25 - from / p, -by / p, `stroke="var(${colour})" stroke-width="6"`));
      arc(0, a, 38, "--blue");
      arc(a, b, 50, "--orange");
      hand(a, 66, "--blue", "a");
      hand(b, 82, "--orange", "b");
      hand(a + b, r - 12, "--green", "c");
      picture.innerHTML = Draw.svg(300, 300, `a clock with ${p} hours; hands at ${a}, at ${b}, and at their sum ${(a + b) % p}`, parts);
      said.textContent = `${a} + ${b} = ${(a + b) % p} modulo ${p}` + (a + b >= p ? ": once round, and the turn is forgotten." : ".");
    };
    for (const name of ["a", "b"]) {
      Draw.slider(controls, { label: name, min: 0, max: p - 1, step: 1, value: value[name] }, (v) => {
        value[name] = Math.round(v);
        draw();
      });
    }
  }
})();
