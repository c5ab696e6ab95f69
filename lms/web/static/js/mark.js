// Marks practice on the phone, as `lms/learning/marking.py` and `lms/content/likeness.py` do on the server: those are
// the rule, `tests/learning/cases/marking.json` holds both to it. An ES module of pure functions: no page, no network.
//
// A step and a key are as the server writes them in JSON (`lms/content/planjson.py`): a part that says nothing is
// left out. An answer is as it is sent: a list of letters, an object of left letter to meaning, or words as typed.
//
// Letters newer than the Unicode of the older of the two, browser and server, are the one thing they may read
// differently. Written without what a phone of 2020 does not read: no lookbehind, and no `\s`, which is not Python's.

// The key in a language: a translation's own, else the source's.
export const keyIn = (key, lang) => (key.translations || {})[lang] || key;

// { right, feedback: [[letter or "", HTML], ...], parts: [good, of] or null }
export function mark(step, key, answer) {
  if (["order", "match", "gaps"].includes(step.kind)) return markParts(rightOf(step, key), answer);
  if (typeof answer === "string") return (step.sort === "number" ? markNumber : markWords)(key, answer);
  const feedback = new Map(Object.entries(key.feedback || {}));
  const [given, right] = [new Set(answer), new Set(key.right)];
  return {
    right: given.size === right.size && answer.every((letter) => right.has(letter)),
    feedback: answer.filter((letter) => feedback.has(letter)).map((letter) => [letter, feedback.get(letter)]),
    parts: null,
  };
}

// The right answer of a step that is answered by letters.
export function rightOf(step, key) {
  return { order: key.order, match: key.pairs, gaps: key.gaps }[step.kind] || key.right || [];
}

function markParts(right, answer) {
  const given = new Map(Object.entries(answer));
  const wanted = Object.entries(right);
  const good = wanted.filter(([place, what]) => given.get(place) === what).length;
  return { right: good === wanted.length && good === given.size, feedback: [], parts: [good, wanted.length] };
}

function markWords(key, typed) {
  return judged(key.answers || [], key.closes || [], (pattern) => matches(pattern, typed));
}

function markNumber(key, typed) {
  const numbers = readings(typed);
  const within = (ends) => numbers.some((it) => compare(ends.low, it) <= 0 && compare(it, ends.high) <= 0);
  return judged(key.number ? [key.number] : [], key.near || [], within);
}

function judged(answers, closes, fits) {
  const right = answers.some(fits);
  const close = right ? undefined : closes.find(fits);
  return { right, feedback: close ? [["", close.feedback]] : [], parts: null };
}

// Words

// What Python calls a space.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACES = new RegExp(`[${SPACE}]+`, "g");
const OUTER = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const END = /[.,;:!?…؟،؛۔।。！？ ]+$/;

const strip = (words) => words.replace(OUTER, "");
const composed = (words) => strip(words).normalize("NFC");

export function matches(pattern, typed) {
  if (pattern.exact) return composed(typed) === composed(pattern.value);
  return fits(plain(pattern.value).split("*"), plain(typed));
}

// The texts between stars, one after another, leftmost first.
function fits([first, ...rest], said) {
  if (!rest.length) return first === said;
  const last = rest.pop();
  let at = first.length;
  const end = said.length - last.length;
  if (end < at || !said.startsWith(first) || !said.endsWith(last)) return false;
  return rest.every((part) => {
    const found = said.indexOf(part, at);
    at = found + part.length;
    return found >= 0 && at <= end;
  });
}

// Words as they are compared: case, end punctuation, kind of quotes and dashes, spaces set aside.
export function plain(words) {
  const signs = composed(words)
    .replace(/[‘’‚‛‹›`´′]/g, "'")
    .replace(/[“”„‟″«»]/g, '"')
    .replace(/[‐‑‒–—―−]/g, "-");
  const spaced = composed(fold(signs)).replace(SPACES, " ");
  return spaced.replace(END, "") || spaced;
}

// Python's casefold, letter by letter: there and back meets every form of a letter, but ı must not become i.
// Cherokee comes out small where Python has it large, on both sides of every comparison.
const fold = (words) => words.replace(/[^ı]/gu, (letter) => letter.toLowerCase().toUpperCase().toLowerCase());

// Numbers

const ODD = /[−–٫٬،’\u00a0\u2009\u202f]/g;
const SIGNS = { "−": "-", "–": "-", "٫": ".", "٬": ",", "،": ",", "’": "'", "\u00a0": " ", "\u2009": " ", "\u202f": " " };
const WORD = "[\\p{L}\\p{N}_]";
// A sign, or a point before digits, that stands behind a word belongs to the word.
const BEHIND = new RegExp(`(${WORD})[-+]|((?![0-9])${WORD})[.,]`, "gu");
// A sign, perhaps before a currency's: -£5. Then digits, with what may stand between them.
const NUMBER = new RegExp(`((?:^[-+] ?|[-+])(?:[^\\p{L}\\p{N}_${SPACE}.,'+-] ?)?)?([0-9][0-9.,' ]*|[.,][0-9]+)`, "gu");

// Every number that typed words can be read as, as Python writes numbers: none, one, or two.
export function readings(typed) {
  const text = latin(typed).replace(BEHIND, "$1$2~");
  const found = text.match(NUMBER) || [];
  if (found.length !== 1) return [];
  const sign = /^[-+]/.exec(found[0]);
  const digits = /[0-9.,][0-9.,' ]*$/.exec(found[0])[0].replace(/[ ']/g, "").replace(/[.,]+$/, "");
  return spellings((sign ? sign[0] : "") + digits);
}

const latin = (typed) => strip(typed).replace(ODD, (sign) => SIGNS[sign]).replace(/\p{Nd}/gu, digit);

// Digits stand together in tens, each ten in order.
function digit(one) {
  const code = one.codePointAt(0);
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}

// The ways its points and commas can be meant.
function spellings(text) {
  const commas = text.split(",").length - 1;
  const points = text.split(".").length - 1;
  const without = (sign) => text.split(sign).join("");
  if (commas && points) {
    const [decimal, grouping] = text.lastIndexOf(",") > text.lastIndexOf(".") ? [",", "."] : [".", ","];
    return (decimal === "," ? commas : points) === 1 ? [without(grouping).replace(decimal, ".")] : [];
  }
  if (commas + points > 1) return [without(commas ? "," : ".")];
  const pointed = text.replace(",", ".");
  return /^[-+]?[1-9][0-9]{0,2},[0-9]{3}$/.test(text) ? [without(","), pointed] : [pointed];
}

// Below, at or above nought as one number is less than, equal to or more than the other: exact, however long.
function compare(one, other) {
  const [a, b] = [taken(one), taken(other)];
  if (a.sign !== b.sign) return a.sign - b.sign;
  if (a.whole.length !== b.whole.length) return (a.whole.length - b.whole.length) * a.sign;
  const places = Math.max(a.part.length, b.part.length);
  const [x, y] = [a, b].map(({ whole, part }) => whole + part.padEnd(places, "0"));
  return x === y ? 0 : x < y ? -a.sign : a.sign;
}

function taken(text) {
  const [, minus, whole, part] = /^(-?)\+?0*([0-9]*)\.?([0-9]*)$/.exec(text);
  return { sign: /[1-9]/.test(text) ? (minus ? -1 : 1) : 0, whole, part };
}
