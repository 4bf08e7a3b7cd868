// The mathematics of the explorer in double precision: no libraries, nothing fetched.
// Phases are in turns. A network is {k, p, m, u, w} with u[(i*k + j)*p + a] and w[i*p + c], Float64Arrays.
"use strict";

const FM = {
  LARGEST_WORK: 4e8,
  LARGEST_FILE: 256 * 2 ** 20,
  LARGEST_HEADER: 2 ** 20,

  factorial(n) {
    return n < 2 ? 1 : n * FM.factorial(n - 1);
  },

  // The maximum normalised margin (Li24 Theorem 4.1 at odd p, ours at even p).
  gamma(k, p) {
    const count = p % 2 ? p - 1 : p - 2 + 2 ** (-(k - 1) / 2);
    return 2 * FM.factorial(k) / ((2 * k + 2) ** ((k + 1) / 2) * p ** ((k - 1) / 2) * count);
  },

  // The mass of each frequency 1..floor(p/2); index 0 is unused.
  masses(k, p) {
    const r = 2 ** ((k - 1) / 2);
    const share = p % 2 ? 1 / (p - 1) : 1 / (p - 2 + 1 / r);
    const found = new Array(Math.floor(p / 2) + 1).fill(2 * share);
    found[0] = 0;
    if (p % 2 === 0) found[p / 2] = share / r;
    return found;
  },

  // All vectors of length n with entries from the list.
  tuples(entries, n) {
    let found = [[]];
    for (let i = 0; i < n; i++) found = found.flatMap((head) => entries.map((x) => [...head, x]));
    return found;
  },

  signFlips(k) {
    return FM.tuples([0, 0.5], k - 1).map((rest) => [0, ...rest]);
  },

  // Phases of the neurons of one frequency: an array of k phases per neuron.
  design(k, method, orderTwo) {
    const flips = FM.signFlips(k);
    if (orderTwo) return flips;
    if (method === "li24") {
      const quarters = FM.tuples([0, 0.75], k);
      return quarters.flatMap((ts) => flips.map((fs) => fs.map((f, j) => (f + ts[j]) % 1)));
    }
    const steps = Array.from({ length: k + 1 }, (_, j) => j / (2 * (k + 1)));
    return flips.flatMap((fs) => steps.map((t) => fs.map((f) => (f + t) % 1)));
  },

  // The exact construction in floats, norm 1.
  network(k, p, method) {
    const masses = FM.masses(k, p);
    const rows = [];
    for (let zeta = 1; zeta <= Math.floor(p / 2); zeta++) {
      const orderTwo = 2 * zeta === p;
      const design = FM.design(k, method, orderTwo);
      const norm = (masses[zeta] / design.length) ** (1 / (k + 1)) / Math.sqrt(k + 1);
      const beta = norm * Math.sqrt((orderTwo ? 1 : 2) / p);
      for (const phases of design) rows.push({ zeta, beta, phases: [...phases, FM.sum(phases) % 1] });
    }
    const m = rows.length;
    const net = { k, p, m, u: new Float64Array(m * k * p), w: new Float64Array(m * p), rows };
    rows.forEach(({ zeta, beta, phases }, i) => {
      phases.forEach((t, j) => {
        for (let a = 0; a < p; a++) {
          const value = beta * Math.cos(2 * Math.PI * (t + (zeta * a % p) / p));
          if (j < k) net.u[(i * k + j) * p + a] = value;
          else net.w[i * p + a] = value;
        }
      });
    });
    return net;
  },

  sum(values) {
    return values.reduce((total, x) => total + x, 0);
  },

  vector(net, i, j) {
    const { k, p } = net;
    return j < k ? net.u.subarray((i * k + j) * p, (i * k + j + 1) * p) : net.w.subarray(i * p, (i + 1) * p);
  },

  // Fourier coefficients 0..floor(p/2): {re, im, power}, the power of +-zeta pooled so that it adds up to |v|^2.
  transform(v) {
    const p = v.length;
    const found = [];
    for (let zeta = 0; zeta <= Math.floor(p / 2); zeta++) {
      let re = 0, im = 0;
      for (let a = 0; a < p; a++) {
        const angle = 2 * Math.PI * (zeta * a % p) / p;
        re += v[a] * Math.cos(angle);
        im -= v[a] * Math.sin(angle);
      }
      const pooled = zeta === 0 || 2 * zeta === p ? 1 : 2;
      found.push({ re, im, power: pooled * (re * re + im * im) / p });
    }
    return found;
  },

  neuronMass(net, i) {
    let square = 0;
    for (let j = 0; j <= net.k; j++) for (const x of FM.vector(net, i, j)) square += x * x;
    return square ** ((net.k + 1) / 2);
  },

  work(net) {
    return net.p ** net.k * net.m * (net.p + net.k);
  },

  // The p outputs of a network for one input, into the array given.
  logits(net, input, outputs = new Float64Array(net.p)) {
    const { k, p, m, u, w } = net;
    outputs.fill(0);
    for (let i = 0; i < m; i++) {
      let hidden = 0;
      for (let j = 0; j < k; j++) hidden += u[(i * k + j) * p + input[j]];
      hidden = hidden ** k;
      for (let c = 0; c < p; c++) outputs[c] += hidden * w[i * p + c];
    }
    return outputs;
  },

  // The right answer: the sum modulo p, or the product of two elements where the network has a group's table.
  label(net, input) {
    return net.table ? net.table[input[0] * net.p + input[1]] : FM.sum(input) % net.p;
  },

  // Calls visit(input, label, outputs) for all p^k inputs; both arrays are used again.
  everyInput(net, visit) {
    const { k, p, m } = net;
    if (FM.work(net) > FM.LARGEST_WORK) throw new Error(`${p}^${k} inputs times ${m} neurons are too many for a page`);
    const input = new Array(k).fill(0), outputs = new Float64Array(p);
    for (let count = p ** k; count > 0; count--) {
      visit(input, FM.label(net, input), FM.logits(net, input, outputs));
      for (let j = k - 1; j >= 0; j--) {
        input[j] = (input[j] + 1) % p;
        if (input[j]) break;
      }
    }
  },

  // Mean output over all inputs, by its distance from the right answer.
  offsets(net) {
    const { k, p } = net, found = new Array(p).fill(0);
    FM.everyInput(net, (_, label, outputs) => outputs.forEach((x, c) => { found[(c - label + p) % p] += x / p ** k; }));
    return found;
  },

  // The sum over neurons of the (k+1)-th power of their norms.
  mass(net) {
    return FM.sum(Array.from({ length: net.m }, (_, i) => FM.neuronMass(net, i)));
  },

  // The lead of the right output over the best wrong one.
  lead(label, outputs) {
    let wrong = -Infinity;
    for (let c = 0; c < outputs.length; c++) if (c !== label && outputs[c] > wrong) wrong = outputs[c];
    return outputs[label] - wrong;
  },

  // Least margin over all p^k inputs, divided by the (k+1)-th power of the norm; NaN for the zero network.
  normalisedMargin(net) {
    let least = Infinity, worst = null;
    FM.everyInput(net, (input, label, outputs) => {
      const margin = FM.lead(label, outputs);
      if (margin < least) [least, worst] = [margin, [...input]];
    });
    return { value: least / FM.mass(net), worst };
  },

  // One frequency per neuron, purity, phase sums and masses, as numerics.spectrum defines them.
  spectrum(net) {
    const { k, p, m } = net;
    const mass = Array.from({ length: m }, (_, i) => FM.neuronMass(net, i));
    const total = FM.sum(mass);
    const neurons = mass.map((q, i) => {
      const spectra = Array.from({ length: k + 1 }, (_, j) => FM.transform(FM.vector(net, i, j)));
      const shares = spectra.map((spectrum) => {
        const power = FM.sum(spectrum.map((x) => x.power));
        return spectrum.map((x) => (power > 0 ? x.power / power : 0));
      });
      let zeta = 1, best = -1;
      for (let z = 1; z <= Math.floor(p / 2); z++) {
        const share = FM.sum(shares.map((s) => s[z]));
        if (share > best) [zeta, best] = [z, share];
      }
      const phases = spectra.map((s) => Math.atan2(s[zeta].im, s[zeta].re) / (2 * Math.PI));
      const error = FM.sum(phases.slice(0, k)) - phases[k];
      return { zeta, mass: q / total, purity: Math.min(...shares.map((s) => s[zeta])), phases,
        phaseError: error - Math.round(error), live: q / total > 1e-6 / m };
    });
    const masses = new Array(Math.floor(p / 2) + 1).fill(0);
    for (const neuron of neurons) masses[neuron.zeta] += neuron.mass;
    return { neurons, masses };
  },

  median(values) {
    const sorted = [...values].sort((a, b) => a - b), half = sorted.length / 2;
    return sorted.length % 2 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
  },

  // A network file (safetensors), every length and offset checked before it is used.
  parse(buffer) {
    const need = (condition, text) => {
      if (!condition) throw new Error(text);
    };
    need(buffer.byteLength <= FM.LARGEST_FILE, "the file must be at most 256 MiB");
    need(buffer.byteLength >= 10, "this is not a safetensors file: it is too short");
    const view = new DataView(buffer);
    const length = Number(view.getBigUint64(0, true));
    need(length >= 2 && length <= Math.min(FM.LARGEST_HEADER, buffer.byteLength - 8),
      "this is not a safetensors file: its header does not fit into it");
    let header;
    try {
      header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(buffer, 8, length)));
    } catch {
      throw new Error("this is not a safetensors file: its header is not JSON");
    }
    const object = (x) => x !== null && typeof x === "object" && !Array.isArray(x);
    need(object(header) && object(header.__metadata__), "the file must carry string metadata (k, p, format)");
    const metadata = header.__metadata__;
    for (const [key, value] of [["format", "fourier-margin/network"], ["version", "1"], ["activation", "power"]]) {
      need(metadata[key] === value, `metadata ${key} must be "${value}"`);
    }
    const integer = (key, least) => {
      const text = String(metadata[key]);
      need(/^\d{1,9}$/.test(text) && Number(text) >= least, `metadata ${key} must be an integer of at least ${least}`);
      return Number(text);
    };
    const k = integer("k", 1), p = integer("p", 2);
    need(!("table" in header), "networks on other groups are checked by the command fourier-margin verify");
    const tensor = (name, tail) => {
      const entry = Object.hasOwn(header, name) ? header[name] : null;
      need(object(entry), `the file must hold the tensor ${name}`);
      const { dtype, shape, data_offsets: offsets } = entry;
      need(dtype === "F64" || dtype === "F32", `tensor ${name} must have dtype F64 or F32`);
      const index = (x) => Number.isSafeInteger(x) && x >= 0;
      need(Array.isArray(shape) && shape.length === tail.length + 1 && shape.every(index) && shape[0] >= 1
        && tail.every((x, i) => shape[i + 1] === x), `tensor ${name} must have shape (m, ${tail.join(", ")})`);
      const size = shape.reduce((x, y) => x * y, 1), bytes = dtype === "F64" ? 8 : 4;
      need(Array.isArray(offsets) && offsets.length === 2 && offsets.every(index)
        && offsets[1] - offsets[0] === size * bytes && 8 + length + offsets[1] <= buffer.byteLength,
      `tensor ${name} must lie inside the file`);
      const values = new Float64Array(size), start = 8 + length + offsets[0];
      for (let i = 0; i < size; i++) {
        values[i] = bytes === 8 ? view.getFloat64(start + 8 * i, true) : view.getFloat32(start + 4 * i, true);
      }
      need(values.every(Number.isFinite), `every weight must be finite; ${name} holds NaN or infinity`);
      return { m: shape[0], values };
    };
    const u = tensor("u", [k, p]), w = tensor("w", [p]);
    need(u.m === w.m, "u and w must have the same number of neurons");
    // The normalised margin does not change with the scale; a largest weight of 1 keeps every power finite.
    const largest = [u, w].reduce((x, t) => t.values.reduce((y, v) => Math.max(y, Math.abs(v)), x), 0);
    need(largest > 0, "a network must have a weight that is not zero");
    return { k, p, m: u.m, u: u.values.map((x) => x / largest), w: w.values.map((x) => x / largest) };
  },
};
