// A note as slides for a lecture: one section at a time, by keys, buttons or the address (#slide-3).
"use strict";

(() => {
  const main = document.getElementById("main"), start = document.getElementById("slides");
  if (!start) return;
  let slides = [], current = 0, bar = null;

  // A slide begins at every heading of a section.
  function cut() {
    const parts = [];
    for (const node of [...main.childNodes]) {
      const heading = node.nodeType === 1 && /^H[12]$/.test(node.tagName);
      const begun = parts.length && parts[parts.length - 1].some((each) => /^H[12]$/.test(each.tagName));
      if (!parts.length || (heading && begun)) parts.push([]);
      parts[parts.length - 1].push(node);
    }
    return parts.filter((nodes) => nodes.some((node) => node.textContent.trim())).map((nodes) => {
      const section = document.createElement("section");
      section.className = "slide";
      nodes[0].before(section);
      section.append(...nodes);
      return section;
    });
  }

  function show(index) {
    current = Math.max(0, Math.min(slides.length - 1, index));
    slides.forEach((slide, i) => { slide.hidden = i !== current; });
    bar.querySelector("output").textContent = `${current + 1} of ${slides.length}`;
    history.replaceState(null, "", `#slide-${current + 1}`);
    scrollTo(0, 0);
  }

  function enter(index) {
    if (bar) return;
    slides = cut();
    document.body.classList.add("slides");
    bar = document.createElement("div");
    bar.className = "slidebar";
    bar.innerHTML = '<button type="button" data-step="-1">Back</button> <output aria-live="polite"></output> '
      + '<button type="button" data-step="1">Next</button> <button type="button" data-step="0">Leave slides</button>';
    bar.addEventListener("click", (event) => {
      const step = event.target.dataset.step;
      if (step === "0") leave();
      else if (step) show(current + Number(step));
    });
    document.body.append(bar);
    show(index);
    bar.querySelector('[data-step="1"]').focus();
  }

  function leave() {
    for (const slide of slides) slide.replaceWith(...slide.childNodes);
    document.body.classList.remove("slides");
    bar.remove();
    bar = null;
    history.replaceState(null, "", location.pathname);
    start.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (!bar || event.target.closest("input, select, textarea")) return;
    if (["ArrowRight", "PageDown"].includes(event.key)) show(current + 1);
    else if (["ArrowLeft", "PageUp"].includes(event.key)) show(current - 1);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(slides.length - 1);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  });
  start.addEventListener("click", () => enter(0));
  const asked = /^#slide-(\d+)$/.exec(location.hash);
  if (asked) enter(Number(asked[1]) - 1);
})();
