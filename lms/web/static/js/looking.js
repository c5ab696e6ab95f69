// On a page with a bar that fills: looks again every few seconds, and shows how far it is by now.
//
// Without it the page says the same when "Look again" is pressed. A screen reader is told every tenth, and not each time.
(() => {
  "use strict";

  const NEXT = 3000;
  const LATER = 30000;
  const bar = document.getElementById("bar");
  const said = document.getElementById("said");
  const tenth = () => Math.floor((10 * bar.value) / bar.max);
  let told = tenth();

  async function look() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return LATER;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("bar");
    if (!now) {
      location.reload(); // it has ended
      return LATER;
    }
    bar.value = now.value;
    document.getElementById("far").textContent = page.getElementById("far").textContent;
    document.title = page.title;
    if (tenth() > told) {
      told = tenth();
      said.textContent = page.getElementById("far").textContent;
    }
    return NEXT;
  }

  function wait(ms) {
    setTimeout(() => {
      if (document.hidden) wait(NEXT);
      else look().then(wait, () => wait(LATER));
    }, ms);
  }

  wait(NEXT);
})();
