// Staff pages: a form is sent once, nothing typed is lost, a lost connection is said in words.
// Every page works without this file.
"use strict";

(() => {
  const words = document.getElementById("staff-words")?.dataset;
  if (!words) return;
  const PREFIX = `draft:${words.user}:`;
  const SKIPPED = new Set(["csrfmiddlewaretoken", "once", "version"]);
  const forms = [...document.querySelectorAll("main form[method=post]:not([data-unkept])")];

  // ---- What is typed is kept in this tab until a page says that it was saved.

  const keyOf = (form) => PREFIX + location.pathname + "#" + (form.id || form.getAttribute("action") || forms.indexOf(form));
  const read = (key) => {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const write = (key, value) => {
    try {
      sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
      // A full or forbidden store only means that nothing is kept.
    }
  };
  const kept = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));

  const fieldsOf = (form) =>
    [...form.elements].filter(
      (field) => field.name && !SKIPPED.has(field.name) && !["file", "password", "submit", "button", "fieldset"].includes(field.type),
    );
  const valuesOf = (form) =>
    fieldsOf(form).map((field) => [
      field.name,
      field.type === "checkbox" || field.type === "radio" ? [field.value, field.checked] : field.value,
    ]);
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const fill = (form, values) => {
    const fields = fieldsOf(form);
    if (!same(fields.map((field) => field.name), values.map(([name]) => name))) return false;
    fields.forEach((field, index) => {
      const value = values[index][1];
      if (Array.isArray(value)) field.checked = value[1];
      else field.value = value;
    });
    return true;
  };

  const notice = (form, text, role) => {
    const box = document.createElement("div");
    box.className = "callout warn";
    box.setAttribute("role", role);
    const line = document.createElement("p");
    line.textContent = text + " ";
    box.append(line);
    form.before(box);
    return line;
  };

  const cameFromSignIn = document.referrer.startsWith(location.origin + "/accounts/");
  if (document.querySelector("[data-saved]") && !cameFromSignIn) {
    kept()
      .filter((key) => read(key)?.sent)
      .forEach((key) => sessionStorage.removeItem(key));
  }

  const typed = new WeakMap();
  forms.forEach((form) => {
    const key = keyOf(form);
    const fresh = valuesOf(form);
    typed.set(form, fresh);
    const draft = read(key);
    const answered = form.querySelector(".has-error, .is-invalid") || document.querySelector(".callout.is-bad");
    if (draft && answered) {
      write(key, { ...draft, sent: false });
    } else if (draft && !same(draft.values, fresh) && fill(form, draft.values)) {
      const line = notice(form, words.restored, "status");
      const away = document.createElement("button");
      away.type = "button";
      away.className = "btn btn-sm";
      away.textContent = words.throwAway;
      away.addEventListener("click", () => {
        sessionStorage.removeItem(key);
        fill(form, fresh);
        line.parentElement.remove();
        form.dispatchEvent(new CustomEvent("staff:filled", { bubbles: true }));
      });
      line.append(away);
      form.dispatchEvent(new CustomEvent("staff:filled", { bubbles: true }));
    }
    let waiting;
    const keep = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const values = valuesOf(form);
        if (same(values, fresh)) sessionStorage.removeItem(key);
        else write(key, { values, sent: false });
      }, 300);
    };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
  });

  // ---- A form is sent once, and not into the void.

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      form.querySelector("[data-offline]")?.remove();
      notice(form, words.offline, "alert").parentElement.scrollIntoView({ block: "center" });
      return;
    }
    if (forms.includes(form)) {
      const values = valuesOf(form);
      if (!same(values, typed.get(form))) write(keyOf(form), { values, sent: true });
    }
    // Fields added by a script after the page came are sent as they are; only the button changes.
    form.dataset.sent = "yes";
    const button = event.submitter;
    setTimeout(() => {
      [...form.elements].filter((field) => field.type === "submit").forEach((field) => (field.disabled = true));
      if (button) {
        button.dataset.words = button.textContent;
        button.textContent = words.sending;
        button.setAttribute("aria-busy", "true");
      }
    });
  });

  // Back shows the page as it was left: its form may be sent again, the server knows what was sent already.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      [...form.elements].filter((field) => field.type === "submit").forEach((field) => {
        field.disabled = false;
        if (field.dataset.words) field.textContent = field.dataset.words;
        field.removeAttribute("aria-busy");
      });
    });
  });

  document.querySelector(".callout.is-bad[tabindex]")?.focus();
})();
