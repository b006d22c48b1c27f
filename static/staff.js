// Staff pages: nothing typed is lost, a form is sent once, a lost connection is said in words.
// Every page works without this file.
"use strict";

(() => {
  const words = document.getElementById("staff-words")?.dataset;
  if (!words) return;
  // Of this tab: what is typed in each form, what was sent last, what was sent and saved.
  const DRAFT = `draft:${words.user}:`;
  const LAST = `last:${words.user}:`;
  const DONE = `done:${words.user}:`;
  const OURS = /^(draft|last|done):/;
  const PAUSE_MS = 300;
  // No session lasts longer.
  const KEPT_MS = 12 * 60 * 60 * 1000;
  const PATIENCE_MS = 20_000;
  const DOWNLOAD_MS = 2_000;
  const forms = [...document.querySelectorAll("main form[method=post]:not([data-unkept], [data-download])")];

  // ---- The tab's memory

  const stored = () => {
    try {
      return Object.keys(sessionStorage).filter((key) => OURS.test(key));
    } catch {
      return [];
    }
  };
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
      return true;
    } catch {
      return false;
    }
  };
  const forget = (key) => {
    try {
      sessionStorage.removeItem(key);
    } catch {
      // A forbidden store holds nothing.
    }
  };
  // Whoever signs in here next must not find what another person typed.
  if (words.user) {
    stored()
      .filter((key) => key.split(":")[1] !== words.user)
      .forEach(forget);
  }

  // ---- A form and what stands in it

  const pathOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
  // The same for the page a form stands on and for the page that shows it again with errors.
  const nameOf = (form) => `${pathOf(form)}#${form.id || forms.filter((one) => pathOf(one) === pathOf(form)).indexOf(form)}`;
  const isChoice = (field) => field.type === "checkbox" || field.type === "radio";
  const UNTYPED = new Set(["file", "password", "submit", "button", "reset", "image", "fieldset", "output"]);
  // Hidden fields are the server's, but for the key that a suggestion sets.
  const fieldsOf = (form) =>
    [...form.elements].filter(
      (field) => field.name && !UNTYPED.has(field.type) && (field.type !== "hidden" || field.name.endsWith("_key")),
    );
  const valueOf = (field) => {
    if (isChoice(field)) return [field.value, field.checked];
    return field.type === "select-multiple" ? [...field.selectedOptions].map((option) => option.value) : field.value;
  };
  // What the server wrote; the browser may have put something else there already.
  const servedOf = (field) => {
    if (isChoice(field)) return [field.value, field.defaultChecked];
    if (field.options) {
      const chosen = [...field.options].filter((option) => option.defaultSelected).map((option) => option.value);
      if (field.type === "select-multiple") return chosen;
      return chosen.pop() ?? [...field.options].find((option) => !option.disabled)?.value ?? "";
    }
    if (field.tagName === "TEXTAREA") return field.defaultValue;
    return Object.assign(document.createElement("input"), { type: field.type, value: field.defaultValue }).value;
  };
  const valuesOf = (form, value = valueOf) => fieldsOf(form).map((field) => [field.name, value(field)]);
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  // Which record each row of a form set is of.
  const rowsOf = (form) =>
    [...form.elements].filter((field) => field.type === "hidden" && /-\d+-id$/.test(field.name)).map((field) => [field.name, field.value]);
  const hidden = (form, name) => [...form.elements].find((field) => field.name === name && field.type === "hidden");

  const put = (field, value) => {
    if (field.type === "select-multiple") [...field.options].forEach((option) => (option.selected = value.includes(option.value)));
    else field.value = value;
  };
  // Fields are found by name: the page may have more or fewer of them by now, and its rows may be of other records.
  const fill = (form, values, rows) => {
    const waiting = new Map();
    values.forEach(([name, value]) => waiting.set(name, [...(waiting.get(name) ?? []), value]));
    const now = new Map(rowsOf(form));
    const then = new Map(rows);
    fieldsOf(form).forEach((field) => {
      const row = field.name.match(/^(.+-\d+)-/);
      const of = row && `${row[1]}-id`;
      const queue = waiting.get(field.name);
      if (!queue || (row && now.get(of) !== then.get(of))) return;
      if (isChoice(field)) {
        const kept = queue.find(([value]) => value === field.value);
        if (kept) field.checked = kept[1];
      } else if (queue.length) put(field, queue.shift());
    });
    form.dispatchEvent(new CustomEvent("staff:filled", { bubbles: true }));
  };

  const notices = new WeakMap();
  const notice = (form, text, role) => {
    notices.get(form)?.remove();
    const box = document.createElement("div");
    box.className = "callout warn";
    box.setAttribute("role", role);
    const line = document.createElement("p");
    line.textContent = `${text} `;
    box.append(line);
    form.before(box);
    notices.set(form, box);
    if (role === "alert") box.scrollIntoView({ block: "center" });
    return line;
  };

  // ---- What was saved need not be kept

  const last = read(LAST);
  const saved = document.querySelector("[data-saved]");
  // Signing in says something too, but saves nothing.
  if (saved && last && !document.referrer.startsWith(`${location.origin}/accounts/`)) {
    const repeated = saved.dataset.saved === "already";
    // Where something else was sent the first time, this has not been saved.
    if (last.name && !(repeated && last.changed)) forget(DRAFT + last.name);
    if (last.name && last.once && !repeated) write(DONE + last.name, { once: last.once, digest: last.digest });
    forget(LAST);
  }

  // ---- What is typed is kept in this tab until it is saved

  const unkept = new Set();
  const flushes = new Map();

  const keep = (form, base) => {
    const key = DRAFT + nameOf(form);
    const values = valuesOf(form);
    unkept.delete(form);
    if (base && same(values, base)) return forget(key);
    const draft = { values, rows: rowsOf(form), at: Date.now() };
    ["once", "version"].forEach((name) => (draft[name] = hidden(form, name)?.value));
    if (!write(key, draft)) unkept.add(form);
  };

  // The page as it was opened goes with what was typed on it: the server can then tell a colleague's changes apart, and
  // a form that may have arrived after all is not taken for a new one.
  const restore = (form, draft, served) => {
    const own = ["once", "version"].map((name) => [hidden(form, name), hidden(form, name)?.value]);
    own.forEach(([field]) => field && draft[field.name] && (field.value = draft[field.name]));
    fill(form, draft.values, draft.rows);
    const again = form.querySelector("input[type=file]") ? ` ${words.filesAgain}` : "";
    const line = notice(form, words.restored + again, "status");
    const away = document.createElement("button");
    away.type = "button";
    away.className = "btn btn-sm";
    away.textContent = words.throwAway;
    away.addEventListener("click", () => {
      own.forEach(([field, value]) => field && (field.value = value));
      forget(DRAFT + nameOf(form));
      fill(form, served, rowsOf(form));
      notices.get(form)?.remove();
      form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
    line.append(away);
  };

  forms.forEach((form) => {
    const key = DRAFT + nameOf(form);
    const served = valuesOf(form, servedOf);
    let draft = read(key);
    let base = served;
    if (draft && Date.now() - draft.at > KEPT_MS) {
      forget(key);
      draft = null;
    }
    if (draft && words.method === "POST" && last?.name === nameOf(form)) {
      // The server shows what it did not take: still not saved, however little is changed now.
      base = null;
      keep(form, base);
    } else if (draft && !same(draft.values, served)) {
      restore(form, draft, served);
    }
    let waiting;
    flushes.set(form, (wanted = true) => {
      if (waiting && wanted) keep(form, base);
      clearTimeout(waiting);
      waiting = null;
    });
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => flushes.get(form)(), PAUSE_MS);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
  });

  const flushAll = () => flushes.forEach((flush, form) => form.dataset.sent || flush());
  window.addEventListener("pagehide", flushAll);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flushAll());
  // Only where the browser would not keep it must somebody be held back.
  window.addEventListener("beforeunload", (event) => {
    flushAll();
    if ([...unkept].some((form) => !form.dataset.sent)) event.preventDefault();
  });

  // ---- A form is sent once, and not into the void

  // Sent again after Back, the same is one act and something else another; the server tells them apart by the token.
  let wentBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const digestOf = (form) => {
    const files = [...form.elements].flatMap((field) => [...(field.files ?? [])].map((file) => [file.name, file.size, file.lastModified]));
    const text = JSON.stringify([valuesOf(form), files]);
    let sum = 0;
    for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
    return `${text.length}:${sum}`;
  };
  const newToken = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const remember = (form) => {
    if (!forms.includes(form)) return write(LAST, {});
    const name = nameOf(form);
    const token = hidden(form, "once");
    const digest = digestOf(form);
    const done = read(DONE + name);
    if (token && done) {
      if (wentBack && digest === done.digest) token.value = done.once;
      else if (token.value === done.once && digest !== done.digest) token.value = newToken();
    }
    const before = read(LAST);
    const changed = !!token && before?.once === token.value && (before.changed || before.digest !== digest);
    write(LAST, { name, once: token?.value, digest, changed });
    // Whatever becomes of it, it is there until a page says that it was saved.
    if (read(DRAFT + name) || !same(valuesOf(form), valuesOf(form, servedOf))) keep(form, null);
  };

  const tooLarge = (form) => {
    const files = [...form.elements].flatMap((field) => [...(field.files ?? [])]);
    return files.reduce((sum, file) => sum + file.size, 0) > Number(words.mostBytes);
  };
  const faces = new WeakMap();
  const buttonsOf = (form) => [...form.elements].filter((field) => field.type === "submit");
  const release = (form) => {
    delete form.dataset.sent;
    buttonsOf(form).forEach((button) => {
      button.disabled = false;
      button.removeAttribute("aria-busy");
      if (faces.has(button)) button.replaceChildren(...faces.get(button));
      faces.delete(button);
    });
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    if (pathOf(form) === words.signOut && stored().some((key) => key.startsWith(DRAFT))) {
      if (!window.confirm(words.signOutLoses)) return event.preventDefault();
      stored().forEach(forget);
    }
    const refusal = !navigator.onLine ? words.offline : tooLarge(form) ? words.tooLarge : "";
    if (refusal) {
      event.preventDefault();
      flushes.get(form)?.();
      const box = notice(form, refusal, "alert").parentElement;
      if (!navigator.onLine) box.dataset.offline = "yes";
      return;
    }
    flushes.get(form)?.(false);
    remember(form);
    // Tells a server that asks to sign in again that nothing is lost.
    if (forms.includes(form)) form.addEventListener("formdata", (sent) => sent.formData.set("kept", "yes"), { once: true });
    form.dataset.sent = "yes";
    const button = event.submitter;
    // A disabled button would not be sent with the form.
    setTimeout(() => {
      buttonsOf(form).forEach((field) => (field.disabled = true));
      if (!button) return;
      button.dataset.words = button.textContent;
      faces.set(button, [...button.childNodes]);
      button.textContent = words.sending;
      button.setAttribute("aria-busy", "true");
    });
    // Stopped by hand, no answer, or a download that leaves the page as it is: no dead buttons.
    const downloads = "download" in form.dataset;
    setTimeout(
      () => {
        if (!form.dataset.sent) return;
        release(form);
        if (!downloads) notice(form, words.slow, "alert");
      },
      downloads ? DOWNLOAD_MS : PATIENCE_MS,
    );
  });

  window.addEventListener("online", () =>
    document.querySelectorAll("[data-offline] p").forEach((line) => (line.textContent = words.online)),
  );

  // Back may show the page as it was left; what was sent from it is known to the server.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    wentBack = true;
    document.querySelectorAll("form[data-sent]").forEach(release);
  });

  document.querySelector(".callout.is-bad[tabindex]")?.focus();
})();
