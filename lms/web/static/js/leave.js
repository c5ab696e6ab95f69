// "Leave this page": at once, by the link or by pressing Shift three times. Loaded before a page that asks for it is shown.
//
// The page is covered, and the other site takes its place in the tab's history. The tab remembers that she left: whoever goes
// back to an earlier page of ours comes to the other site again. Coming by a link or an address is a new beginning.
(() => {
  "use strict";

  const WORDS = {
    how: "You can also press the Shift key three times.",
    more: "Press Shift {n} more times to leave.",
    last: "Press Shift once more to leave.",
    stopped: "You are still here.",
  };
  const TIMES = 3;
  const PATIENCE = 5_000; // milliseconds from the first press to the last
  const NAME = "left";
  const root = document.documentElement;

  // A browser may refuse to remember: then going back shows the page, and everything else works.
  const remembered = (work) => { try { return work(sessionStorage); } catch { return null; } };

  function cover() {
    root.style.visibility = "hidden";
  }

  function leave(to) {
    cover();
    if ("speechSynthesis" in window) speechSynthesis.cancel();
    document.title = new URL(to).hostname;
    remembered((tab) => tab.setItem(NAME, to));
    location.replace(to);
  }

  // Going back

  const cameBack = () => (performance.getEntriesByType("navigation")[0] || {}).type === "back_forward";
  const left = () => remembered((tab) => tab.getItem(NAME));

  if (left() && cameBack()) leave(left());
  else remembered((tab) => tab.removeItem(NAME));

  // A page that a browser keeps whole, to show it again when somebody goes back, it keeps covered.
  // Nor is a page of somebody's shown again as it stood: she may have signed out since, or closed her account.
  const hers = () => document.querySelector("#phone[data-person]:not([data-person=''])");
  addEventListener("pagehide", ({ persisted }) => { if (link() || (persisted && hers())) cover(); });
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    if (left()) leave(left());
    else if (hers()) location.reload();
    else root.style.visibility = "";
  });

  // Leaving

  const link = () => document.querySelector(".exit:not([hidden]) a");

  addEventListener("click", (event) => {
    const exit = link();
    if (!exit || !exit.contains(event.target)) return;
    event.preventDefault();
    leave(exit.dataset.to);
  }, true);

  let presses = 0;
  let alone = false; // Shift is down, and no other key came with it
  let late = 0;
  let status = null;

  function say(words) {
    if (status) status.textContent = words;
  }

  function forget(words = "") {
    clearTimeout(late);
    presses = 0;
    say(words);
  }

  addEventListener("keydown", (event) => {
    if (event.key === "Shift" && !event.repeat) alone = true;
    else if (event.key !== "Shift") {
      alone = false;
      if (presses) forget();
    }
  });

  addEventListener("keyup", ({ key }) => {
    const exit = link();
    if (key !== "Shift" || !alone || !exit) return;
    alone = false;
    if (!presses) late = setTimeout(forget, PATIENCE, WORDS.stopped);
    presses += 1;
    if (presses === TIMES) leave(exit.dataset.to);
    else say(presses === TIMES - 1 ? WORDS.last : WORDS.more.replace("{n}", TIMES - presses));
  });

  // Said beside the link, as only a script can do it.
  addEventListener("DOMContentLoaded", () => {
    const exit = document.querySelector(".exit");
    if (!exit) return;
    const how = Object.assign(document.createElement("span"), { className: "hidden", id: "exit-how", textContent: WORDS.how });
    status = document.createElement("p");
    status.setAttribute("role", "status");
    exit.append(how, status);
    exit.querySelector("a").setAttribute("aria-describedby", how.id);
  });
})();
