// The form of a person: possible duplicates and what is wrong, said while typing.
// Every page works without this file: the server says the same when the form is sent.
"use strict";

(() => {
  const DELAY = 400;

  document.querySelectorAll("form[data-check]").forEach((form) => {
    const value = (name) => form.elements[name]?.value.trim() ?? "";

    // ---- People who may be the one being entered.

    const place = document.getElementById("duplicates");
    let asked, waiting;
    let last = null;
    const look = async () => {
      const query = new URLSearchParams({ name: value("full_name"), birth: value("birth_date"), unit: value("unit") });
      if (query.toString() === last) return;
      last = query.toString();
      asked?.abort();
      asked = new AbortController();
      try {
        const answer = await fetch(`${form.dataset.duplicates}?${query}`, { signal: asked.signal });
        if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
      } catch {
        // Without a connection the server looks when the form is sent.
      }
    };
    if (form.dataset.duplicates) {
      const soon = (event) => {
        if (!["full_name", "birth_date", "unit"].includes(event.target.name)) return;
        clearTimeout(waiting);
        waiting = setTimeout(look, DELAY);
      };
      form.addEventListener("input", soon);
      form.addEventListener("change", soon);
      form.addEventListener("staff:filled", look);
    }

    // ---- What is wrong with a field is said when it is left.

    const touched = new Set();
    const say = (name, errors, warnings) => {
      const control = form.elements[name];
      const field = control?.closest?.(".field");
      if (!field) return;
      field.querySelectorAll(".invalid-feedback, [data-unusual]").forEach((note) => note.remove());
      field.classList.toggle("has-error", errors.length > 0);
      control.classList.toggle("is-invalid", errors.length > 0);
      errors.length ? control.setAttribute("aria-invalid", "true") : control.removeAttribute("aria-invalid");
      [...errors, ...warnings].forEach((text, index) => {
        const note = document.createElement("p");
        note.className = index < errors.length ? "invalid-feedback d-block" : "form-text";
        if (index >= errors.length) note.dataset.unusual = "yes";
        note.setAttribute("role", "status");
        note.textContent = text;
        (control.closest(".suggest") ?? control).before(note);
      });
    };
    form.addEventListener("change", async (event) => {
      if (!event.target.name) return;
      touched.add(event.target.name);
      const data = new FormData(form);
      data.delete("once");
      if (form.dataset.member) data.set("member", form.dataset.member);
      try {
        const answer = await fetch(form.dataset.check, { method: "POST", body: data });
        if (!answer.ok || answer.redirected) return;
        const { errors, warnings } = await answer.json();
        touched.forEach((name) => say(name, errors[name] ?? [], warnings[name] ?? []));
      } catch {
        // Said when the form is sent.
      }
    });
  });
})();
