// Answers in the site's place where there is no connection. Before it stands SHELL: { name, paths }.
//
// Pages come from the site; where it does not answer, from what she put on the phone. An answer she sends meanwhile
// goes to the outbox. Nothing is stored here but the shell: a page may be about her.
"use strict";

const PATIENCE = 3_000; // milliseconds for a page that is kept as well
const HURRY = 300; // the same, once the connection has just failed to bring one
const SENDING = 12_000; // for a form
const A_WHILE = 30_000;
const LESSON = /^\/courses\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/;
const RECALL = /^(\/courses\/[^/]+\/[^/]+\/[^/]+)\/recall$/; // a question before a lesson: never in its way
const AGAIN_LATER = new Set([429, 502, 503, 504, 507]);
const NO_SHELL = "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Not connected</title>"
  + "<p>You are not connected. Try again when you are.</p>";

const box = outbox.make({
  fetch: (...what) => fetch(...what),
  now: () => Date.now(),
  store: storage.answers,
  lock: storage.lock,
});
let stuck = -A_WHILE; // when a page last did not come in time

addEventListener("install", (event) => {
  event.waitUntil(putShellBy().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(dropOldShells().then(() => clients.claim()));
});

addEventListener("sync", (event) => {
  event.waitUntil(sendInTheBackground());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  const lesson = LESSON.exec(pathname);
  if (request.method === "GET" && /^\/(static|files)\//.test(pathname)) event.respondWith(fileOf(request));
  else if (request.mode !== "navigate") return;
  else if (request.method === "GET") event.respondWith(pageOf(request, lesson));
  else if (request.method === "POST" && pathname === "/sign-out") event.respondWith(fetch(request).catch(shell));
  else if (request.method === "POST" && lesson && lesson[3]) event.respondWith(send(request, pathname));
  else if (request.method === "POST" && RECALL.test(pathname)) event.respondWith(sendOrGoOn(request, RECALL.exec(pathname)[1]));
});

// The pages that are open say what came of it. A browser tries again where this fails.
async function sendInTheBackground() {
  const person = await storage.notes.get("person");
  const told = person ? await box.flush(person) : { stop: "done" };
  if (told.stop === "gone") await storage.erase(person);
  (await clients.matchAll()).forEach((page) => page.postMessage("sent"));
  if (told.stop === "offline") throw new Error("offline");
}

async function putShellBy() {
  const cache = await caches.open(SHELL.name);
  const all = SHELL.paths.map(async (path) => {
    const answer = await fetch(path, { cache: "no-cache" });
    if (!mayKeep(answer)) throw new Error(path);
    await cache.put(path, answer);
  });
  await Promise.all(all);
}

const mayKeep = (it) => it.ok && !it.redirected && it.type === "basic" && it.headers.get("Keep-On-Phone") === "yes";

async function dropOldShells() {
  const old = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== SHELL.name);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// What an address with a hash leads to never changes.
async function fileOf(request) {
  return (await caches.match(request)) || fetch(request);
}

async function pageOf(request, lesson) {
  const kept = lesson && (await caches.has(`kept:${lesson[1]}/${lesson[2]}`));
  const wait = Date.now() - stuck < A_WHILE ? HURRY : PATIENCE;
  try {
    const answer = await (kept ? within(wait, fetch(request)) : fetch(request));
    if (!kept || !AGAIN_LATER.has(answer.status)) return answer;
  } catch (error) {
    if (error === LATE) stuck = Date.now();
  }
  return shell();
}

const LATE = new Error("late");

const within = (ms, work) => Promise.race([
  work.then((answer) => { stuck = -A_WHILE; return answer; }),
  new Promise((_, late) => { setTimeout(late, ms, LATE); }),
]);

async function shell() {
  const found = await caches.match("/offline", { cacheName: SHELL.name });
  return found || new Response(NO_SHELL, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

// A form that does not get through is kept: its answer has the id that the site would give it.
async function send(request, pathname) {
  const copy = request.clone();
  try {
    const answer = await within(SENDING, fetch(request));
    if (!AGAIN_LATER.has(answer.status)) return answer;
  } catch { /* it waits on the phone */ }
  return Response.redirect(`${pathname}?${await saved(pathname, await copy.formData())}`, 303);
}

// It counts for nothing, so it is not kept either: where it does not get through, the lesson opens.
async function sendOrGoOn(request, lesson) {
  try {
    const answer = await within(SENDING, fetch(request));
    if (!AGAIN_LATER.has(answer.status)) return answer;
  } catch { /* on to the lesson */ }
  return Response.redirect(lesson, 303);
}

async function saved(pathname, form) {
  const back = new URLSearchParams(form.get("step") ? { step: form.get("step") } : {});
  try {
    const said = await forms.read(pathname, form);
    if (said && said.person) await box.add(said.person, said.event);
    back.set("saved", !said ? "part" : said.person ? "yes" : "no");
    if (registration.sync) registration.sync.register("outbox").catch(() => {});
  } catch {
    back.set("saved", "no");
  }
  return back;
}
