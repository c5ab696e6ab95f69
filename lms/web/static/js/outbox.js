// The outbox: what she did, kept on her phone until the site has it (docs/reference/events.md).
//
// All it needs is handed in: `fetch`; `now`, the clock in milliseconds; `lock(work)`, which does one piece of work of
// this phone after another, in all its tabs; `limit()`, a signal that ends a request which nobody answers, so that it
// holds nothing up for ever; and `store`, which keeps entries in the order they came:
//   add(entry)                 false where this person has one of this id; once it resolves, the entry outlives the tab
//   all(person)                her entries, in order
//   change(person, id, fields) nothing where the entry is gone
//   drop(person, id)
// An entry is { id, person, state, event }: `waiting`, `sent` (with `sent` and `epoch`) or `refused` (with `why`, `say`).
// Only the site's own word makes an entry `sent` or `refused`. Whatever else happens, it waits.
const outbox = (() => {
  "use strict";

  const MOST = 100; // events in a batch; the site takes 200
  const BYTES = 200_000; // of a batch; the site takes 256 KiB
  const KEPT_MS = 14 * 86_400_000; // how long a sent entry stays, for a site that comes back from a backup
  const LONGEST_MS = 120_000; // for a full batch where the connection is very slow
  const TAKEN = new Set(["new", "dup"]);
  const LEFT = new Set(["refused", "conflict"]);

  function make({ fetch, now, store, lock, limit = inTime }) {
    async function add(person, event) {
      return store.add({ id: event.id, person, state: "waiting", event: { ...event, at: time() } });
    }

    const time = () => new Date(now()).toISOString();

    async function count(person) {
      const counts = { waiting: 0, sent: 0, refused: 0 };
      (await store.all(person)).forEach((it) => { counts[it.state] += 1; });
      return counts;
    }

    // Send all that waits for one person. What came of it: how many were `sent` and `refused`, and why it stopped:
    // `done`, `offline`, `sign-in`, `other` (somebody else is signed in), `gone` (her account is closed) or `later` (in
    // `wait` seconds, if it says).
    const flush = (person) => lock(() => sendAll(person));

    // Whether the site says that her account is closed; null where it says nothing.
    async function isGone(person) {
      const { status } = await post(person, []);
      return status ? status === 410 : null;
    }

    async function sendAll(person) {
      const told = { sent: 0, refused: 0, stop: "" };
      let most = MOST;
      await sweep(person);
      while (!told.stop) {
        const batch = together((await store.all(person)).filter((it) => it.state === "waiting"), most);
        if (!batch.length) return { ...told, stop: "done" };
        const reply = await post(person, batch);
        if (reply.status === 200) await settle(person, batch, reply.body, told);
        else if (reply.status !== 400 && reply.status !== 413) Object.assign(told, stopped(reply));
        else if (batch.length > 1) most = Math.ceil(batch.length / 2);
        else if (reply.body.detail) await refuse(batch[0], "unreadable", String(reply.body.detail), told);
        else told.stop = "later"; // not our site's word: a proxy between
      }
      return told;
    }

    async function post(person, batch) {
      const body = JSON.stringify({ person, sent: time(), events: batch.map((it) => it.event) });
      try {
        const headers = { "Content-Type": "application/json" };
        const answer = await fetch("/events", { method: "POST", headers, body, redirect: "error", signal: limit() });
        const wait = Number(answer.headers.get("Retry-After")) || 0;
        const said = await answer.json().catch(() => ({}));
        return { status: answer.status, wait, body: said && typeof said === "object" ? said : {} };
      } catch {
        return { status: 0 };
      }
    }

    function stopped({ status, wait }) {
      if (!status) return { stop: "offline" };
      if (status === 410) return { stop: "gone" };
      if (status === 401) return { stop: "sign-in" };
      return status === 409 ? { stop: "other" } : { stop: "later", wait };
    }

    // One result for each event, in the order sent. Who answers anything else is not our site.
    async function settle(person, batch, { results, db_epoch: epoch }, told) {
      const ours = Array.isArray(results) && typeof epoch === "string" && results.length === batch.length
        && results.every((it, at) => it && it.id === batch[at].id && (TAKEN.has(it.result) || LEFT.has(it.result)));
      if (!ours) {
        told.stop = "later";
        return;
      }
      for (const [at, it] of results.entries()) {
        if (LEFT.has(it.result)) await refuse(batch[at], it.why, it.say, told);
        else {
          await store.change(person, it.id, { state: "sent", sent: now(), epoch });
          told.sent += 1;
        }
      }
      await restored(person, epoch);
    }

    async function refuse({ person, id }, why, say, told) {
      await store.change(person, id, { state: "refused", why, say });
      told.refused += 1;
    }

    // A site with another epoch came back from a backup: it may never have had what was sent to it before.
    async function restored(person, epoch) {
      const all = await store.all(person);
      const lost = all.filter((it) => it.state === "sent" && it.epoch !== epoch);
      for (const it of lost) await store.change(person, it.id, { state: "waiting" });
      return lost.length;
    }

    async function sweep(person) {
      for (const it of await store.all(person)) {
        if (it.state === "sent" && Math.abs(now() - it.sent) > KEPT_MS) await store.drop(person, it.id);
      }
    }

    // She signs out: what has been sent goes. What waits, or could not be sent, stays hers.
    async function forget(person) {
      for (const it of await store.all(person)) if (it.state === "sent") await store.drop(person, it.id);
    }

    return { add, count, flush, isGone, restored, forget, all: store.all, drop: store.drop };
  }

  const inTime = () => (AbortSignal.timeout ? AbortSignal.timeout(LONGEST_MS) : undefined);

  // As many as go into one batch, from the first; one at least.
  function together(entries, most) {
    let bytes = 0;
    const within = entries.slice(0, most).findIndex((it, at) => {
      bytes += new TextEncoder().encode(JSON.stringify(it.event)).length;
      return at > 0 && bytes > BYTES;
    });
    return entries.slice(0, within < 0 ? most : within);
  }

  return { make };
})();
