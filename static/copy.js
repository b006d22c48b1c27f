// A button that copies what stands in a box. Without this file the text is marked and copied by hand.
"use strict";

document.querySelectorAll("[data-copy]").forEach((box) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-primary mt-3";
  button.textContent = box.dataset.copy;
  button.addEventListener("click", async () => {
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
    } catch {
      // Over plain HTTP there is no clipboard: the old way works on the marked text.
      document.execCommand("copy");
    }
    button.textContent = box.dataset.copied;
  });
  box.addEventListener("focus", () => box.select());
  box.after(button);
});
