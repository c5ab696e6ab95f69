// Putting a module on the phone and taking it off, on the module's page; and what is on the phone, on a page of its own.
//
// Every word stands in the page: pieces to show have a `data-say`, buttons a `data-do`.
(() => {
  "use strict";

  if (!("caches" in window && "serviceWorker" in navigator)) return;

  const megabytes = (bytes) => (Math.ceil(bytes / 100_000) / 10).toLocaleString("en-GB", { minimumFractionDigits: 1 });
  const mayKeep = (it) => it.ok && !it.redirected && it.type === "basic" && it.headers.get("Keep-On-Phone") === "yes";

  document.querySelectorAll("[data-keep]").forEach(offer);
  document.querySelectorAll("[data-on-phone]").forEach((it) => {
    const show = () => { list(it).catch(() => {}); };
    document.addEventListener("phone", show);
    show();
  });

  // Show the pieces of these names, and no other; `numbers` go where a piece has a place for them.
  function show(section, names, numbers = {}) {
    section.querySelectorAll("[data-say]").forEach((it) => { it.hidden = !names.includes(it.dataset.say); });
    Object.entries(numbers).forEach(([name, number]) => {
      section.querySelectorAll(`[data-number="${name}"]`).forEach((it) => { it.textContent = number; });
    });
    section.hidden = false;
  }

  function offer(section) {
    const { course, module, keep, release } = section.dataset;
    const it = { course, module };

    async function start() {
      const kept = await storage.modules.read(course, module);
      show(section, !kept ? ["offer"] : kept.release === release ? ["kept"] : ["kept", "newer"]);
    }

    const acts = {
      ask: async () => {
        const answer = await fetch(`${keep}?size=1`, { redirect: "error" });
        if (!answer.ok) throw new Error(answer.status);
        show(section, ["size", ...("leave" in section.dataset ? ["leave"] : [])], { size: megabytes((await answer.json()).bytes) });
        section.querySelector('[data-do="take"]').focus();
      },
      take: async () => {
        show(section, ["taking"]);
        await take(it, keep, (done, of) => show(section, ["taking"], { done, of }));
        show(section, ["kept", "done"]);
      },
      drop: async () => {
        await storage.modules.drop(it);
        show(section, ["offer", "dropped"]);
      },
      not: start,
    };
    section.addEventListener("click", (event) => {
      const act = acts[event.target.dataset.do];
      if (act) act().catch((error) => show(section, ["offer", error.name === "QuotaExceededError" ? "full" : "failed"]));
    });
    start().catch(() => {});
  }

  // All of it, or nothing: it is put by once everything has come.
  async function take(it, address, tell) {
    if (!(await phone.worker)) throw new Error("no worker");
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
    const whole = await fetchToKeep(address);
    const made = await whole.clone().json();
    const wanted = document.documentElement.dataset.pictures === "out" ? [] : made.files;
    let done = 1;
    const files = await Promise.all(wanted.map(async (path) => {
      const file = await fetchToKeep(path);
      const body = await file.clone().blob(); // whole, before it counts
      if (body) tell((done += 1), wanted.length + 1);
      return [path, file];
    }));
    await storage.modules.put(it, address, whole, files);
    const person = await phone.who();
    if (person) await phone.fetchPlace(person, made);
  }

  async function fetchToKeep(path) {
    const answer = await fetch(path);
    if (!mayKeep(answer)) throw new Error(path);
    return answer;
  }

  async function list(section) {
    const person = await phone.who();
    const [modules, entries] = [await storage.modules.all(), person ? await phone.box.all(person) : []];
    const used = navigator.storage && navigator.storage.estimate ? (await navigator.storage.estimate()).usage : 0;
    fill(section, "module", modules, (row, it) => {
      const link = row.querySelector("a");
      link.href = `/courses/${it.course}/${it.module}`;
      if (!it.leave) link.textContent = it.title;
    }, (it) => storage.modules.drop(it));
    const state = (name) => entries.filter((it) => it.state === name);
    fill(section, "refused", state("refused"), (row, it) => {
      row.querySelector("[data-why]").textContent = it.say || "";
      row.querySelector("[data-day]").textContent = new Date(it.event.at).toLocaleDateString("en-GB");
      row.querySelector("[data-answer]").textContent = inWords(it.event);
    }, (it) => phone.box.drop(person, it.id));
    const waiting = state("waiting").length;
    show(section, [modules.length ? "modules" : "none", ...(waiting ? ["waiting"] : []), ...(state("refused").length ? ["refused"] : []), ...(used ? ["used"] : [])],
      { waiting, used: megabytes(used) });
  }

  // A row for each, after the template of its name; its button takes it away.
  function fill(section, name, all, write, drop) {
    const template = section.querySelector(`template[data-row="${name}"]`);
    const rows = template.parentElement;
    rows.querySelectorAll("li").forEach((it) => it.remove());
    all.forEach((it) => {
      const row = document.importNode(template.content, true).firstElementChild;
      write(row, it);
      row.querySelector("button").addEventListener("click", () => {
        drop(it).then(() => list(section)).then(() => phone.look()).catch(() => {});
      });
      rows.append(row);
    });
  }

  // Her own words as she wrote them, so that she can copy them; of letters nothing that she would know.
  const inWords = ({ answer, evidence }) => evidence || (typeof answer === "string" ? answer : "");
})();
