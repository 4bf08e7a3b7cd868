// Every group up to order 24 that has a name here: the exact network for two elements, its weights, outputs and masses.
"use strict";

(() => {
  const $ = (id) => document.getElementById(id), menus = { group: $("group"), neuron: $("group-neuron"), a: $("group-a"), b: $("group-b") };
  if (!menus.group) return;

  function unpacked(name) {
    const { n, m, table, weights, ...rest } = GROUPS[name], bytes = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0));
    const values = Float64Array.from(new Float32Array(bytes.buffer));
    return { name, k: 2, p: n, m, table, u: values.slice(0, 2 * m * n), w: values.slice(2 * m * n), ...rest };
  }

  function weights(net, i) {
    const { p } = net, most = Math.max(...[0, 1, 2].flatMap((j) => [...FM.vector(net, i, j)].map(Math.abs)));
    const axes = Draw.axes({ x: [-0.6, p - 0.4], y: [-1.05, 1.05], xlabel: "element, by its number", ylabel: "weight (largest = 1)" });
    const marks = [0, 1, 2].flatMap((j) => [...FM.vector(net, i, j)].map((x, a) => Draw.marker(j, 2, axes.x(a) + 3 * (j - 1), axes.y(x / most), 4)));
    return Draw.svg(400, 260, `weights of neuron ${i + 1}, of the representation ${net.of[i]}`, [axes.parts, Draw.line(axes.x(-0.6), axes.y(0), axes.x(p - 0.4), axes.y(0), 'class="axis"'), marks]);
  }

  function outputs(net, a, b) {
    const { p } = net, label = net.table[a * p + b], values = [...FM.logits(net, [a, b])].map((x) => x / net.gamma / FM.mass(net));
    const axes = Draw.axes({ x: [-0.6, p - 0.4], y: [Math.min(0, ...values) * 1.1, Math.max(...values) * 1.1], xlabel: "element c", ylabel: "output / γ*" });
    const width = 0.7 * axes.across / p;
    const bars = values.map((v, c) => `<rect x="${axes.x(c) - width / 2}" y="${Math.min(axes.y(v), axes.y(0))}" width="${width}" height="${Math.abs(axes.y(v) - axes.y(0))}" fill="var(${c === label ? "--green" : "--sky"})"/>`);
    return Draw.svg(400, 260, `outputs for elements ${a} and ${b}, whose product is ${label}`, [axes.parts, bars, Draw.marker(2, 2, axes.x(label), axes.y(values[label]) - 8, 5)]);
  }

  function masses(net) {
    const high = Math.max(...net.masses) * 1.1;
    const axes = Draw.axes({ x: [0.4, net.masses.length + 0.6], y: [0, high], xlabel: "real representation (dimension, letter)", ylabel: "mass", xticks: net.irreps.map((name, i) => [i + 1, name]) });
    const width = 0.6 * axes.across / net.masses.length;
    const bars = net.masses.map((q, i) => `<rect x="${axes.x(i + 1) - width / 2}" y="${axes.y(q)}" width="${width}" height="${axes.y(0) - axes.y(q)}" fill="var(--blue)"/>`);
    return Draw.svg(400, 260, `mass of each representation: ${net.irreps.map((name, i) => `${name} ${net.masses[i].toFixed(3)}`).join(", ")}`, [axes.parts, bars]);
  }

  let net = null;
  function show() {
    if (!net || net.name !== menus.group.value) net = unpacked(menus.group.value);
    menus.neuron.max = net.m;
    menus.neuron.value = Math.min(net.m, Math.max(1, Number(menus.neuron.value)));
    for (const menu of [menus.a, menus.b]) {
      menu.max = net.p - 1;
      menu.value = Math.min(net.p - 1, Math.max(0, Number(menu.value)));
    }
    const [i, a, b] = [menus.neuron, menus.a, menus.b].map((menu) => Math.round(Number(menu.value)));
    $("group-weights").innerHTML = weights(net, i - 1);
    $("group-outputs").innerHTML = outputs(net, a, b);
    $("group-masses").innerHTML = masses(net);
    let least = Infinity;
    FM.everyInput(net, (_, label, values) => { least = Math.min(least, FM.lead(label, values)); });
    $("group-said").innerHTML = `${net.name}: ${net.p} elements, ${net.m} neurons; neuron ${i} is of the representation ${net.of[i - 1]}. `
      + `γ* = ${net.exact}; measured here over all ${net.p ** 2} inputs: <strong>${(least / FM.mass(net) / net.gamma).toFixed(6)} γ*</strong>. `
      + `${a} · ${b} = ${net.table[a * net.p + b]}.`;
    Address.set({ group: net.name, gn: i, ga: a, gb: b });
  }

  menus.group.innerHTML = Object.keys(GROUPS).map((name) => `<option>${name}</option>`).join("");
  const asked = Address.get();
  if (asked.has("group") && GROUPS[asked.get("group")]) menus.group.value = asked.get("group");
  for (const [key, menu] of [["gn", menus.neuron], ["ga", menus.a], ["gb", menus.b]]) if (/^\d{1,9}$/.test(asked.get(key))) menu.value = asked.get(key);
  for (const menu of Object.values(menus)) menu.addEventListener("input", show);
  show();
})();
