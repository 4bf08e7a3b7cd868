// The statements of one paper, label or status: the choice is in the address, so that it can be shared.
"use strict";

(() => {
  const form = document.getElementById("filter"), rows = [...document.querySelectorAll("details.statement")];
  const said = document.getElementById("count"), unfold = document.getElementById("unfold");
  const fields = ["paper", "label", "status", "text"];
  const paper = (row) => row.closest("section").dataset.paper;

  function matches(row) {
    const wanted = form.elements, text = wanted.text.value.trim().toLowerCase();
    return (!wanted.paper.value || paper(row) === wanted.paper.value)
      && (!wanted.label.value || row.dataset.label === wanted.label.value)
      && (!wanted.status.value || row.dataset.status === wanted.status.value)
      && (!text || row.textContent.toLowerCase().includes(text));
  }

  function show() {
    for (const row of rows) row.hidden = !matches(row);
    for (const section of document.querySelectorAll("section[data-paper]")) {
      section.hidden = !section.querySelector("details.statement:not([hidden])");
    }
    const shown = rows.filter((row) => !row.hidden).length;
    said.textContent = shown === rows.length ? `All ${shown} statements.` : `${shown} of ${rows.length} statements.`;
  }

  function remember() {
    const query = new URLSearchParams(fields.map((name) => [name, form.elements[name].value]).filter(([, value]) => value));
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
  }

  // A link to one statement opens it, whatever the filter says.
  function open() {
    const row = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!row || !row.matches("details.statement")) return;
    row.hidden = row.closest("section").hidden = false;
    row.open = true;
    row.scrollIntoView();
  }

  const asked = new URLSearchParams(location.search);
  for (const name of fields) if (asked.has(name)) form.elements[name].value = asked.get(name);
  form.hidden = false;
  for (const name of ["input", "change"]) form.addEventListener(name, () => { show(); remember(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  unfold.addEventListener("click", () => {
    const all = rows.filter((row) => !row.hidden), opening = all.some((row) => !row.open);
    for (const row of all) row.open = opening;
    unfold.textContent = opening ? "Close all" : "Open all";
  });
  addEventListener("hashchange", open);
  show();
  open();
})();
