// On every page: sends what waits on this phone, says what became of it, and tidies up when she signs out.
//
// Whose page it is stands at what it says (`data-person`): her public id, nothing for a visitor; the attribute is missing
// where nobody can tell, on a page the phone kept. Every word stands in `words.js`.
const phone = (() => {
  "use strict";

  const status = document.getElementById("phone");
  const mine = status.dataset.person;
  const words = Object.assign(document.createElement("template"), { innerHTML: WORDS }).content;
  const box = outbox.make({
    fetch: (...what) => fetch(...what),
    now: () => Date.now(),
    store: storage.answers,
    lock: storage.lock,
  });
  const worker = "serviceWorker" in navigator ? navigator.serviceWorker.register("/sw.js").catch(() => null) : null;
  let again = 0;
  let left = false; // she signs out on this page: nothing of hers is stored by it any more
  let before = { waiting: 0, refused: 0 }; // what she was last told; the worker, or another tab, may send it too

  // Who she is on this phone: whoever was signed in last, until she signs out.
  async function who() {
    if (left) return "";
    if (mine) await storage.notes.put("person", mine);
    return mine || (await storage.notes.get("person")) || "";
  }

  // One of the words; `{n}` in it is a number.
  function word(name, n = 0) {
    const found = words.querySelector(`[data-word="${name}${n === 1 ? "-1" : ""}"]`) || words.querySelector(`[data-word="${name}"]`);
    const copy = document.importNode(found, true);
    copy.innerHTML = copy.innerHTML.replace("{n}", n);
    return copy;
  }

  function say(...said) {
    status.replaceChildren(...said.map(([name, n]) => word(name, n)));
    status.classList.toggle("waits", said.some(([name]) => name !== "sent"));
    status.hidden = !said.length;
  }

  async function flush() {
    const person = await who();
    if (!person) return { stop: "done" };
    // Nobody is signed in here: the site could only say so.
    const told = mine === "" ? { sent: 0, stop: "sign-in" } : await box.flush(person);
    if (told.stop === "gone") return erase(person);
    await tell(person, told);
    clearTimeout(again);
    if (told.stop === "later") again = setTimeout(look, Math.min(told.wait || 30, 3_600) * 1_000);
    if (told.sent) await refresh(person, () => true);
    return told;
  }

  async function tell(person, told) {
    const { waiting, refused } = await box.count(person);
    const said = [];
    const sent = Math.max(told.sent, before.waiting - waiting - Math.max(0, refused - before.refused));
    if (waiting) said.push([["sign-in", "other"].includes(told.stop) ? "sign-in" : "saved", waiting]);
    else if (sent > 0) said.push(["sent", sent]);
    if (refused && mine !== "") said.push(["refused", refused]);
    before = { waiting, refused };
    document.dispatchEvent(new Event("phone")); // for a page that lists what there is
    // What has been sent stays said until there is something else to say.
    if (said.length || status.classList.contains("waits")) say(...said);
  }

  // What she did and where she stands, for the modules she put by. Only the site can draw her next quiz.
  async function refresh(person, wanted) {
    if (!("caches" in window)) return;
    for (const it of (await storage.modules.all()).filter(wanted)) await fetchPlace(person, it);
  }

  async function fetchPlace(person, { course, module, release }) {
    try {
      const answer = await fetch(`/me/phone/${course}/${release}/${module}`, { redirect: "error" });
      const place = answer.ok ? await answer.json() : {};
      if (place.person !== person || left) return;
      await storage.places.put({ ...place, course, module, release });
      if (await box.restored(person, place.db_epoch)) look();
    } catch { /* what is known already has to do */ }
  }

  // She answered on a kept page: keep it, then try at once. True once it is on the phone.
  async function add(person, event) {
    await box.add(person, event);
    const ready = worker && (await worker);
    if (ready && ready.sync) ready.sync.register("outbox").catch(() => {});
  }

  const look = () => { flush().catch(() => {}); };

  // Signing out: what is hers and sent goes from this phone, what is not yet sent she is told of first, and it stays.
  async function leave(form, button) {
    const person = await who();
    if (person) {
      await Promise.race([box.flush(person), new Promise((done) => { setTimeout(done, 3_000); })]);
      const { waiting } = await box.count(person);
      if (waiting && !form.dataset.warned) {
        form.dataset.warned = "yes";
        const warning = word("leaving", waiting);
        warning.setAttribute("role", "alert");
        form.append(warning);
        return;
      }
      await forget(person);
      await storage.notes.put("leaving", person);
    }
    if (button && button.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    form.submit();
  }

  // She signed out where nobody could be told. Now the site can be: no page is shown to whoever holds the phone.
  async function leaveAtLast() {
    const form = document.querySelector('form[action="/sign-out"]');
    if (mine === "") await storage.notes.put("leaving", "");
    else if (form && mine && (await storage.notes.get("leaving")) === mine) {
      form.dataset.warned = "yes";
      await leave(form);
    }
  }

  async function forget(person) {
    left = true;
    for (const who of [person, `ticks ${person}`]) await box.forget(who);
    await storage.places.drop(person);
    await storage.notes.put("person", "");
    for (const it of await storage.modules.all()) if (it.leave) await storage.modules.drop(it);
  }

  // Her account is closed, perhaps on another phone.
  async function erase(person) {
    await storage.erase(person);
    say(["gone", 0]);
    document.dispatchEvent(new Event("phone"));
    return { sent: 0, stop: "gone" };
  }

  // Nobody else's flush would tell: asked once by each tab, and again once somebody else is signed in, or nobody.
  async function askWhoIsGone() {
    if (mine === undefined || sessionStorage.getItem("asked") === mine) return;
    for (const person of await storage.people()) {
      const gone = person !== mine && (await box.isGone(person));
      if (gone === null) return;
      if (gone) await erase(person);
    }
    sessionStorage.setItem("asked", mine);
  }

  addEventListener("submit", (event) => {
    const button = event.submitter;
    const out = event.target.getAttribute("action") === "/sign-out" || (button && button.value === "everywhere");
    if (!out) return;
    event.preventDefault();
    leave(event.target, button).catch(() => event.target.submit());
  });
  if (worker) navigator.serviceWorker.addEventListener("message", look);
  addEventListener("online", look);
  addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  if (status.dataset.gone) {
    left = true;
    storage.erase(status.dataset.gone).catch(() => {});
  } else {
    look();
    askWhoIsGone().catch(() => {});
  }
  leaveAtLast().catch(() => {});
  if (mine) who().then((person) => refresh(person, isHere)).catch(() => {});

  // The page of a module, or its quiz: where she may lose the connection next.
  function isHere({ course, module }) {
    const here = `/courses/${course}/${module}`;
    return location.pathname === here || location.pathname === `${here}/quiz`;
  }

  return { add, box, fetchPlace, flush, look, say, who, word, worker };
})();
