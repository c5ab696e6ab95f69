// What a form of a lesson or a quiz says, as the event it becomes (`lms/web/answers.py` is the rule).
const forms = (() => {
  "use strict";

  // { person, event }, or null where it does not say enough to be an answer. `path`: where the form goes.
  async function read(path, form) {
    const [, , course, module, page] = path.split("/");
    const act = form.get("act");
    const said = answerOf(act, form);
    if (!act || !said || !form.get("release")) return null;
    const inQuiz = page === "quiz";
    const name = inQuiz && act !== "answered" ? "quiz" : form.get("step");
    const event = { id: await idOf(form.get("event_id"), inQuiz, act, said), course, release: form.get("release"), module, name };
    Object.assign(event, { kind: act, lang: form.get("lang") || "en", ...said });
    if (inQuiz) event.attempt = Number(form.get("number"));
    return { person: form.get("person") || "", event };
  }

  // { answer, evidence }, each only where there is one.
  function answerOf(act, form) {
    const words = (form.get("words") || "").replace(/\r\n/g, "\n").trim();
    const letters = form.getAll("answer").filter(Boolean);
    if (act === "ticked") return { answer: letters, ...(words && { evidence: words }) };
    if (act === "reflected") return words ? { answer: words } : null;
    if (act !== "answered" && act !== "rated") return {};
    const answer = form.has("typed") ? (form.get("answer") || "").trim() : partsOf(form) || letters;
    return Object.keys(answer).length ? { answer } : null;
  }

  // Of an Order its letters by their places, of a Match letter to meaning, of Gaps a letter each; null of any other.
  function partsOf(form) {
    const pairs = [...form].filter(([name]) => name.startsWith("answer-")).map(([name, value]) => [name.slice(7), value]);
    if (!pairs.length) return null;
    if (pairs.some(([, value]) => !value)) return {};
    const number = (text) => /^\d+$/.test(text);
    if (pairs.every(([part]) => number(part))) return pairs.map(([, letter]) => letter);
    if (!pairs.every(([, value]) => number(value))) return Object.fromEntries(pairs);
    if (new Set(pairs.map(([, place]) => place)).size < pairs.length) return {};
    return pairs.sort(([, a], [, b]) => a - b).map(([letter]) => letter);
  }

  // As the server names what this form says: where it took the form and its word got lost, nothing is there twice.
  async function idOf(own, inQuiz, act, { answer = [], evidence }) {
    if (!own) return newId();
    if (inQuiz) return uuid5(own, sorted(answer));
    return uuid5(own, sorted(evidence ? [act, answer, evidence] : [act, answer]));
  }

  function sorted(value) {
    const keys = (_, it) => (it && typeof it === "object" && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1))) : it);
    return JSON.stringify(value, keys);
  }

  async function uuid5(space, name) {
    const own = Uint8Array.from(space.replace(/-/g, "").match(/../g), (it) => parseInt(it, 16));
    const said = new TextEncoder().encode(name);
    const digest = await crypto.subtle.digest("SHA-1", new Uint8Array([...own, ...said]));
    return written(new Uint8Array(digest).slice(0, 16), 0x50);
  }

  const newId = () => written(crypto.getRandomValues(new Uint8Array(16)), 0x40);

  function written(bytes, version) {
    bytes[6] = (bytes[6] & 0x0f) | version;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((it) => it.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  return { read, newId };
})();
