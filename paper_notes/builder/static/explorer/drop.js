// A network file of the reader's: it never leaves the page. Every picture shows it, and a table judges it.
"use strict";

(() => {
  const verdict = $("verdict");

  async function check(file) {
    try {
      if (file.size > FM.LARGEST_FILE) throw new Error("the file must be at most 256 MiB");
      verdict.innerHTML = "<p>Looking at every input…</p>";
      const net = FM.parse(await file.arrayBuffer());
      verdict.innerHTML = report(net);
      stop();
      guarded(() => adopt(net, "file", file.name));
      for (const id of ["k", "p"]) if (net[id] <= Number($(id).max)) $(id).value = document.querySelector(`[data-of="${id}"]`).value = net[id];
    } catch (error) {
      verdict.innerHTML = "<p class=message></p>";
      verdict.firstChild.textContent = error.message;
    }
  }

  function report(net) {
    const { k, p } = net, { neurons, masses } = FM.spectrum(net), live = neurons.filter((n) => n.live);
    const purity = Math.min(...live.map((n) => n.purity)), phase = FM.median(live.map((n) => Math.abs(n.phaseError)));
    const used = masses.filter((x, zeta) => zeta && x > 0).length, all = Math.floor(p / 2);
    const tag = (good) => `<span class="tag ${good ? "passed" : "failed"}">${good ? "passed" : "failed"}</span>`;
    let margin = ["margin / γ*", "too many inputs for a page", "at least 0.99", ""], worst = "";
    if (FM.work(net) <= FM.LARGEST_WORK) {
      const found = FM.normalisedMargin(net), ratio = found.value / FM.gamma(k, p);
      margin = ["margin / γ*", ratio.toFixed(9), "at least 0.99", tag(ratio >= 0.99)];
      worst = `Worst input: (${found.worst.join(", ")}). `;
    }
    return `<p>${net.m} neurons, ${live.length} of them with more than a millionth of the mean mass; k = ${k}, p = ${p}. The pictures above show this network.</p>`
      + table(["property", "found", "asked for", "holds"], [
        margin,
        ["least share of one frequency in a vector", purity.toFixed(6), "at least 0.99", tag(purity >= 0.99)],
        ["median error of the phase sums", `${Draw.digits(phase, 2)} turn`, "at most 0.001", tag(phase <= 1e-3)],
        ["frequencies used", `${used} of ${all}`, "all", tag(used === all)],
      ]) + `<p class="small">${worst}Measured in double precision, against round numbers; <code>fourier-margin verify</code> has bounds on the
      rounding, and what a margin guarantees.</p>`;
  }

  $("file").addEventListener("change", (event) => event.target.files.length && check(event.target.files[0]));
  for (const name of ["dragover", "drop"]) $("drop").addEventListener(name, (event) => event.preventDefault());
  $("drop").addEventListener("drop", (event) => event.dataTransfer.files.length && check(event.dataTransfer.files[0]));
})();
