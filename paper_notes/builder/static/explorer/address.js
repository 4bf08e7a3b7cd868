// What is shown, kept in the address after the #, so that a copied address shows the same.
"use strict";

const Address = {
  get() {
    return new URLSearchParams(location.hash.slice(1));
  },

  // Sets some entries; null takes one out.
  set(entries) {
    const all = Address.get();
    for (const [key, value] of Object.entries(entries)) {
      if (value === null || value === "") all.delete(key);
      else all.set(key, value);
    }
    history.replaceState(null, "", `#${all}`);
  },
};
