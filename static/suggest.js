// Boxes that choose a record by typing: a list of suggestions under the box, by mouse and by keyboard.
// Without this file the words typed are looked up on the server.
"use strict";

(() => {
  const DELAY = 200;
  let count = 0;

  const set = (box) => {
    const text = box.querySelector("input[type=text]");
    const key = box.querySelector("input[type=hidden]");
    if (!text || box.dataset.ready) return;
    box.dataset.ready = "yes";
    const list = document.createElement("ul");
    list.id = `suggestions-${++count}`;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    box.append(list);
    // The browser's own list, for where there is no script.
    text.removeAttribute("list");
    text.setAttribute("role", "combobox");
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-controls", list.id);
    text.setAttribute("aria-expanded", "false");
    let waiting, asked;
    let chosen = text.value;

    const close = () => {
      list.hidden = true;
      text.setAttribute("aria-expanded", "false");
      text.removeAttribute("aria-activedescendant");
    };
    const options = () => [...list.querySelectorAll("[role=option]")];
    const active = () => list.querySelector("[aria-selected=true]");
    const mark = (option) => {
      active()?.setAttribute("aria-selected", "false");
      option.setAttribute("aria-selected", "true");
      text.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };
    const choose = (option) => {
      text.value = chosen = option.dataset.text;
      key.value = option.dataset.key;
      close();
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.dispatchEvent(new Event("change", { bubbles: true }));
      box.dispatchEvent(new CustomEvent("suggest:chosen", { bubbles: true, detail: { key: key.value, text: chosen } }));
    };
    const show = (results) => {
      list.replaceChildren();
      if (!results.length) {
        const none = document.createElement("li");
        none.className = "muted";
        none.textContent = box.dataset.none;
        list.append(none);
      }
      results.forEach((result, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.key = result.id;
        option.dataset.text = result.text;
        option.textContent = result.text;
        const about = document.createElement("span");
        about.className = "sub";
        about.textContent = result.about;
        option.append(about);
        // Before the box loses the focus.
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(option);
        });
        list.append(option);
      });
      list.hidden = false;
      text.setAttribute("aria-expanded", "true");
    };
    const ask = async () => {
      const words = text.value.trim();
      asked?.abort();
      if (!words) return close();
      asked = new AbortController();
      try {
        const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(words)}`, {
          signal: asked.signal,
          headers: { Accept: "application/json" },
        });
        if (answer.ok && document.activeElement === text) show((await answer.json()).results);
      } catch {
        // Too slow or without a connection: the words are looked up when the form is sent.
      }
    };

    text.addEventListener("input", () => {
      if (text.value === chosen) return;
      chosen = null;
      key.value = "";
      clearTimeout(waiting);
      waiting = setTimeout(ask, DELAY);
    });
    text.addEventListener("keydown", (event) => {
      if (list.hidden) {
        if (event.key === "ArrowDown" && text.value.trim()) {
          event.preventDefault();
          ask();
        }
        return;
      }
      const all = options();
      const at = all.indexOf(active());
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (all.length) mark(all[(at + (event.key === "ArrowDown" ? 1 : all.length - (at < 0 ? 0 : 1))) % all.length]);
      } else if (event.key === "Enter" && active()) {
        event.preventDefault();
        event.stopPropagation();
        choose(active());
      } else if (event.key === "Escape") {
        event.stopPropagation();
        close();
      }
    });
    text.addEventListener("blur", close);
  };

  const setAll = (root) => root.querySelectorAll(".suggest").forEach(set);
  setAll(document);
  // Rows that a script or htmx adds later.
  new MutationObserver((changes) =>
    changes.forEach(({ addedNodes }) =>
      addedNodes.forEach((node) => {
        if (node.nodeType !== 1) return;
        if (node.matches(".suggest")) set(node);
        setAll(node);
      }),
    ),
  ).observe(document.body, { childList: true, subtree: true });
})();
