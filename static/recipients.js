// Pages where recipients of a decision are entered. Every page works without this file.
"use strict";

(() => {
  // Whoever was found in the register brings what the boxes do not say yet; it can be changed to what the decision wrote.
  document.addEventListener("change", (event) => {
    const radio = event.target;
    if (radio.type !== "radio" || !radio.checked || !radio.form) return;
    for (const [data, name] of [["position", "recipient_position"], ["unit", "recipient_unit"]]) {
      const box = radio.form.elements[radio.name.replace(/link$/, name)];
      if (radio.dataset[data] && box && !box.value.trim()) {
        box.value = radio.dataset[data];
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  });

  // The next recipient can be typed at once; after the browser has gone to the place the address names.
  const name = document.getElementById("id_recipient_name");
  if (name && location.hash === "#add") window.addEventListener("load", () => setTimeout(() => name.focus()));

  // What only a correction needs is shown for one.
  const part = document.querySelector("details[data-for]");
  part?.closest("form").addEventListener("change", (event) => {
    if (event.target.name === "kind") part.open = event.target.value === part.dataset.for;
  });
})();
