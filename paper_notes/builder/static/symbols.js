// What a symbol means, beside the pointer: the page's own list of symbols is the only source.
"use strict";

(() => {
  const list = document.querySelector("details.symbols dl");
  if (!list) return;
  const meaning = new Map();
  for (const term of list.querySelectorAll("dt")) {
    meaning.set(term.textContent.replace(/\s/g, ""), term.nextElementSibling.textContent);
  }
  const box = document.createElement("div");
  box.className = "hint";
  box.id = "symbol-hint";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  document.body.append(box);

  // The smallest part of a formula around the pointer that the list knows: theta_i before theta.
  function known(element) {
    let found = null;
    for (let e = element; e && e.localName !== "math"; e = e.parentElement) {
      if (/^m(i|sub|sup|subsup)$/.test(e.localName) && meaning.has(e.textContent.replace(/\s/g, ""))) found = e;
    }
    return found;
  }

  function show(event) {
    const part = event.target.closest && event.target.closest("math") && !list.contains(event.target) ? known(event.target) : null;
    if (!part) {
      box.hidden = true;
      return;
    }
    box.textContent = meaning.get(part.textContent.replace(/\s/g, ""));
    box.hidden = false;
    const at = part.getBoundingClientRect(), left = Math.min(at.left, innerWidth - box.offsetWidth - 8);
    box.style.left = `${Math.max(8, left) + scrollX}px`;
    box.style.top = `${at.bottom + 6 + scrollY}px`;
  }

  document.addEventListener("pointerover", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") box.hidden = true; });
})();
