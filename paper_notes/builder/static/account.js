// Where the margin goes, for any network on Z_p: the account of theory/account.py in double precision.
"use strict";

Object.assign(FM, {
  LOSSES: ["a constant in the weights", "several frequencies", "unequal sizes", "phases that miss", "unequal inputs", "untied wrong answers"],

  // The weights of wrong answers in the certificate, index 0 unused (theory/modulus.py).
  classWeights(k, p) {
    if (p % 2) return Array.from({ length: p }, (_, d) => (d ? 1 / (p - 1) : 0));
    const r = 2 ** ((k - 1) / 2), share = 1 / (p - 2 + 1 / r);
    return Array.from({ length: p }, (_, d) => (d === 0 ? 0 : d % 2 ? share / r : 2 * share - share / r));
  },

  // The members of the chain of inequalities for one neuron, from the sum of cosines up to the bound.
  chain(net, i) {
    const { k, p } = net, s = (k + 1) / 2, spectra = Array.from({ length: k + 1 }, (_, j) => FM.transform(FM.vector(net, i, j)));
    const square = FM.neuronMass(net, i) ** (2 / (k + 1));
    let aligned = 0, moduli = 0, balanced = 0, energy = 0;
    if (square === 0) return [0, 0, 0, 0, 1];
    for (let zeta = 1; zeta <= Math.floor(p / 2); zeta++) {
      const pooled = Math.sqrt((2 * zeta === p ? 1 : 2) / square);
      let re = 1, im = 0, mean = 0;
      spectra.forEach((spectrum, j) => {
        const x = pooled * spectrum[zeta].re, y = pooled * spectrum[zeta].im * (j < k ? 1 : -1);
        [re, im] = [re * x - im * y, re * y + im * x];
        mean += (x * x + y * y) / (k + 1);
      });
      aligned += re;
      moduli += Math.hypot(re, im);
      balanced += mean ** s;
      energy += mean;
    }
    return [aligned, moduli, balanced, energy ** s, (p / (k + 1)) ** s];
  },

  // {margin, losses}: in units of gamma*; together they are 1.  Without the last two where the inputs are too many.
  account(net, mostWork = FM.LARGEST_WORK) {
    const { k, p, m } = net, losses = [0, 0, 0, 0], total = FM.mass(net);
    for (let i = 0; i < m; i++) {
      const share = FM.neuronMass(net, i) / total, chain = FM.chain(net, i);
      for (let step = 0; step < 4; step++) losses[step] += share * (chain[4 - step] - chain[3 - step]) / chain[4];
    }
    if (FM.work(net) > mostWork) return { margin: null, losses };
    const tau = FM.classWeights(k, p), scale = FM.gamma(k, p) * total;
    let least = Infinity, weighted = Infinity, mean = 0;
    FM.everyInput(net, (_, label, outputs) => {
      let g = outputs[label];
      for (let d = 1; d < p; d++) g -= tau[d] * outputs[(label + d) % p];
      least = Math.min(least, FM.lead(label, outputs));
      weighted = Math.min(weighted, g);
      mean += g / p ** k;
    });
    return { margin: least / scale, losses: [...losses, (mean - weighted) / scale, (weighted - least) / scale] };
  },

  // The network with one vector's wave of frequency zeta moved on by some turns; the rest of the vector stays.
  turn(net, i, j, zeta, turns) {
    const { p } = net, v = FM.vector(net, i, j), { re, im } = FM.transform(v)[zeta], size = (2 * zeta === p ? 1 : 2) / p;
    const wave = (a, by) => {
      const angle = 2 * Math.PI * ((zeta * a % p) / p + by);
      return size * (re * Math.cos(angle) - im * Math.sin(angle));
    };
    for (let a = 0; a < p; a++) v[a] += wave(a, turns) - wave(a, 0);
  },

  copy(net) {
    return { ...net, u: Float64Array.from(net.u), w: Float64Array.from(net.w) };
  },
});
