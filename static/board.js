// A campaign's board: fetched anew every minute while somebody looks at it. Without this file there is "Refresh".
"use strict";

(() => {
  const board = () => document.getElementById("live");
  if (!board()) return;

  const refresh = async () => {
    // Nobody is looking, or somebody is about to follow a link in it.
    if (document.visibilityState !== "visible" || board().contains(document.activeElement)) return;
    try {
      // What the page asks by itself is no sign of the person, so it does not keep the session alive.
      const answer = await fetch(location.href, { headers: { "X-Background": "1" }, redirect: "manual" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (fresh) board().replaceWith(fresh);
    } catch {
      // Without a connection the figures stay as they are, with the time they were read.
    }
  };
  setInterval(refresh, Number(board().dataset.every) * 1000);
})();
