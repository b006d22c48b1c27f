// Pages of imports. What a mend did is said where it was made; work that died begins anew by itself.
// Every page works without this file.
"use strict";

(() => {
  // A mend leads back to its section, which is far below the head of the page where messages stand.
  const place = location.hash && document.getElementById(location.hash.slice(1));
  const said = document.querySelectorAll("main > .callout[role=status], main > .callout[role=alert]");
  if (place && place.matches("main h2") && said.length) {
    place.after(...said);
    place.scrollIntoView();
  }

  // What died on the way is said, and then begun anew.
  const resume = () => {
    const form = document.querySelector("form[data-resume]:not([data-sent])");
    if (form) setTimeout(() => form.isConnected && form.requestSubmit(), 1500);
  };
  resume();
  document.addEventListener("htmx:afterSwap", resume);
})();
