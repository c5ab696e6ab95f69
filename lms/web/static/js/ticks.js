// On the page of a register: each tick is kept on this phone as it is made, and sent when there is a connection.
//
// It uses the outbox of answers (`outbox.js`, `storage.js`, in the script of every page) with another address, under a
// name of its own, so that ticks and answers never go the same way. Every word stands in the page (`#ticks-say`).
(() => {
  "use strict";

  const form = document.querySelector("form[data-meeting]");
  if (!form || typeof outbox === "undefined" || !("indexedDB" in window)) return;

  const { meeting, person } = form.dataset;
  const path = form.getAttribute("action");
  const status = document.getElementById("ticks");
  const words = document.getElementById("ticks-say").content;
  const typed = form.elements.new;
  const own = (who) => `ticks ${who}`;
  const kept = storage.answers;
  const box = outbox.make({
    fetch: (_events, how) => fetch("/teach/ticks", how),
    now: () => Date.now(),
    lock: (work) => (navigator.locks ? navigator.locks.request("ticks", work) : work()),
    store: {
      add: (it) => kept.add({ ...it, person: own(it.person) }),
      all: async (who) => (await kept.all(own(who))).map((it) => ({ ...it, person: who })),
      change: (who, id, fields) => kept.change(own(who), id, fields),
      drop: (who, id) => kept.drop(own(who), id),
    },
  });
  let waiting = 0;
  let warned = false;
  let broken = false; // nothing can be kept here: the form is sent as one, as without this script
  let again = 0;

  const newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((it) => it.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  function say(name, n = 0, also = []) {
    const found = words.querySelector(`[data-say="${name}${n === 1 ? "-1" : ""}"]`) || words.querySelector(`[data-say="${name}"]`);
    const told = found ? [found.textContent.replace("{n}", n)] : [];
    status.textContent = [...also, ...told].join(" ");
    status.hidden = !status.textContent;
  }

  async function look() {
    const told = await box.flush(person);
    const all = await box.all(person);
    const refused = all.filter((it) => it.state === "refused");
    for (const it of [...refused, ...all.filter((one) => one.state === "sent" && one.event.name)]) await box.drop(person, it.id);
    waiting = all.filter((it) => it.state === "waiting").length;
    const why = refused.map((it) => [nameOf(it.event), it.say].filter(Boolean).join(": "));
    refused.forEach(({ event }) => (event.name ? typed.value = `${event.name}\n${typed.value}` : show(event, !event.present)));
    if (waiting) say(["sign-in", "other"].includes(told.stop) ? "sign-in" : "waits", waiting, why);
    else if (told.sent || why.length) say(told.sent && !why.length ? "sent" : "", 0, why);
    clearTimeout(again);
    if (told.stop === "later") again = setTimeout(tryNow, (told.wait || 30) * 1_000);
    return told;
  }

  const tryNow = () => { look().catch(() => {}); };
  const boxOf = (whom) => [...form.querySelectorAll('[name="present"]')].find((it) => it.value === whom);

  function nameOf(tick) {
    const found = boxOf(tick.person);
    return tick.name || (found ? found.labels[0].firstChild.textContent.trim() : "");
  }

  // What waits stands on the page, also after it was loaded anew.
  function show(tick, present) {
    if (tick.meeting !== meeting || tick.name) return;
    const found = boxOf(tick.person);
    if (found) found.checked = present;
  }

  async function keep(tick) {
    await box.add(person, { id: newId(), meeting, ...tick });
    waiting += 1;
    say("waits", waiting);
  }

  form.addEventListener("change", ({ target }) => {
    if (target.name !== "present" || broken) return;
    keep({ person: target.value, present: target.checked }).then(tryNow, () => { broken = true; });
  });

  form.addEventListener("submit", (event) => {
    if (broken) return;
    event.preventDefault();
    sendAll().catch(() => { broken = true; form.submit(); });
  });

  async function sendAll() {
    const names = typed.value.split("\n").map((it) => it.trim()).filter(Boolean);
    for (const name of names) await keep({ name });
    typed.value = "";
    const told = await look();
    if (told.stop === "done" && !status.textContent.includes(":") && names.length) location.assign(`${path}?saved=1`);
    else if (told.stop === "done" && status.hidden) say("sent");
  }

  // Before the listener of every page, which signs out.
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") !== "/sign-out") return;
    if (!waiting || warned) return;
    event.preventDefault();
    event.stopPropagation();
    warned = true;
    say("leaving");
    status.scrollIntoView();
  });

  addEventListener("online", tryNow);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tryNow(); });
  box.all(person).then((all) => {
    all.filter((it) => it.state === "waiting").forEach((it) => show(it.event, it.event.present));
    return look();
  }).catch(() => {});
})();
