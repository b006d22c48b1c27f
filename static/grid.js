// A grid of a unit's people: a row saves itself when it is left, keys move about, blocks are pasted, fills are undone.
// The form works without this file: its buttons send it whole.
"use strict";

(() => {
  const form = document.querySelector("form[data-grid]");
  const template = document.getElementById("grid-words");
  if (!form || !template) return;
  const words = template.dataset;
  const say = (text, values) => Object.entries(values).reduce((said, [key, value]) => said.replaceAll(`{${key}}`, value), text);
  const mark = (name) => template.content.querySelector(`[data-mark=${name}]`).firstElementChild.cloneNode(true);
  const body = form.querySelector("tbody");
  const rows = [...body.querySelectorAll("tr[data-row]")];
  const columns = [...form.querySelectorAll("thead th[data-col]")].map((cell) => cell.dataset.col);
  const line = form.querySelector("[data-said]");
  const store = `draft:${form.dataset.grid}:${location.pathname}#grid`;
  form.querySelectorAll("[data-script]").forEach((part) => (part.hidden = false));
  document.querySelectorAll("details[data-script]").forEach((part) => {
    part.hidden = false;
    part.open = matchMedia("(min-width: 62rem)").matches;
  });

  // ---- Boxes and rows

  const boxesOf = (row) => columns.map((column) => form.elements[`${row.dataset.row}-${column}`] || null);
  const boxes = (row) => boxesOf(row).filter(Boolean);
  const keyOf = (box) => box.name.slice(box.name.indexOf("-") + 1);
  const isTick = (box) => box.type === "checkbox";
  const textOf = (box) => (isTick(box) ? (box.checked ? "x" : "") : box.value.trim());
  const put = (box, text) => {
    if (isTick(box)) box.checked = !["", "0", "-"].includes(text.trim());
    else if (box.tagName === "SELECT") box.value = [...box.options].find((one) => one.value === text || one.text === text)?.value ?? "";
    else box.value = text;
  };
  const versionOf = (row) => form.elements[`v-${row.dataset.row}`];
  const pickOf = (row) => row.querySelector("input[name=pick]");
  const nameOf = (row) => document.getElementById(`n${row.dataset.row}`).firstElementChild?.textContent || document.getElementById(`n${row.dataset.row}`).textContent.trim();
  // What the register has, for each box.
  const base = new Map();
  rows.forEach((row) =>
    boxes(row).forEach((box) => {
      base.set(box, box.dataset.was ?? textOf(box));
      if (box.type === "text") box.inputMode = "decimal";
    }),
  );
  const isDirty = (row) => boxes(row).some((box) => textOf(box) !== base.get(box));
  const hasError = (row) => boxes(row).some((box) => box.classList.contains("is-invalid"));

  // ---- Numbers as Vietnamese clerks write them; the server reads them again and decides

  const own = words.decimal;
  const group = own === "," ? "." : ",";
  const escaped = (sign) => (sign === "." ? "\\." : sign);
  const whole = new RegExp(`^([0-9]+|[1-9][0-9]{0,2}(?:[${escaped(group)} ][0-9]{3})+)$`);
  const broken = new RegExp(`^([0-9]+|[1-9][0-9]{0,2}(?:[${escaped(group)} ][0-9]{3})+)${escaped(own)}([0-9]+)$`);
  const otherway = new RegExp(`^([0-9]+)${escaped(group)}([0-9]+)$`);
  const twofold = new RegExp(`^[1-9][0-9]{0,2}${escaped(own)}[0-9]{3}$`);
  const TICKS = ["x", "v", "✓", "✔", "☑", "có", "co"];
  const read = (text) => {
    const plain = text.replace(/[\u00a0\u2009\u202f ]+/g, " ").trim();
    if (["", "-", "–", "—"].includes(plain)) return { value: 0, empty: true };
    if (TICKS.includes(plain.toLowerCase())) return { value: 0 };
    if (/^[-−][0-9]/.test(plain)) return { error: words.negative };
    if (twofold.test(plain)) return { error: say(words.ambiguous, { text: plain }) };
    if (whole.test(plain)) return { value: Number(plain.replace(/[^0-9]/g, "")) };
    const match = broken.exec(plain) || otherway.exec(plain);
    return match ? { value: Number(`${match[1].replace(/[^0-9]/g, "")}.${match[2]}`) } : { error: say(words.number, { text: plain.slice(0, 20) }) };
  };
  const spoken = (number) => {
    const [units, part] = String(Math.round(number * 100) / 100).split(".");
    return units.replace(/\B(?=(\d{3})+$)/g, group) + (part ? own + part : "");
  };

  const setError = (box, text) => {
    const id = `e${box.name}`;
    let why = document.getElementById(id);
    box.closest("td").classList.toggle("active", Boolean(text));
    box.classList.toggle("is-invalid", Boolean(text));
    if (!text) {
      why?.remove();
      box.removeAttribute("aria-invalid");
      box.removeAttribute("aria-describedby");
      return;
    }
    if (!why) {
      why = document.createElement("span");
      why.className = "invalid-feedback d-block";
      why.id = id;
      box.closest("td").append(why);
    }
    why.textContent = text;
    box.setAttribute("aria-invalid", "true");
    box.setAttribute("aria-describedby", id);
  };
  const check = (box) => {
    if (isTick(box) || box.tagName === "SELECT") return setError(box, "");
    setError(box, read(box.value).error || "");
  };

  // ---- What the page says: a row's state, counts, totals

  const setState = (row, kind, text, css) => {
    const place = row.querySelector("[data-state]");
    row.served ??= place.innerHTML;
    const state = document.createElement("span");
    state.className = `state ${css}`;
    state.append(mark(kind), ` ${text}`);
    place.replaceChildren(state);
    row.dataset.is = kind;
  };
  const settle = (row, html) => {
    if (html !== undefined) row.served = html;
    if (row.served !== undefined) row.querySelector("[data-state]").innerHTML = row.served;
    delete row.dataset.is;
    delete row.dataset.held;
    row.classList.remove("wrong");
  };
  const show = (row) => {
    const wrong = hasError(row);
    row.classList.toggle("wrong", wrong);
    if (wrong) setState(row, "wrong", words.rowWrong, "is-bad");
    else if (isDirty(row)) setState(row, "unsaved", words.rowUnsaved, "is-warn");
    else settle(row);
    tell();
  };
  const noteOf = (row) => body.querySelector(`tr[data-note="${row.dataset.row}"]`);
  const setNote = (row, html) => {
    noteOf(row)?.remove();
    if (!html) return;
    const note = document.createElement("tr");
    note.className = "note";
    note.dataset.note = row.dataset.row;
    const cell = note.insertCell();
    cell.colSpan = columns.length + 1;
    cell.innerHTML = html;
    cell.setAttribute("role", "alert");
    row.after(note);
  };

  const tell = () => {
    const all = [...body.querySelectorAll("tr[data-row]")];
    const wrong = all.filter((row) => row.dataset.is === "wrong");
    const counts = {
      saved: all.filter((row) => !row.dataset.is && row.querySelector("[data-state] .is-ok")).length,
      sending: all.filter((row) => row.dataset.is === "sending").length,
      unsaved: all.filter((row) => row.dataset.is === "unsaved").length,
      wrong: wrong.length,
    };
    Object.entries(counts).forEach(([name, n]) => {
      const place = form.querySelector(`[data-count=${name}]`);
      place.hidden = !n;
      place.lastElementChild.textContent = say(words[`n${name[0].toUpperCase()}${name.slice(1)}`], { n });
    });
    const status = form.querySelector("[data-unsaved]");
    const said = [counts.unsaved && say(words.rowsUnsaved, { n: counts.unsaved }), wrong.length && say(words.rowsWrong, { n: wrong.length })];
    const text = document.createElement("b");
    text.textContent = said.filter(Boolean).join(" ");
    status.replaceChildren(text);
    const bad = wrong.map((row) => row.querySelector(".is-invalid") || pickOf(row)).find(Boolean);
    if (bad) {
      const link = document.createElement("a");
      link.href = "#";
      link.textContent = say(words.toWrong, { name: nameOf(bad.closest("tr")) });
      link.addEventListener("click", (event) => {
        event.preventDefault();
        bad.focus();
      });
      status.append(" ", link);
    }
    totals();
    keep();
  };
  const totals = () => {
    columns.forEach((column) => {
      const cell = form.querySelector(`[data-total="${column}"]`);
      if (!cell?.textContent && cell?.dataset.live !== "yes") return;
      cell.dataset.live = "yes";
      const sum = rows.reduce((total, row) => {
        const box = form.elements[`${row.dataset.row}-${column}`];
        if (!box) return total;
        return total + (isTick(box) ? Number(box.checked) : read(box.value).value || 0);
      }, Number(cell.dataset.rest));
      cell.textContent = spoken(sum);
    });
  };

  // ---- What is typed outlives the page until it is saved

  const keep = () => {
    const typed = {};
    rows.filter(isDirty).forEach((row) => {
      typed[row.dataset.row] = [versionOf(row).value, Object.fromEntries(boxes(row).map((box) => [keyOf(box), textOf(box)]))];
    });
    try {
      if (Object.keys(typed).length) sessionStorage.setItem(store, JSON.stringify(typed));
      else sessionStorage.removeItem(store);
    } catch {
      // A full or forbidden store only means that nothing is kept.
    }
  };
  const restore = () => {
    let typed = null;
    try {
      typed = JSON.parse(sessionStorage.getItem(store));
    } catch {
      typed = null;
    }
    let found = false;
    rows.forEach((row) => {
      const [version, cells] = typed?.[row.dataset.row] || [];
      if (!cells || isDirty(row)) return;
      boxes(row).forEach((box) => keyOf(box) in cells && put(box, cells[keyOf(box)]));
      if (!isDirty(row)) return;
      // What others saved meanwhile must still be told.
      versionOf(row).value = version;
      row.dataset.held = "yes";
      boxes(row).forEach(check);
      show(row);
      found = true;
    });
    if (found) line.textContent = words.restored;
  };

  // ---- Saving

  const freshToken = async () => {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const token = page.querySelector("form[data-grid] [name=csrfmiddlewaretoken]");
    if (token) form.elements.csrfmiddlewaretoken.value = token.value;
    return Boolean(token);
  };
  const post = async (sent, again = true) => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    sent.forEach((row) => {
      data.set(versionOf(row).name, versionOf(row).value);
      boxes(row).forEach((box) => textOf(box) && data.set(box.name, textOf(box)));
    });
    const response = await fetch(location.href, { method: "POST", body: data, headers: { Accept: "application/json" } });
    // Signing in anew in another tab changes the token.
    if (response.status === 403 && again && (await freshToken())) return post(sent, false);
    if (response.redirected || response.status === 403) throw new Error("signed out");
    if (!response.ok || !response.headers.get("Content-Type")?.includes("json")) throw new Error("no answer");
    return response.json();
  };
  const save = async (asked) => {
    // A row that a colleague changed meanwhile waits for its question to be answered, also where all are saved.
    const free = asked.filter((row) => row.dataset.is !== "sending" && !noteOf(row));
    const sent = free.filter((row) => isDirty(row) || row.dataset.is === "unsaved" || row.dataset.held);
    sent.forEach((row) => boxes(row).forEach(check));
    const ready = sent.filter((row) => !hasError(row));
    sent.filter(hasError).forEach(show);
    if (!ready.length) return tell();
    const typed = new Map();
    ready.forEach((row) => {
      boxes(row).forEach((box) => typed.set(box, textOf(box)));
      setState(row, "sending", words.rowSending, "");
      row.dataset.is = "sending";
    });
    tell();
    let answer;
    try {
      answer = await post(ready);
    } catch (failure) {
      const text = navigator.onLine && failure.message !== "Failed to fetch" ? words.rowFailed : words.rowOffline;
      ready.forEach((row) => setState(row, "unsaved", text, "is-warn"));
      if (failure.message === "signed out") signedOut();
      return tell();
    }
    ready.forEach((row) => {
      const told = answer.rows.find((one) => String(one.id) === row.dataset.row);
      if (told) take(row, told, typed);
      else setState(row, "unsaved", words.rowFailed, "is-warn");
    });
    document.querySelector("[data-figures]").innerHTML = answer.figures;
    // "Nothing is saved yet" held for these rows only.
    if (!rows.some((row) => row.dataset.held)) line.textContent = "";
    tell();
  };
  const take = (row, told, typed) => {
    setNote(row, told.note);
    if (told.outcome === "wrong") {
      boxes(row).forEach((box) => setError(box, told.errors[keyOf(box)] || ""));
      settle(row, undefined);
      row.classList.add("wrong");
      return setState(row, "wrong", words.rowWrong, "is-bad");
    }
    versionOf(row).value = told.version;
    boxes(row).forEach((box) => {
      const text = told.cells[keyOf(box)] ?? "";
      base.set(box, text);
      if (["saved", "same"].includes(told.outcome) && textOf(box) === typed.get(box)) put(box, text);
    });
    if (["saved", "same"].includes(told.outcome)) {
      settle(row, told.state);
      // Typed on while it was being saved.
      if (isDirty(row)) show(row);
      return;
    }
    const served = row.served;
    row.querySelector("[data-state]").innerHTML = told.state;
    row.served = served;
    row.dataset.is = "wrong";
    row.classList.add("wrong");
  };
  const signedOut = () => {
    const link = document.createElement("a");
    link.href = words.signInUrl;
    link.target = "_blank";
    link.textContent = words.signIn;
    line.replaceChildren(`${words.signedOut} `, link);
    line.scrollIntoView({ block: "center" });
  };
  const undoRow = (row) => {
    boxes(row).forEach((box) => {
      put(box, base.get(box));
      setError(box, "");
    });
    setNote(row, "");
    settle(row);
    tell();
  };

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.name === "take" || button?.dataset.keep || button?.name === "fill" || !button || button.name === "save") event.preventDefault();
    if (button?.name === "fill") return fill();
    const row = rows.find((one) => one.dataset.row === (button?.value || button?.dataset.keep) || one.dataset.row === button?.dataset.keep);
    if (button?.name === "take" && row) {
      undoRow(row);
      boxes(row)[0]?.focus();
    } else if (button?.dataset.keep && row) {
      setNote(row, "");
      row.dataset.held = "yes";
      save([row]);
    } else save(rows);
  });
  body.addEventListener("focusout", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row || row.contains(event.relatedTarget) || row.dataset.held || noteOf(row)) return;
    if (isDirty(row) && row.dataset.is !== "sending") save([row]);
  });
  addEventListener("online", () => save(rows.filter((row) => row.dataset.is === "unsaved" && !row.dataset.held)));
  addEventListener("beforeunload", (event) => {
    if (rows.some((row) => row.dataset.is === "sending")) event.preventDefault();
  });
  form.addEventListener("input", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row || event.target.name === "pick") return;
    setError(event.target, "");
    if (row.dataset.is !== "sending") show(row);
    else totals();
  });
  body.addEventListener("change", (event) => {
    if (event.target.name === "pick") return picks();
    if (columns.includes(keyOf(event.target))) {
      check(event.target);
      show(event.target.closest("tr"));
    }
  });

  // ---- Keys

  const go = (box, down, right) => {
    const live = rows.filter((row) => boxes(row).length);
    const row = box.closest("tr");
    let at = live.indexOf(row);
    let column = columns.indexOf(keyOf(box));
    if (right) {
      do column += right;
      while (column >= 0 && column < columns.length && !boxesOf(row)[column]);
    } else at += down;
    // Of results a person has a box for what was chosen only: going down leads to the next person all the same.
    const target = live[at] && (boxesOf(live[at])[column] || (down && boxes(live[at])[0]));
    if (!target) return false;
    target.focus();
    if (target.select) target.select();
    return true;
  };
  // As in a spreadsheet, Enter after Tab goes back to the column in which the row was begun.
  let begun = null;
  body.addEventListener("pointerdown", () => (begun = null));
  const firstOf = (box) => boxes(box.closest("tr")).find((one) => one === begun || one === box);
  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  body.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!box.name || !columns.includes(keyOf(box)) || event.isComposing) return;
    const row = box.closest("tr");
    if (event.key === "Enter") {
      event.preventDefault();
      delete row.dataset.held;
      if (isDirty(row)) save([row]);
      if (!go(firstOf(box), 1, 0)) box.select?.();
      begun = null;
    } else if (event.key === "Tab") {
      if (begun?.closest("tr") !== row) begun = box;
    } else if (event.key === "Escape") {
      event.preventDefault();
      undoRow(row);
      box.select?.();
    } else if (event.altKey && ARROWS[event.key]) {
      event.preventDefault();
      begun = null;
      go(box, ...ARROWS[event.key]);
    }
  });

  // ---- Many boxes at once: nothing of it is saved until Enter or Save all, and it can be undone

  const many = (changes, said) => {
    const touched = new Map();
    changes.forEach(([box, text]) => {
      touched.set(box, textOf(box));
      put(box, text);
      check(box);
    });
    new Set(changes.map(([box]) => box.closest("tr"))).forEach((row) => {
      if (isDirty(row)) row.dataset.held = "yes";
      show(row);
    });
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "btn btn-sm ms-2";
    undo.textContent = words.undo;
    undo.addEventListener("click", () => {
      touched.forEach((text, box) => {
        put(box, text);
        check(box);
      });
      new Set([...touched.keys()].map((box) => box.closest("tr"))).forEach((row) => {
        if (!isDirty(row)) delete row.dataset.held;
        show(row);
      });
      line.textContent = words.undone;
    });
    line.replaceChildren(said, undo);
  };
  body.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") || "";
    const box = event.target;
    if (!/[\t\n]/.test(text.replace(/\r?\n$/, "")) || !columns.includes(keyOf(box))) return;
    event.preventDefault();
    const live = rows.filter((row) => boxes(row).length);
    const [top, left] = [live.indexOf(box.closest("tr")), columns.indexOf(keyOf(box))];
    const changes = [];
    let over = 0;
    text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((cells, down) => {
      cells.split("\t").forEach((cell, right) => {
        const target = live[top + down] && boxesOf(live[top + down])[left + right];
        if (target) changes.push([target, cell.trim()]);
        else if (cell.trim()) over += 1;
      });
    });
    const said = [say(words.pasted, { n: changes.length }), over && say(words.leftOver, { n: over })];
    many(changes, said.filter(Boolean).join(" "));
  });
  const panel = form.querySelector("[data-fill]");
  const picked = () => rows.filter((row) => pickOf(row)?.checked);
  const picks = () => {
    const n = picked().length;
    rows.forEach((row) => row.classList.toggle("picked", Boolean(pickOf(row)?.checked)));
    if (!panel.dataset.fill) {
      panel.querySelector("[data-fill-label]").textContent = say(words.fill, { n });
      panel.querySelector("[name=fill]").textContent = say(words.fillButton, { n });
    }
    panel.querySelector("[data-pick-all]").textContent = n === rows.length ? words.pickNone : say(words.pickAll, { n: rows.length });
  };
  panel.querySelector("[data-pick-all]").addEventListener("click", () => {
    const all = picked().length !== rows.length;
    rows.forEach((row) => (pickOf(row).checked = all));
    picks();
  });
  const fill = () => {
    const chosen = picked();
    if (!chosen.length) return void (line.textContent = words.nothingToFill);
    const said = say(words.filled, { n: chosen.length });
    if (panel.dataset.fill === "pledged") {
      many(chosen.flatMap((row) => boxes(row).filter((box) => box.dataset.pledged).map((box) => [box, box.dataset.pledged])), said);
      return;
    }
    const column = form.elements.fill_activity.value;
    const quantity = form.elements.fill_quantity;
    const targets = chosen.map((row) => form.elements[`${row.dataset.row}-${column}`]);
    const error = isTick(targets[0]) ? "" : read(quantity.value).error || (read(quantity.value).empty && say(words.number, { text: "" }));
    if (error) {
      line.textContent = error;
      return quantity.focus();
    }
    many(targets.map((box) => [box, isTick(box) ? "x" : quantity.value]), said);
  };

  rows.forEach((row) => {
    if (row.dataset.held && !noteOf(row) && !hasError(row)) show(row);
    else if (row.classList.contains("wrong") || noteOf(row)) row.dataset.is = "wrong";
  });
  restore();
  picks();
  tell();
})();
