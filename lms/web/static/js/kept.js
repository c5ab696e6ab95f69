// Shows a kept module at its own addresses, where the site does not answer: its screens as the site made them, what
// she did out of her phone. What she does goes into the outbox; practice is marked by `mark.js`, a quiz by the site.
(async () => {
  "use strict";

  const main = document.getElementById("main");
  const words = document.getElementById("kept-words");
  const { lang, dir } = document.documentElement;
  const own = { lang, dir }; // of the words of this page; the course's may be another
  const { sortingScript: sorting, markScript: marker } = words.dataset;
  const [, , course = "", module = "", page = ""] = location.pathname.split("/");
  const asked = new URLSearchParams(location.search);
  const front = `/courses/${course}/${module}`;
  const here = page ? `${front}/${page}` : front;

  const kept = location.pathname.startsWith("/courses/") && module ? await storage.modules.read(course, module) : null;
  if (!kept) {
    const saved = asked.get("saved");
    if (saved) document.querySelector(`[data-saved="${saved}"]`).hidden = false;
    return;
  }
  const { mark } = await import(marker);
  const person = await phone.who();
  const place = (person && (await storage.places.get(person, course, module))) || { done: [], wrong: {} };
  const events = [];

  // Her answers on this phone to this module, in order; those that were not taken do not count.
  async function look() {
    const entries = person ? await phone.box.all(person) : [];
    const its = entries.filter((it) => it.state !== "refused" && it.event.course === course && it.event.module === module);
    events.splice(0, events.length, ...its.map((it) => it.event));
  }

  function frame() {
    const { page: lang, dir, line, leave } = kept;
    Object.assign(document.documentElement, { lang, dir });
    document.body.dataset.line = line;
    if (leave) document.querySelector(".exit").hidden = false;
    if (lang !== own.lang) document.querySelectorAll(".skip, .phone, .top, .menu, .foot").forEach((it) => Object.assign(it, own));
    document.querySelector(".exit").lang = "en-GB";
  }

  function word(name, ...numbers) {
    const copy = document.importNode(words.content.querySelector(`[data-word="${name}"]`), true);
    copy.removeAttribute("data-word");
    const fill = (text) => text.replace(/\{(\d)\}/g, (_, at) => numbers[at]);
    if (numbers.length) copy.innerHTML = fill(copy.innerHTML);
    if (kept.page !== own.lang) Object.assign(copy, own);
    return copy;
  }

  function draw({ title, html }) {
    main.innerHTML = html;
    document.title = Object.assign(document.createElement("textarea"), { innerHTML: title }).value;
    main.querySelectorAll("input[name=event_id]").forEach((it) => { it.value = forms.newId(); });
    main.querySelectorAll("input[name=person]").forEach((it) => { it.value = person; });
    if (!person) main.append(word("visitor"));
    document.dispatchEvent(new Event("drawn")); // for `listen.js`
  }

  // Order and Match as they are moved and tapped.
  function sort() {
    if (main.querySelector("template[data-sorting]")) document.body.append(Object.assign(document.createElement("script"), { src: sorting }));
  }

  // Where she is

  function state() {
    const [done, wrong] = [new Set(place.done), {}];
    events.filter((it) => !it.attempt).forEach((it) => {
      const step = screenOf(it.name);
      if (it.kind === "answered" && step) {
        if (mark(step, step.key, it.answer).right) done.add(it.name);
        else wrong[it.name] = (wrong[it.name] || 0) + 1;
      } else if (it.kind === "ticked" && step ? isWhole(step, it) : it.kind !== "hinted") done.add(it.name);
    });
    return { done, tries: (name) => Math.max(wrong[name] || 0, place.wrong[name] || 0) };
  }

  const screenOf = (name) => kept.lessons.flatMap((it) => it.screens).find((it) => it.name === name);
  const isWhole = ({ boxes, writes }, { answer, evidence }) => answer.length === boxes && (!writes || Boolean(evidence));
  const isFinished = (it, done) => it.required.every((name) => done.has(name));

  // What a form says goes on the phone; then it is tried to be sent, without waiting long for it.
  async function keepAnswer(form, button) {
    const data = new FormData(form);
    if (button && button.name) data.set(button.name, button.value);
    const said = await forms.read(here, data);
    if (!said) {
      complain(form, "part");
      return null;
    }
    try {
      if (person) {
        await phone.add(person, said.event);
        phone.say(["saved", 1]);
      }
    } catch {
      complain(form, "full");
      return null;
    }
    await look();
    if (!person) events.push(said.event);
    await Promise.race([phone.flush().catch(() => {}), new Promise((done) => { setTimeout(done, 1_000); })]);
    form.querySelectorAll("input[name=event_id]").forEach((it) => { it.value = forms.newId(); });
    return said.event;
  }

  // First on the page, with a link to what it is about, and the same words there.
  function complain(form, name) {
    main.querySelectorAll(".error, .errors").forEach((it) => it.remove());
    const [problem, fault] = [word("problem"), word(name)];
    const field = form.querySelector("input:not([type=hidden]), select, textarea, button");
    field.id = field.id || "part";
    Object.assign(problem.querySelector("a"), { href: `#${field.id}`, textContent: fault.textContent });
    form.prepend(fault);
    main.prepend(problem);
    problem.focus();
  }

  function onSubmit(act) {
    let busy = false;
    let pressed = null; // older browsers do not say by which button a form was sent
    main.onclick = (event) => { pressed = event.target.closest("button"); };
    main.onsubmit = async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      const form = event.target;
      const button = event.submitter || pressed || form.querySelector("button[name=act]");
      const name = (button && button.value) || form.elements.act.value;
      const said = await act(name, form, button);
      busy = said !== undefined;
    };
  }

  // A lesson

  function showLesson(it) {
    const { done } = state();
    const begun = it.screens.some((screen) => done.has(screen.name));
    const open = it.screens.find((screen) => screen.name === asked.get("step"))
      || (begun && it.screens.find((screen) => !done.has(screen.name))) || it.screens[0];
    const at = it.screens.indexOf(open);
    const next = at + 1 < it.screens.length ? `${here}?step=${it.screens[at + 1].name}` : `${front}?after=${it.name}`;
    if (asked.has("saved") && !open.key && done.has(open.name)) {
      location.replace(next);
      return;
    }
    showScreen(it, open, next);
    if (open.key) {
      const last = events.filter((event) => event.name === open.name && event.kind === "answered" && !event.attempt).pop();
      if (asked.has("saved") && last) tell(it, open, last.answer);
    } else fillIn(open.name);
  }

  function showScreen(it, screen, next) {
    draw(screen);
    dots(it, screen);
    let hints = 0;
    if (screen.key && state().tries(screen.name) > 1) offerAnswer();
    sort();
    onSubmit(async (act, form, button) => {
      const known = state().done.has(screen.name);
      if ((act === "done" || act === "opened") && known && !screen.key) return location.assign(next);
      const said = await keepAnswer(form, button);
      if (!said) return undefined;
      if (act === "answered") tell(it, screen, said.answer);
      else if (act === "hinted") hint(screen, (hints += 1));
      else if (act === "revealed") told(it, screen.shown, screen);
      else if (act === "ticked" && !isWhole(screen, said)) main.querySelector("h1").after(word("half"));
      else location.assign(next);
      return undefined;
    });
  }

  function dots(it, screen) {
    const { done } = state();
    main.querySelectorAll(".stops i").forEach((dot, at) => {
      if (it.screens[at] !== screen && done.has(it.screens[at].name)) dot.className = "done";
    });
  }

  // What she gave it last on this phone stands in its fields again.
  function fillIn(name) {
    const last = events.filter((it) => it.name === name && (it.answer || it.evidence)).pop();
    if (!last) return;
    [].concat(last.answer || []).forEach((letter) => {
      const box = document.getElementById(`a-${letter}`);
      if (box && "checked" in box) box.checked = true;
    });
    const field = document.getElementById("a-words");
    if (field) field.value = last.evidence || (typeof last.answer === "string" ? last.answer : "");
  }

  // What is said to an answer: of a right one as the site says it, of another what belongs to what she chose.
  function tell(it, screen, answer) {
    const said = mark(screen, screen.key, answer);
    if (said.right) {
      told(it, screen.right, screen, typeof answer === "string" ? answer : "");
      return;
    }
    main.querySelectorAll(".feedback").forEach((old) => old.remove());
    const verdict = word("wrong");
    const more = said.parts ? screen.more[said.parts[0]] : screen.sort === "all" && isStart(screen, answer) ? screen.more[0] : "";
    if (screen.sort === "all") said.feedback.forEach((it) => under(screen, it));
    else verdict.insertAdjacentHTML("beforeend", said.feedback.map(([, html]) => html).join(""));
    if (more) verdict.append(Object.assign(document.createElement("p"), { textContent: more }));
    const row = screen.sort === "one" && document.getElementById(`a-${answer[0]}`);
    if (row) row.closest(".choice").after(verdict);
    else main.querySelector("button[value=answered]").before(verdict);
    main.querySelector("button[value=answered]").replaceChildren(...word("again").childNodes);
    if (state().tries(screen.name) > 1) offerAnswer();
    verdict.focus();
  }

  const isStart = (screen, answer) => answer.length > 0 && answer.every((letter) => screen.key.right.includes(letter));

  // Of several chosen, what is said about one stands under it.
  function under(screen, [letter, innerHTML]) {
    const className = screen.key.right.includes(letter) ? "feedback right" : "feedback";
    document.getElementById(`a-${letter}`).closest(".choice").after(Object.assign(document.createElement("div"), { className, innerHTML }));
  }

  function told(it, shown, screen, typed = "") {
    draw(shown);
    dots(it, screen);
    sort();
    const field = document.getElementById("a-words");
    if (field && typed) field.value = typed;
    const said = document.getElementById("said");
    if (said) said.focus();
  }

  function hint(screen, seen) {
    const row = word("hint");
    row.insertAdjacentHTML("beforeend", screen.hints[seen - 1]);
    const button = main.querySelector("button[value=hinted]");
    main.querySelector("button[value=answered]").before(row);
    if (seen === screen.hints.length) button.remove();
  }

  function offerAnswer() {
    if (!main.querySelector("button[value=revealed]")) main.querySelector("form").append(word("reveal"));
  }

  // The module's own page

  function showFront() {
    draw(kept.front);
    const { done } = state();
    const goOn = kept.lessons.filter((it) => !it.optional && !isFinished(it, done)).map((it) => [it.name, it.title]);
    if (kept.quiz && !(place.quiz && place.quiz.passed)) goOn.push(["quiz", kept.quiz.title]);
    main.querySelectorAll(".route a").forEach((link) => {
      const it = kept.lessons.find((one) => `${front}/${one.name}` === link.getAttribute("href"));
      if (!it || !isFinished(it, done)) return;
      link.parentElement.className = "done";
      link.nextElementSibling.replaceChildren(word("done"));
    });
    const after = kept.lessons.find((it) => it.name === asked.get("after"));
    if (after && isFinished(after, done)) main.querySelector("h1").after(kept.leave ? word("finished-it") : word("finished", escaped(after.title)));
    const next = main.querySelector("section.next");
    if (!next || !goOn.length) return;
    const [name, title] = goOn[0];
    next.replaceChildren(word("next", escaped(title)), word("go"));
    next.querySelector("a").href = `${front}/${name}`;
  }

  const escaped = (text) => Object.assign(document.createElement("p"), { textContent: text }).innerHTML;

  // The quiz

  // Her goes that this phone knows of, by number: `asked`, `answered` and whether it is over.
  function goes() {
    const found = (place.quiz && place.quiz.goes) || {};
    return Object.entries(found).map(([number, { asked: questions, answered }]) => {
      const its = events.filter((it) => it.attempt === Number(number));
      const known = new Set([...answered, ...its.filter((it) => it.kind === "answered").map((it) => it.name)]);
      const begun = its.length > 0 || place.quiz.running.includes(Number(number));
      return { number: Number(number), questions, known, begun, over: its.some((it) => it.kind === "finished") };
    }).sort((a, b) => a.number - b.number);
  }

  function showQuiz() {
    const all = goes();
    const running = all.find((it) => it.begun && !it.over);
    const fresh = all.find((it) => !it.begun);
    const over = all.some((it) => it.over);
    if (running) showGo(running);
    else if (over && !asked.has("start")) showWaiting(fresh);
    else showStart(fresh);
  }

  function showStart(fresh) {
    draw(kept.quiz.start);
    if (fresh) onSubmit((act, form, button) => sendGo(fresh, form, button));
    else main.querySelector("form").replaceWith(word(person ? "no-go" : "no-one"));
  }

  function showWaiting(fresh) {
    draw({ title: kept.quiz.start.title, html: "" });
    main.append(word("waiting"));
    main.querySelector(".back-to-module").href = front;
    if (fresh) main.querySelector("[data-again]").href = `${here}?start=1`;
    else main.querySelector("[data-again]").remove();
    addEventListener("online", () => { marked().catch(() => {}); });
  }

  // Once all has been sent, the site has the result.
  async function marked() {
    await phone.flush();
    if (!(await phone.box.count(person)).waiting) location.replace(here);
  }

  async function sendGo(go, form, button) {
    form.querySelectorAll("input[name=number]").forEach((it) => { it.value = go.number; });
    const said = await keepAnswer(form, button);
    if (!said) return undefined;
    return location.assign(here);
  }

  function showGo(go) {
    const at = go.questions.findIndex((it) => it.name === asked.get("step"));
    const open = at >= 0 ? at : go.questions.findIndex((it) => !go.known.has(it.name));
    const link = (it) => `${here}?step=${it.name}`;
    draw(open < 0 ? kept.quiz.ready : kept.quiz.questions[go.questions[open].name]);
    const back = main.querySelector(".back");
    if (open < 0) {
      main.querySelectorAll(".rows a").forEach((it, place) => { it.href = link(go.questions[place]); });
      back.href = link(go.questions[go.questions.length - 1]);
    } else {
      if (open > 0) back.href = link(go.questions[open - 1]);
      main.querySelectorAll(".stops i").forEach((dot, place) => {
        if (place !== open && go.known.has(go.questions[place].name)) dot.className = "done";
      });
      arrange(go.questions[open]);
      fillGo(go, go.questions[open].name);
      sort();
    }
    onSubmit((act, form, button) => sendGo(go, form, button));
  }

  // The order of this go: rows to choose from, rows to put in order, and what select boxes and buttons offer.
  function arrange({ letters, meanings }) {
    const order = (all, keyOf, wanted) => {
      const found = wanted.map((letter) => all.find((it) => keyOf(it) === letter)).filter(Boolean);
      if (found.length !== all.length || !all.length) return;
      const end = document.createComment("");
      all[all.length - 1].after(end);
      found.forEach((it) => end.before(it));
      end.remove();
    };
    const inputs = (it) => it.querySelector("input").value;
    order([...main.querySelectorAll(".choice")], inputs, letters);
    order([...main.querySelectorAll(".picked.placed")], (it) => it.querySelector("select").name.slice(7), letters);
    const offered = meanings.length ? meanings : letters;
    main.querySelectorAll("select").forEach((it) => order([...it.options].slice(1), (one) => one.value, offered));
    main.querySelectorAll("template[data-sorting]").forEach(({ content }) => {
      order([...content.querySelectorAll("li[data-part]")], (it) => it.dataset.part, letters);
      order([...content.querySelectorAll("[data-value]")], (it) => it.dataset.value, meanings);
    });
  }

  function fillGo(go, name) {
    const last = events.filter((it) => it.attempt === go.number && it.name === name && it.kind === "answered").pop();
    if (!last) return;
    const field = document.getElementById("a-words");
    if (field) field.value = last.answer;
    else if (!Array.isArray(last.answer)) Object.entries(last.answer).forEach(([part, value]) => { document.getElementById(`a-${part}`).value = value; });
    else if (main.querySelector(".placed")) last.answer.forEach((letter, at) => { document.getElementById(`a-${letter}`).value = at + 1; });
    else if (main.querySelector(".gapped")) last.answer.forEach((letter, at) => { document.getElementById(`a-${at + 1}`).value = letter; });
    else last.answer.forEach((letter) => { document.getElementById(`a-${letter}`).checked = true; });
  }

  await look();
  frame();
  const lesson = kept.lessons.find((it) => it.name === page);
  if (!page) showFront();
  else if (page === "quiz" && kept.quiz) showQuiz();
  else if (lesson) showLesson(lesson);
})();
