// Keyboard shortcuts of the staff pages: Alt+S saves, Alt+N adds, ? lists them. The list stands in one's own account, with
// the switch that turns them off. Without this file a button's access key works as the browser has it.
"use strict";

(() => {
  const account = document.getElementById("staff-words")?.dataset.account;
  if (!account) return;
  const OFF = "shortcuts-off";
  // Beside the button that adds one row may stand the one that takes in a whole list.
  const ADD = "main a.btn-primary[href$='/add/'], main a.btn-primary[href*='/add/?']";
  const ANY_ADD = ADD.replaceAll("a.btn-primary[", "a.btn:not([href*='/imports/add/'])[");
  let on = true;
  try {
    on = localStorage.getItem(OFF) === null;
  } catch {
    // Where nothing may be stored the switch holds for the page.
  }

  const visible = (element) => element && !element.disabled && element.getClientRects().length > 0;
  // The first that can be seen; in a form, the one of the form somebody is in.
  const keyed = (key) => {
    const all = [...document.querySelectorAll(`main [data-key=${key}]`)].filter(visible);
    return all.find((one) => one.form?.contains(document.activeElement)) ?? all[0];
  };

  const marked = [];
  const mark = (element, key) => {
    if (!element || element.dataset.key) return;
    // One way for every browser, and not twice.
    element.removeAttribute("accesskey");
    element.dataset.key = key;
    marked.push(element);
  };
  document.querySelectorAll("main [accesskey]").forEach((element) => mark(element, element.getAttribute("accesskey").toLowerCase()));
  if (!document.querySelector("main [data-key=n]")) mark(document.querySelector(ADD) || document.querySelector(ANY_ADD), "n");

  const tell = () =>
    marked.forEach((element) => {
      const keys = `Alt+${element.dataset.key.toUpperCase()}`;
      if (on) {
        element.setAttribute("aria-keyshortcuts", keys);
        element.title = keys;
      } else {
        element.removeAttribute("aria-keyshortcuts");
        element.removeAttribute("title");
      }
    });
  tell();

  const setUp = (list) => {
    const box = list.querySelector("input");
    box.checked = on;
    list.hidden = false;
    box.addEventListener("change", () => {
      on = box.checked;
      tell();
      try {
        if (on) localStorage.removeItem(OFF);
        else localStorage.setItem(OFF, "yes");
      } catch {
        // Said above.
      }
    });
  };
  const own = document.getElementById("shortcuts");
  if (own) setUp(own);

  let dialog;
  const open = async () => {
    if (own) return own.scrollIntoView();
    if (!dialog) {
      try {
        const answer = await fetch(account, { headers: { "X-Background": "1" }, redirect: "error" });
        const list = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("shortcuts");
        dialog = document.createElement("dialog");
        dialog.className = "callout m-auto";
        dialog.setAttribute("aria-labelledby", "shortcuts-title");
        dialog.append(document.adoptNode(list));
        setUp(list);
        const close = list.querySelector("[data-close]");
        close.hidden = false;
        close.addEventListener("click", () => dialog.close());
        document.body.append(dialog);
      } catch {
        // Without a connection there is no list.
        dialog = null;
        return;
      }
    }
    if (!dialog.open) dialog.showModal();
  };

  const typing = (target) => target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (!on || event.isComposing || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === "?" && !event.altKey && !typing(event.target)) {
      event.preventDefault();
      open();
      return;
    }
    // The key's place and not its letter: Option makes other letters on a Mac.
    const key = event.altKey && !event.shiftKey && event.code.match(/^Key([A-Z])$/)?.[1].toLowerCase();
    const target = key && keyed(key);
    if (!target) return;
    event.preventDefault();
    // A box tells of its change when it is left.
    document.activeElement?.blur?.();
    target.focus();
    target.click();
  });
})();
