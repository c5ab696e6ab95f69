// Phones for `phones.py` to play with: tabs that die at any step, a network that fails in every way.
//
// The outbox, the phone's storage and its lock are the real ones; a tab is a frame of this page, and dies by being
// taken out of it. Handed in are the clock, and a `fetch` that loses, doubles or makes up what the real one does.
"use strict";

const SAID = {
  portal: [200, {}, "<h1>Pay for this connection</h1>"],
  lying: [200, {}, '{"results": [], "db_epoch": "none"}'],
  busy: [503, { "Retry-After": "7" }, "{}"],
  often: [429, { "Retry-After": "2" }, "{}"],
  full: [507, {}, "{}"],
  gateway: [502, {}, "<h1>Bad gateway</h1>"],
  large: [413, {}, "{}"],
};
const FOREVER = Number.MAX_SAFE_INTEGER;
const frames = []; // that no schedule needs now

async function play({ people, release, acts }) {
  const phone = { people, release, who: 0, signedIn: true, clock: 0, net: [], past: [], tabs: [], under: [], said: [] };
  for (const act of acts) await ACTS[act.do](phone, act);
  await Promise.all(phone.under);
  const ended = await end(phone);
  phone.tabs.forEach(close);
  return { said: phone.said, ended };
}

// What happens

const ACTS = {
  answer: (phone, act) => answer(phone, act, phone.said),
  again: (phone, { at, tab }) => {
    const { act, who, kept } = phone.said[at % phone.said.length] || {};
    return kept === "yes" && who === phone.who ? answer(phone, { ...act, tab }, []) : undefined;
  },
  flush: async (phone, { tab, whose, net, wait }) => {
    phone.net.push(...net);
    const on = tabOf(phone, tab);
    const done = outlived(on, on.box.flush(phone.people[(phone.who + whose) % 2].public_id));
    if (wait) await done;
    else phone.under.push(done);
  },
  kill: (phone, { tab, fuse }) => { tabOf(phone, tab).fuse = fuse; },
  late: async (phone, { at }) => {
    if (phone.past.length) await deliver(...phone.past[at % phone.past.length]);
  },
  turn: async (phone, { forget }) => {
    const on = tabOf(phone, 0);
    if (forget) await outlived(on, on.box.forget(phone.people[phone.who].public_id));
    turn(phone);
  },
  out: (phone) => { phone.signedIn = false; },
  back: (phone) => { phone.signedIn = true; },
  publish: async (phone) => { phone.release.tea = await site("publish"); },
  clock: (phone, { by }) => { phone.clock += by; },
  restore: async (phone) => { phone.epoch = await site("restore", phone.people.map((it) => it.person_id)); },
};

async function answer(phone, act, said) {
  const on = tabOf(phone, act.tab);
  const release = { ...phone.release, ...act.release }[act.event.course];
  const told = { act: { ...act, release: { [act.event.course]: release } }, who: phone.who, kept: "perhaps" };
  said.push(told);
  const adding = on.box.add(phone.people[phone.who].public_id, { ...act.event, release });
  await outlived(on, adding.then(() => { told.kept = "yes"; }, () => { told.kept = "no"; }));
}

function turn(phone) {
  phone.who = 1 - phone.who;
  phone.signedIn = true;
}

// All is well again: everybody comes back, and what waits is sent. Her entries as they are then, and how it stopped.
async function end(phone) {
  phone.net.length = 0;
  const on = open(phone);
  const ended = [];
  for (const who of phone.people.keys()) {
    Object.assign(phone, { who, signedIn: true });
    const person = phone.people[who].public_id;
    const told = await on.box.flush(person);
    const again = phone.epoch && (await on.box.restored(person, phone.epoch)) ? await on.box.flush(person) : told;
    ended.push({ stop: [told.stop, again.stop], entries: await on.box.all(person) });
  }
  close(on);
  return ended;
}

// A phone of one person that may be killed at any moment: each answer is told of once it is kept, and sent at once.

async function live({ people, release, acts }) {
  const phone = { people, release, who: 0, signedIn: true, clock: 0, net: [], past: [], tabs: [], said: [] };
  for (const act of acts) {
    await answer(phone, act, phone.said);
    await site("told", act.event.id);
    phone.tabs[0].box.flush(people[0].public_id);
  }
}

const revive = ({ people, release }) => end({ people, release, clock: 0, net: [], past: [], tabs: [] });

// Tabs

function tabOf(phone, at) {
  if (!phone.tabs[at] || phone.tabs[at].dead) phone.tabs[at] = open(phone);
  return phone.tabs[at];
}

function open(phone) {
  const frame = frames.pop() || made();
  const { outbox, storage } = frame.contentWindow.parts;
  const tab = { frame, fuse: FOREVER, dead: false };
  tab.death = new Promise((died) => { tab.died = died; });
  const store = Object.fromEntries(Object.entries(storage.answers).map(([name, work]) => [name, mortal(tab, work)]));
  const fetch = mortal(tab, (_, { body, signal }) => network(phone, body, signal));
  const limit = () => { phone.limit = new AbortController(); return phone.limit.signal; };
  tab.box = outbox.make({ fetch, now: () => Date.now() + phone.clock, store, lock: storage.lock, limit });
  return tab;
}

function made() {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const script = frame.contentDocument.createElement("script");
  script.textContent = `${document.getElementById("outbox").textContent}; window.parts = { outbox, storage };`;
  frame.contentDocument.head.append(script);
  return frame;
}

function close(tab) {
  if (!tab.dead) frames.push(tab.frame);
}

// The same work, in a tab whose fuse burns: it may die before it, while it is under way, and once it is over.
function mortal(tab, work) {
  return (...given) => new Promise((done, failed) => {
    if (ends(tab)) return;
    const doing = work(...given);
    if (ends(tab)) return;
    doing.then((it) => ends(tab) || done(it), (error) => ends(tab) || failed(error));
  });
}

function ends(tab) {
  if (!tab.dead) tab.fuse -= 1;
  if (tab.fuse < 0) die(tab);
  return tab.dead;
}

function die(tab) {
  tab.dead = true;
  tab.frame.remove();
  tab.died();
}

const outlived = (tab, work) => Promise.race([work, tab.death]);

// The network

async function network(phone, body, signal) {
  const how = phone.net.shift() || "works";
  if (how === "hangs") return unanswered(phone.limit, signal);
  if (how === "down") throw new TypeError("no connection");
  if (SAID[how]) {
    const [status, headers, text] = SAID[how];
    return new Response(text, { status, headers });
  }
  if (how === "turn") turn(phone);
  const sent = [phone.signedIn ? phone.people[phone.who].cookie : "", body];
  phone.past.push(sent);
  if (how === "twice") await deliver(...sent);
  const reply = await deliver(...sent);
  if (how === "lost") throw new TypeError("the reply was lost");
  return reply;
}

// Nobody answers, until she has waited long enough.
function unanswered(limit, signal) {
  setTimeout(() => limit.abort());
  return new Promise((_, failed) => { signal.addEventListener("abort", () => failed(signal.reason)); });
}

// The page stands for any phone: the cookie of this one goes with what it sends.
const deliver = (cookie, body) => fetch("/events", {
  method: "POST", body, headers: { "Content-Type": "application/json", "X-Cookie": cookie },
});

const site = async (what, ...given) => (await fetch(`/${what}`, { method: "POST", body: JSON.stringify(given) })).json();
