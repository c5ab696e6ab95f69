// Reads a page aloud, sentence by sentence, where the phone has a voice of its own for its language. Nothing is downloaded,
// and nothing of the page goes to anybody: voices that speak on another computer are not used.
(() => {
  "use strict";

  if (!("speechSynthesis" in window)) return;

  const WORDS = { listen: "Listen", stop: "Stop", before: "Sentence before", after: "Next sentence", group: "Read aloud" };
  const BLOCKS = "h1,h2,h3,p,li,dt,dd,td,th,legend,label,summary,small,figcaption,caption,blockquote,section,form,div,main";
  const SILENT = "button,select,textarea,script,noscript,svg,pre,video,[hidden],[aria-hidden=true],details:not([open])>:not(summary),"
    + ".hidden,.button,.stops,.back,.ways,.languages,.listen,.keep";
  const NAME = "listen";
  const main = document.getElementById("main");
  const highlights = "highlights" in CSS ? CSS.highlights : null;

  let all = []; // the sentences of the page: { text, voice, range, block }
  let at = 0;
  let turn = 0; // of what is said: what an older one still says of itself does not count
  let said = null;
  let group = null;

  // A voice of this phone, for the very language or for the same one elsewhere.
  function voiceFor(lang) {
    const plain = (it) => it.replace("_", "-").toLowerCase();
    const [wanted, voices] = [plain(lang), speechSynthesis.getVoices().filter((it) => it.localService)];
    return voices.find((it) => plain(it.lang) === wanted) || voices.find((it) => plain(it.lang).split("-")[0] === wanted.split("-")[0]);
  }

  function* cut(text, lang) {
    if (!Intl.Segmenter) {
      for (const found of text.matchAll(/[^.!?…]+[.!?…]*\s*/g)) yield [found.index, found[0]];
      return;
    }
    for (const { index, segment } of new Intl.Segmenter(lang, { granularity: "sentence" }).segment(text)) yield [index, segment];
  }

  function sentences() {
    const found = [];
    let [text, parts, block, lang] = ["", [], null, ""];

    // From one letter of the text to another, as a range of the page.
    function rangeOf(from, to) {
      const range = document.createRange();
      const place = (letter) => parts.filter(([start]) => start <= letter).pop();
      const [[start, first], [end, last]] = [place(from), place(to - 1)];
      range.setStart(first, from - start);
      range.setEnd(last, to - end);
      return range;
    }

    function close() {
      const voice = /[\p{L}\p{N}]/u.test(text) && voiceFor(lang);
      for (const [index, segment] of voice ? cut(text, lang) : []) {
        const words = segment.trim();
        const from = index + segment.indexOf(words);
        if (/[\p{L}\p{N}]/u.test(words)) found.push({ text: words.replace(/\s+/g, " "), voice, block, range: rangeOf(from, from + words.length) });
      }
      [text, parts] = ["", []];
    }

    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { data, parentElement: parent } = walker.currentNode;
      if (parent.closest(SILENT)) continue;
      const [its, spoken] = [parent.closest(BLOCKS), parent.closest("[lang]").lang];
      if (its !== block || spoken !== lang) close();
      [block, lang] = [its, spoken];
      parts.push([text.length, walker.currentNode]);
      text += data;
    }
    close();
    return found;
  }

  // Show which sentence is read. The page moves along, unless she or her phone wants it still.
  function show(sentence) {
    if (highlights) highlights.set(NAME, new Highlight(sentence.range));
    else sentence.block.classList.add("listening");
    const still = document.documentElement.dataset.motion === "less" || matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!still) sentence.range.startContainer.parentElement.scrollIntoView({ block: "nearest" });
  }

  function unshow() {
    if (highlights) highlights.delete(NAME);
    main.querySelectorAll(".listening").forEach((it) => it.classList.remove("listening"));
  }

  function read(place) {
    hush();
    if (place >= all.length) {
      stop();
      return;
    }
    at = Math.max(0, place);
    const mine = turn;
    const { text, voice } = all[at];
    said = Object.assign(new SpeechSynthesisUtterance(text), { lang: voice.lang, voice });
    said.onend = () => { if (mine === turn) read(at + 1); };
    said.onerror = () => { if (mine === turn) stop(); };
    show(all[at]);
    speechSynthesis.speak(said);
    label(true);
  }

  function hush() {
    turn += 1;
    unshow();
    speechSynthesis.cancel();
  }

  function stop() {
    hush();
    said = null;
    label(false);
  }

  // The buttons

  function button(words, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: words });
    made.addEventListener("click", act);
    return made;
  }

  function label(reading) {
    const [listen, ...others] = group.children;
    listen.textContent = reading ? WORDS.stop : WORDS.listen;
    if (!reading && group.contains(document.activeElement)) listen.focus();
    others.forEach((it) => { it.hidden = !reading; });
  }

  function start() {
    all = sentences();
    read(0);
  }

  function offer() {
    if (said) stop();
    if (group) group.remove();
    if (!sentences().length) return;
    const { lang, dir } = document.querySelector(".top").closest("[lang]"); // as the other words of the site
    group = Object.assign(document.createElement("div"), { className: "listen", lang, dir });
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", WORDS.group);
    group.append(button(WORDS.listen, () => (said ? stop() : start())), button(WORDS.before, () => read(at - 1)), button(WORDS.after, () => read(at + 1)));
    label(false);
    const above = main.querySelector(".stops") || main.querySelector(".back");
    if (above) above.after(group);
    else main.prepend(group);
  }

  offer();
  // Where voices are found late, and where a kept page is drawn.
  speechSynthesis.addEventListener("voiceschanged", () => { if (!said) offer(); });
  document.addEventListener("drawn", offer);
  addEventListener("pagehide", () => { if (said) stop(); });
  addEventListener("keydown", ({ key }) => { if (key === "Escape" && said) stop(); });
})();
