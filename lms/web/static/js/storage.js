// What a phone keeps: in its database her answers (for `outbox`), where she is in what is kept, and a few notes; in a
// cache of its own each module she put by, which is nobody's.
const storage = (() => {
  "use strict";

  const waitFor = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

  let opened = null;

  function open() {
    opened = opened || new Promise((done, failed) => {
      const request = indexedDB.open("lms", 1);
      request.onupgradeneeded = () => {
        const answers = request.result.createObjectStore("answers", { keyPath: "n", autoIncrement: true });
        answers.createIndex("person", "person");
        answers.createIndex("id", ["person", "id"], { unique: true });
        request.result.createObjectStore("places", { keyPath: ["person", "course", "module"] });
        request.result.createObjectStore("notes");
      };
      request.onsuccess = () => {
        request.result.onclose = () => { opened = null; };
        request.result.onversionchange = () => { request.result.close(); opened = null; };
        done(request.result);
      };
      request.onerror = () => { opened = null; failed(request.error); };
    });
    return opened;
  }

  // Do some work on one store; what it gave, once it is on the disk and stays there.
  async function on(name, mode, work) {
    const base = await open();
    return new Promise((done, failed) => {
      const doing = base.transaction(name, mode, { durability: "strict" });
      let found;
      doing.oncomplete = () => done(found);
      doing.onabort = () => failed(doing.error || new Error("not kept"));
      work(doing.objectStore(name)).then((it) => { found = it; }, () => { try { doing.abort(); } catch { /* it is over */ } });
    });
  }

  const read = (name, work) => on(name, "readonly", work);
  const write = (name, work) => on(name, "readwrite", work);

  const answers = {
    add: (entry) => write("answers", async (store) => {
      if (await waitFor(store.index("id").count([entry.person, entry.id]))) return false;
      await waitFor(store.add(entry));
      return true;
    }),
    all: (person) => read("answers", (store) => waitFor(store.index("person").getAll(person))),
    change: (person, id, fields) => write("answers", async (store) => {
      const entry = await waitFor(store.index("id").get([person, id]));
      if (entry) await waitFor(store.put({ ...entry, ...fields }));
    }),
    drop: (person, id) => write("answers", async (store) => {
      const key = await waitFor(store.index("id").getKey([person, id]));
      if (key !== undefined) await waitFor(store.delete(key));
    }),
  };

  const places = {
    put: (place) => write("places", (store) => waitFor(store.put(place))),
    get: (person, course, module) => read("places", (store) => waitFor(store.get([person, course, module]))),
    drop: (person) => write("places", (store) => waitFor(store.delete(IDBKeyRange.bound([person], [person, []])))),
  };

  const notes = {
    put: (name, value) => write("notes", (store) => waitFor(store.put(value, name))),
    get: (name) => read("notes", (store) => waitFor(store.get(name))),
  };

  // Everybody of whom something is kept here.
  async function people() {
    const found = await Promise.all(["answers", "places"].map((name) => read(name, (store) => waitFor(store.getAll()))));
    const of = found.flat().map((it) => it.person.replace(/^ticks /, "")); // a facilitator's, of registers
    return [...new Set([await notes.get("person"), ...of])].filter(Boolean);
  }

  // Her account is closed: nothing of hers stays here, what was never sent neither.
  async function erase(person) {
    for (const who of [person, `ticks ${person}`]) for (const { id } of await answers.all(who)) await answers.drop(who, id);
    await places.drop(person);
    for (const name of ["person", "leaving"]) if ((await notes.get(name)) === person) await notes.put(name, "");
    for (const it of await modules.all()) if (it.leave) await modules.drop(it);
  }

  // One piece of work after another, in every tab; each at once where a browser is too old to wait for the others.
  const lock = (work) => (navigator.locks ? navigator.locks.request("outbox", work) : work());

  const KEPT = "kept:";
  const cacheOf = (course, module) => `${KEPT}${course}/${module}`;
  const isModule = (request) => new URL(request.url).pathname.startsWith("/keep/");

  // A cache that does not say what it holds is not whole: putting it by was broken off.
  async function contents(name) {
    const cache = (await caches.has(name)) && (await caches.open(name));
    const found = cache && (await cache.keys()).find(isModule);
    const answer = found && (await cache.match(found));
    return answer ? answer.json() : null;
  }

  const modules = {
    read: (course, module) => contents(cacheOf(course, module)),
    all: async () => {
      const names = (await caches.keys()).filter((it) => it.startsWith(KEPT));
      return (await Promise.all(names.map(contents))).filter(Boolean);
    },
    drop: ({ course, module }) => caches.delete(cacheOf(course, module)),
    // The module itself goes in last: until then it is not there.
    put: async ({ course, module }, address, whole, files) => {
      const cache = await caches.open(cacheOf(course, module));
      const before = await cache.keys();
      for (const [path, file] of files) await cache.put(path, file);
      await cache.put(address, whole);
      const kept = new Set([address, ...files.map(([path]) => path)]);
      for (const old of before) if (!kept.has(new URL(old.url).pathname)) await cache.delete(old);
    },
  };

  return { answers, places, notes, modules, people, erase, lock };
})();
