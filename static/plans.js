// A unit's plan: its draft is kept on the server while it is typed, a quantity ticks its activity, and the reason for
// returning is asked only when the plan is returned. Without this file the draft is kept by its button.
"use strict";

(() => {
  const form = document.getElementById("plan");
  if (!form) return;
  const PAUSE = 3_000;
  const kept = form.querySelector("[data-kept]");
  const storageKey = `draft:${document.getElementById("staff-words").dataset.user}:${location.pathname}#${form.id}`;
  let waiting, sending, again, leaving;
  let edits = 0;

  // A file is sent with the buttons only: it may be large.
  const content = () => {
    const data = new FormData(form);
    data.delete("file");
    return data;
  };

  const keep = async () => {
    clearTimeout(waiting);
    if (sending) {
      again = true;
      return;
    }
    const sent = edits;
    let said = form.dataset.failed;
    sending = true;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: content(), headers: { Accept: "application/json" } });
      const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      said = told.text || said;
      if (answer.ok && told.version) {
        form.elements.version.value = told.version;
        // What the server has this tab need not put back; what it could not take yet, this tab still must.
        const draft = JSON.parse(sessionStorage.getItem(storageKey));
        if (sent === edits && told.whole) sessionStorage.removeItem(storageKey);
        else if (draft) sessionStorage.setItem(storageKey, JSON.stringify({ ...draft, version: told.version }));
      } else {
        stop();
      }
    } catch {
      // No connection: what was typed stays in the page and in this tab.
    }
    sending = false;
    kept.textContent = said;
    if (leaving) form.requestSubmit(leaving);
    else if (again) keep();
    again = false;
  };

  const typed = () => {
    edits += 1;
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE);
  };
  const stop = () => {
    form.removeEventListener("input", typed);
    form.removeEventListener("change", typed);
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("staff:filled", typed);

  // What is being kept is waited for, or the form would not know of it and take it for a colleague's.
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    if (!sending) return;
    event.preventDefault();
    leaving = event.submitter;
  });

  form.querySelectorAll("input[name^=target_]").forEach((box) => {
    const chosen = form.elements[box.name.replace("target_", "chosen_")];
    box.addEventListener("input", () => {
      if (box.value.trim()) chosen.checked = true;
    });
    chosen.addEventListener("change", () => {
      if (chosen.checked) box.focus();
      else box.value = "";
    });
  });
})();

(() => {
  const form = document.getElementById("decision");
  const details = form?.querySelector("[data-if-return]");
  if (!details) return;
  const show = () => (details.hidden = form.elements.decision.value !== "return");
  form.addEventListener("change", show);
  form.addEventListener("staff:filled", show);
  show();
})();
