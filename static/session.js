// The session of an open page: somebody at work stays signed in, a warning comes before the end, and when it has ended
// the page and what was typed on it stay. Without this file the next page simply asks to sign in.
"use strict";

(() => {
  const dialog = document.getElementById("session");
  if (!dialog) return;
  const { state, login, user, minutes } = dialog.dataset;
  const WARN_MS = 120_000;
  const SPOKEN = [120, 60, 30, 10];
  const clock = dialog.querySelector("[data-clock]");
  const spoken = dialog.querySelector("[data-spoken]");
  const full = Number(dialog.dataset.left) * 1000;
  let ends = Date.now() + full;
  let heard = Date.now();
  let active = 0;
  let ended = false;
  let asking = false;

  const show = (part) => {
    dialog.querySelectorAll("[data-part]").forEach((one) => (one.hidden = one.dataset.part !== part));
    dialog.setAttribute("aria-labelledby", "session-title");
    const heading = dialog.querySelector(`[data-part="${part}"] h2`);
    dialog.querySelector("#session-title")?.removeAttribute("id");
    heading.id = "session-title";
    if (!dialog.open) dialog.showModal();
  };

  const hide = () => dialog.open && dialog.close();

  // A new sign-in in another tab gives out a new token; the forms of this page take it over.
  const renew = (token) => {
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => (field.value = token));
    const headers = document.querySelector("[hx-headers]");
    if (headers?.getAttribute("hx-headers").includes("X-CSRFToken")) {
      headers.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    }
  };

  const over = () => {
    ended = true;
    dialog.querySelector("[data-again]").href = `${login}?next=${encodeURIComponent(location.pathname + location.search)}`;
    show("over");
  };

  const take = (answer) => {
    renew(answer.token);
    if (answer.left <= 0) return over();
    if (String(answer.user) !== user) return show("other");
    ends = Date.now() + answer.left * 1000;
    heard = Date.now();
    ended = false;
    if (answer.left * 1000 > WARN_MS) hide();
  };

  // Asking does not keep the session alive; saying that somebody is there does.
  const ask = async (method) => {
    if (asking) return;
    asking = true;
    const token = dialog.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = method === "POST" ? { "X-CSRFToken": token } : { "X-Background": "1" };
    try {
      const answer = await fetch(state, { method, headers, credentials: "same-origin", cache: "no-store" });
      if (answer.ok) take(await answer.json());
      else if (method === "POST") {
        asking = false;
        await ask("GET");
      }
    } catch {
      // No connection: this page's own clock goes on.
    } finally {
      asking = false;
    }
  };

  const tell = (left) => {
    const seconds = Math.max(0, Math.ceil(left / 1000));
    const text = minutes.replace("[m]", Math.floor(seconds / 60)).replace("[s]", seconds % 60);
    clock.textContent = text;
    const next = SPOKEN.filter((one) => one >= seconds).pop();
    if (next && spoken.dataset.at !== String(next)) {
      spoken.dataset.at = next;
      spoken.textContent = text;
    }
  };

  const tick = async () => {
    if (ended) return;
    let left = ends - Date.now();
    // Somebody types or points: said to the server now and then, at the latest before the warning would come.
    if (active > heard && (Date.now() - heard > full / 6 || left < WARN_MS * 1.5) && !dialog.open) {
      await ask("POST");
    } else if (left < WARN_MS && !dialog.open) {
      // Work in another tab keeps the session too, so the server is asked first.
      await ask("GET");
      left = ends - Date.now();
      if (left < WARN_MS && !ended && !dialog.open) show("warning");
    } else if (left <= 0) {
      await ask("GET");
      if (ends - Date.now() <= 0) over();
    }
    if (dialog.open && !ended) tell(ends - Date.now());
  };

  ["keydown", "pointerdown", "wheel", "input"].forEach((kind) =>
    document.addEventListener(kind, () => !dialog.open && (active = Date.now()), { passive: true, capture: true }),
  );
  dialog.querySelector("[data-stay]").addEventListener("submit", (event) => {
    event.preventDefault();
    ask("POST").then(() => !ended && hide());
  });
  dialog.querySelectorAll("[data-close]").forEach((button) => button.addEventListener("click", hide));
  // A computer that slept, a tab that comes back, a page out of the Back cache: things may have changed meanwhile.
  const back = () => document.visibilityState === "visible" && Date.now() - heard > 5_000 && ask("GET");
  document.addEventListener("visibilitychange", back);
  window.addEventListener("pageshow", (event) => event.persisted && ask("GET"));
  setInterval(tick, 1000);
})();
